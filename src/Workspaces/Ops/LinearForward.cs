using Workspaces.Tensors;
using Workspaces.Tensors.Compute;

namespace Workspaces.Ops;

/// <summary>y = x · Wᵀ + b: the bias is laid down first and the product added to it, so y is written once.</summary>
internal static class LinearForward
{
    internal static Tensor Run(Tensor x, Tensor weight, Tensor? bias)
    {
        Tensor transposed = TensorFrames.View(weight, weight.Layout.Transpose(0, 1), "Linear");
        if (bias is not { } b) return MatrixProduct.Run("Linear", x, transposed);
        Tensor input = MatrixOperand.TryOf(x.Layout, out _) ? x : Arithmetic.Copy(x, "Linear");
        using var op = new OpScope("Linear", input, transposed, b);
        Dispatch.RequireFloat(input, "Linear");
        if (weight.DType != input.DType) TensorThrow.WrongType(weight, input.DType, "Linear");
        if (b.DType != input.DType) TensorThrow.WrongType(b, input.DType, "Linear");
        Shape shape = new(input.Shape[0], weight.Shape[0]);
        Tensor y = op.Allocate(input.DType, shape);
        if (input.DType == DType.F32) TensorCopy.Run(op.ReadSpan<float>(b), b.Layout.BroadcastTo(shape), op.WriteSpan<float>(y), y.Layout);
        else TensorCopy.Run(op.ReadSpan<double>(b), b.Layout.BroadcastTo(shape), op.WriteSpan<double>(y), y.Layout);
        MatrixProduct.Multiply(op, input, transposed, y, accumulate: true);
        op.Complete();
        if (!ReferenceEquals(input.HeaderOrNull, x.HeaderOrNull)) input.Dispose();
        return y;
    }
}
