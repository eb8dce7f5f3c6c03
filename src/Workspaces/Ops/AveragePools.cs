using System.Numerics;
using Workspaces.Autograd;
using Workspaces.Kernels.Convolution;
using Workspaces.Kernels.Pooling;
using Workspaces.Kernels.Team;
using Workspaces.Tensors;
using Workspaces.Tensors.Compute;

namespace Workspaces.Ops;

/// <summary>Average pooling; nothing is kept for the backward half.</summary>
internal static class AveragePools
{
    internal static Tensor Run(string name, Tensor x, PlaneWindow window, bool countPadding, int axes) =>
        Run(name, x, PoolingChecks.Window(name, x, window, axes), window, countPadding);

    internal static Tensor Adaptive(string name, Tensor x, Size2 size, int axes) => Run(name, x, PoolingChecks.Sized(name, x, size, axes), default, false);

    private static Tensor Run(string name, Tensor x, in Shape result, in PlaneWindow window, bool countPadding)
    {
        Tensor input = x.Contiguous();
        using Tensor made = Arithmetic.Made(input, x);
        Tensor y = Compute(name, input, input.Shape, result, result, window, countPadding, isBackward: false);
        if (!Tape.Records(input)) return y;
        Node node = Tape.Record(AveragePoolBackward.Instance, y, input);
        node.Window = window;
        node.Number = countPadding ? 1 : 0;
        return y;
    }

    /// <summary>Forward from an input to a new output, backward from a gradient of the output to a new one of the input.</summary>
    private static Tensor Compute(
        string name, Tensor from, in Shape input, in Shape output, in Shape made, in PlaneWindow window, bool countPadding, bool isBackward)
    {
        using var op = new OpScope(name, from);
        Tensor to = op.Allocate(from.DType, made);
        PoolingShape shape = PoolingChecks.ShapeOf(input, output, window);
        if (op.Computes && from.DType == DType.F32) Compute<float>(op, from, to, shape, countPadding, isBackward);
        else if (op.Computes) Compute<double>(op, from, to, shape, countPadding, isBackward);
        op.Complete();
        return to;
    }

    private static void Compute<T>(in OpScope op, Tensor from, Tensor to, in PoolingShape shape, bool countPadding, bool isBackward)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        KernelTeam? team = ComputeTeams.For(op.Frame, Math.Max(from.Length, to.Length) * from.DType.SizeInBytes);
        ReadOnlySpan<T> source = op.ReadSpan<T>(from);
        Span<T> target = op.WriteSpan<T>(to);
        bool adaptive = shape.Window == default;
        if (adaptive && isBackward) AdaptivePooling.AverageBackward(shape, source, target, team);
        else if (adaptive) AdaptivePooling.Average(shape, source, target, team);
        else if (isBackward) AveragePooling.Backward(shape, countPadding, source, target, team);
        else AveragePooling.Forward(shape, countPadding, source, target, team);
    }

    /// <summary>dx = the gradients of the windows of an element, each over its number of elements.</summary>
    private sealed class AveragePoolBackward : Differential
    {
        internal static readonly AveragePoolBackward Instance = new();

        internal override string Name => "AvgPool";

        internal override void Backward(in BackwardContext context)
        {
            Tensor given = context.Gradient, dY = ConvolutionRuns.Dense(given, Name);
            using Tensor made = Arithmetic.Made(dY, given);
            Shape input = context.Node[0].Shape;
            context.SendOwned(0, Compute(Name, dY, input, dY.Shape, input, context.Node.Window, context.Node.Number == 1, isBackward: true));
        }
    }
}
