using System.Numerics;
using Workspaces.Autograd;
using Workspaces.Kernels.Reductions;
using Workspaces.Memory;
using Workspaces.Tensors;
using Workspaces.Tensors.Compute;

namespace Workspaces.Ops;

/// <summary>Largest and smallest elements and their positions.</summary>
internal static class Extremes
{
    internal static Tensor Run(Tensor x, Axes axes, bool keepDims, bool largest)
    {
        string name = largest ? "Max" : "Min";
        Shape shape = x.Shape, reduced = shape.Reduce(axes, keepDims);
        RequireElements(x, reduced, name);
        Tensor y;
        using (var op = new OpScope(name, x))
        {
            Dispatch.RequireNumber(x, name);
            y = op.Allocate(x.DType, reduced);
            switch (x.DType)
            {
                case DType.F32: Reduce<float>(op, x, axes, y, largest); break;
                case DType.F64: Reduce<double>(op, x, axes, y, largest); break;
                case DType.I32: Reduce<int>(op, x, axes, y, largest); break;
                case DType.I64: Reduce<long>(op, x, axes, y, largest); break;
                default: Reduce<byte>(op, x, axes, y, largest); break;
            }

            op.Complete();
        }

        if (Tape.Records(x))
        {
            Node node = Tape.Record(ExtremeReductionBackward.Instance, y, x).Save(0, x).Save(1, y);
            node.Number = axes.Mask;
            node.InputShape = shape.Reduce(axes, keepDims: true);
        }

        return y;
    }

    internal static Tensor Position(string name, Tensor x, int axis, bool keepDims, bool largest)
    {
        Shape shape = x.Checked(name).Layout.Shape;
        Axes axes = Axes.Of([axis], shape, name);
        Shape reduced = shape.Reduce(axes, keepDims);
        RequireElements(x, reduced, name);
        using var op = new OpScope(name, x);
        Dispatch.RequireNumber(x, name);
        Tensor y = op.Allocate(DType.I64, reduced);
        switch (x.DType)
        {
            case DType.F32: Position<float>(op, x, axes, y, largest); break;
            case DType.F64: Position<double>(op, x, axes, y, largest); break;
            case DType.I32: Position<int>(op, x, axes, y, largest); break;
            case DType.I64: Position<long>(op, x, axes, y, largest); break;
            default: Position<byte>(op, x, axes, y, largest); break;
        }

        op.Complete();
        return y;
    }

    private static void RequireElements(Tensor x, in Shape reduced, string name)
    {
        if (x.Length > 0 || reduced.Length == 0) return;
        throw new ArgumentException(WorkspaceException.Compose(
            $"run {name} on {TensorThrow.Describe(x.Checked(name))}", name, $"{reduced.Length} results are to be chosen from no elements", "check for empty tensors first"));
    }

    private static void Reduce<T>(in OpScope op, Tensor x, Axes axes, Tensor y, bool largest)
        where T : unmanaged, INumber<T>, IMinMaxValue<T>
    {
        if (!op.Computes) return;
        Layout layout = x.Layout;
        if (largest)
            Reduction.Reduce<T, T, T, Largest<T>>(op.ReadSpan<T>(x), layout.Strides.AsSpan(), layout.Shape.AsSpan(), (uint)axes.Mask, op.WriteSpan<T>(y));
        else
            Reduction.Reduce<T, T, T, Smallest<T>>(op.ReadSpan<T>(x), layout.Strides.AsSpan(), layout.Shape.AsSpan(), (uint)axes.Mask, op.WriteSpan<T>(y));
    }

    private static void Position<T>(in OpScope op, Tensor x, Axes axes, Tensor y, bool largest)
        where T : unmanaged, INumber<T>
    {
        if (!op.Computes) return;
        Layout layout = x.Layout;
        if (largest) Reduction.ArgMax(op.ReadSpan<T>(x), layout.Strides.AsSpan(), layout.Shape.AsSpan(), (uint)axes.Mask, op.WriteSpan<long>(y));
        else Reduction.ArgMin(op.ReadSpan<T>(x), layout.Strides.AsSpan(), layout.Shape.AsSpan(), (uint)axes.Mask, op.WriteSpan<long>(y));
    }

    /// <summary>dx = dy / count where x equals the extreme, else 0.</summary>
    private sealed class ExtremeReductionBackward : Differential
    {
        internal static readonly ExtremeReductionBackward Instance = new();

        internal override string Name => "Max";

        internal override void Backward(in BackwardContext context)
        {
            Tensor dY = context.Gradient;
            Layout kept = Layout.Contiguous(context.Node.InputShape);
            Tensor dX;
            using (Tensor hits = Comparison.Run<EqualKernel>(Name, context.Saved(0), TensorFrames.View(context.Saved(1), kept, Name)))
            {
                context.ReleaseSaved(0);
                context.ReleaseSaved(1);
                dX = Cast.Run(hits, dY.DType);
            }

            using (Tensor share = Share(dY, dX, kept)) Arithmetic.InPlace<MultiplyKernel>(Name, dX, share);
            context.SendOwned(0, dX);
        }

        /// <summary>dy over the number of hits.</summary>
        private Tensor Share(Tensor dY, Tensor hits, in Layout kept)
        {
            Tensor count = Arithmetic.SumTo(hits, kept.Shape), dense = dY.Layout.IsContiguous ? dY : Arithmetic.Copy(dY, Name);
            using Tensor madeCount = Arithmetic.Made(count, hits), madeDense = Arithmetic.Made(dense, dY);
            return Arithmetic.BinaryFloat<DivideKernel>(Name, TensorFrames.View(dense, kept, Name), count);
        }
    }
}
