using System.Numerics;
using Workspaces.Autograd;
using Workspaces.Kernels.Convolution;
using Workspaces.Kernels.Pooling;
using Workspaces.Kernels.Team;
using Workspaces.Tensors;
using Workspaces.Tensors.Compute;

namespace Workspaces.Ops;

/// <summary>Max pooling. The backward half needs only which element was chosen: a byte an output for windows of at most 255 elements, else an int32.</summary>
internal static class MaxPools
{
    /// <summary>Multiply-adds in the time of comparing an element and of remembering where it was, at least.</summary>
    private const int WorkPerElement = 16;

    internal static Tensor Run(string name, Tensor x, PlaneWindow window, int axes) =>
        Run(name, x, PoolingChecks.Window(name, x, window, axes), window, window.Taps <= MaxPooling.MostByteTaps ? DType.U8 : DType.I32);

    internal static Tensor Adaptive(string name, Tensor x, Size2 size, int axes) => Run(name, x, PoolingChecks.Sized(name, x, size, axes), default, DType.I32);

    private static Tensor Run(string name, Tensor x, in Shape result, in PlaneWindow window, DType indexType)
    {
        Tensor input = x.Contiguous();
        using Tensor made = Arithmetic.Made(input, x);
        bool recorded = Tape.Records(input);
        PoolingShape shape = PoolingChecks.ShapeOf(input.Shape, result, window);
        Tensor y = Forward(name, input, result, shape, recorded ? indexType : null, out Tensor chosen);
        if (recorded) Tape.Record(MaxPoolBackward.Instance, y, input).Save(0, chosen).Window = window;
        chosen.Dispose();
        return y;
    }

    private static Tensor Forward(string name, Tensor x, in Shape result, in PoolingShape shape, DType? indexType, out Tensor chosen)
    {
        using var op = new OpScope(name, x);
        Tensor y = op.Allocate(x.DType, result);
        chosen = indexType is { } type ? op.Allocate(type, result) : default;
        if (op.Computes && x.DType == DType.F32) Forward<float>(op, x, y, chosen, shape);
        else if (op.Computes) Forward<double>(op, x, y, chosen, shape);
        op.Complete();
        return y;
    }

    private static void Forward<T>(in OpScope op, Tensor x, Tensor y, Tensor chosen, in PoolingShape shape)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        KernelTeam? team = ComputeTeams.For(op.Frame, x.Length * x.DType.SizeInBytes, x.Length * WorkPerElement);
        bool remembers = chosen.HeaderOrNull is not null;
        ReadOnlySpan<T> input = op.ReadSpan<T>(x);
        Span<T> output = op.WriteSpan<T>(y);
        if (shape.Window == default) AdaptivePooling.Max(shape, input, output, remembers ? op.WriteSpan<int>(chosen) : default, team);
        else if (!remembers || chosen.DType == DType.U8) MaxPooling.Forward(shape, input, output, remembers ? op.WriteSpan<byte>(chosen) : default, team);
        else MaxPooling.Forward(shape, input, output, op.WriteSpan<int>(chosen), team);
    }

    /// <summary>dx = dy at the chosen elements, summed where windows overlap.</summary>
    private sealed class MaxPoolBackward : Differential
    {
        internal static readonly MaxPoolBackward Instance = new();

        internal override string Name => "MaxPool";

        internal override void Backward(in BackwardContext context)
        {
            Tensor given = context.Gradient, dY = ConvolutionRuns.Dense(given, Name);
            using Tensor made = Arithmetic.Made(dY, given);
            context.SendOwned(0, Run(dY, context.Saved(0), context.Node[0].Shape, context.Node.Window));
        }

        private static Tensor Run(Tensor dY, Tensor chosen, in Shape input, in PlaneWindow window)
        {
            using var op = new OpScope("MaxPool", dY, chosen);
            Tensor dX = op.Allocate(dY.DType, input);
            PoolingShape shape = PoolingChecks.ShapeOf(input, dY.Shape, window);
            if (op.Computes && dY.DType == DType.F32) Run<float>(op, dY, chosen, dX, shape);
            else if (op.Computes) Run<double>(op, dY, chosen, dX, shape);
            op.Complete();
            return dX;
        }

        private static void Run<T>(in OpScope op, Tensor dY, Tensor chosen, Tensor dX, in PoolingShape shape)
            where T : unmanaged, IFloatingPointIeee754<T>
        {
            KernelTeam? team = ComputeTeams.For(op.Frame, dX.Length * dX.DType.SizeInBytes, dX.Length * WorkPerElement);
            ReadOnlySpan<T> gradient = op.ReadSpan<T>(dY);
            Span<T> target = op.WriteSpan<T>(dX);
            if (shape.Window == default) AdaptivePooling.MaxBackward(shape, gradient, op.ReadSpan<int>(chosen), target, team);
            else if (chosen.DType == DType.U8) MaxPooling.Backward(shape, gradient, op.ReadSpan<byte>(chosen), target, team);
            else MaxPooling.Backward(shape, gradient, op.ReadSpan<int>(chosen), target, team);
        }
    }
}
