using System.Numerics;
using Workspaces.Autograd;
using Workspaces.Kernels.Reductions;
using Workspaces.Tensors;
using Workspaces.Tensors.Compute;

namespace Workspaces.Ops;

/// <summary>Sum and mean, forward and backward.</summary>
internal static class Sums
{
    internal static Tensor Run<TReduction>(Tensor x, Axes axes, bool keepDims, bool isMean)
        where TReduction : IFloatReduction
    {
        Shape shape = x.Shape;
        string name = isMean ? "Mean" : "Sum";
        Tensor y;
        using (var op = new OpScope(name, x))
        {
            bool isFloat = x.DType.IsFloatingPoint;
            y = op.Allocate(isFloat ? x.DType : DType.I64, shape.Reduce(axes, keepDims));
            if (isFloat) ReductionCall.Run<TReduction>(in op, x, axes, y);
            else SumIntegers(op, x, axes, y);
            op.Complete();
        }

        if (!Tape.Records(x)) return y;
        Node node = Tape.Record(SumBackward.Instance, y, x);
        Shape kept = shape.Reduce(axes, keepDims: true);
        node.InputShape = kept;
        node.Factor = isMean ? (double)Math.Max(1, kept.Length) / Math.Max(1, shape.Length) : 1;
        return y;
    }

    private static void SumIntegers(in OpScope op, Tensor x, Axes axes, Tensor y)
    {
        switch (x.DType)
        {
            case DType.I32: Integers<int>(op, x, axes, y); break;
            case DType.I64: Integers<long>(op, x, axes, y); break;
            default: Integers<byte>(op, x, axes, y); break;
        }
    }

    private static void Integers<T>(in OpScope op, Tensor x, Axes axes, Tensor y)
        where T : unmanaged, IBinaryInteger<T>
    {
        if (!op.Computes) return;
        Layout layout = x.Layout;
        Reduction.Reduce<T, long, long, IntegerSum<T>>(op.ReadSpan<T>(x), layout.Strides.AsSpan(), layout.Shape.AsSpan(), (uint)axes.Mask, op.WriteSpan<long>(y));
    }

    /// <summary>dx = dy, stretched over the reduced axes; over their number for a mean.</summary>
    private sealed class SumBackward : Differential
    {
        internal static readonly SumBackward Instance = new();

        internal override string Name => "Sum";

        internal override void Backward(in BackwardContext context)
        {
            Tensor dY = context.Gradient, scaled = default;
            if (context.Node.Factor != 1) dY = scaled = Arithmetic.WithScalar<MultiplyKernel>(Name, dY, context.Node.Factor);
            Tensor dense = dY.Layout.IsContiguous ? default : Arithmetic.Copy(dY, Name);
            Tensor source = dense.HeaderOrNull is null ? dY : dense;
            Tensor kept = TensorFrames.View(source, Layout.Contiguous(context.Node.InputShape), Name);
            context.Send(0, TensorFrames.View(kept, kept.Layout.BroadcastTo(context.Node[0].Shape), Name));
            if (dense.HeaderOrNull is not null) GradientHold.Drop(dense);
            if (scaled.HeaderOrNull is not null) GradientHold.Drop(scaled);
        }
    }
}
