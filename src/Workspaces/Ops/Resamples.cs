using System.Numerics;
using Workspaces.Autograd;
using Workspaces.Kernels.Pooling;
using Workspaces.Kernels.Team;
using Workspaces.Memory;
using Workspaces.Tensors;
using Workspaces.Tensors.Compute;

namespace Workspaces.Ops;

/// <summary>Planes of another size; nothing is kept for the backward half.</summary>
internal static class Resamples
{
    private const string Op = "Upsample";

    internal static Tensor Run(Tensor x, Size2 size, UpsampleMode mode, bool alignCorners)
    {
        Shape result = PoolingChecks.Sized(Op, x, size, axes: 2);
        if (alignCorners && mode == UpsampleMode.Nearest)
            throw new ArgumentException(WorkspaceException.Compose(
                $"align corners of {x.Shape}", Op, "the nearest element has no corners to align", "use UpsampleMode.Bilinear, or leave alignCorners out"));
        Tensor input = x.Contiguous();
        using Tensor made = Arithmetic.Made(input, x);
        long how = (mode == UpsampleMode.Bilinear ? 1 : 0) + (alignCorners ? 2 : 0);
        Tensor y = Compute(input, input.Shape, result, result, how, isBackward: false);
        if (Tape.Records(input)) Tape.Record(UpsampleBackward.Instance, y, input).Number = how;
        return y;
    }

    private static Tensor Compute(Tensor from, in Shape input, in Shape output, in Shape made, long how, bool isBackward)
    {
        using var op = new OpScope(Op, from);
        Tensor to = op.Allocate(from.DType, made);
        PoolingShape shape = PoolingChecks.ShapeOf(input, output, default);
        if (op.Computes && from.DType == DType.F32) Compute<float>(op, from, to, shape, how, isBackward);
        else if (op.Computes) Compute<double>(op, from, to, shape, how, isBackward);
        op.Complete();
        return to;
    }

    private static void Compute<T>(in OpScope op, Tensor from, Tensor to, in PoolingShape shape, long how, bool isBackward)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        KernelTeam? team = ComputeTeams.For(op.Frame, Math.Max(from.Length, to.Length) * from.DType.SizeInBytes);
        bool linear = (how & 1) != 0, alignCorners = (how & 2) != 0;
        if (isBackward) Resampling.Backward(shape, linear, alignCorners, op.ReadSpan<T>(from), op.WriteSpan<T>(to), team);
        else Resampling.Forward(shape, linear, alignCorners, op.ReadSpan<T>(from), op.WriteSpan<T>(to), team);
    }

    /// <summary>dx = what each element gave, times its weights.</summary>
    private sealed class UpsampleBackward : Differential
    {
        internal static readonly UpsampleBackward Instance = new();

        internal override string Name => Op;

        internal override void Backward(in BackwardContext context)
        {
            Tensor given = context.Gradient, dY = ConvolutionRuns.Dense(given, Name);
            using Tensor made = Arithmetic.Made(dY, given);
            Shape input = context.Node[0].Shape;
            context.SendOwned(0, Compute(dY, input, dY.Shape, input, context.Node.Number, isBackward: true));
        }
    }
}
