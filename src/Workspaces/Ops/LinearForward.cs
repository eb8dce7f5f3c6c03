using Workspaces.Tensors;
using Workspaces.Tensors.Compute;

namespace Workspaces.Ops;

/// <summary>y = x · Wᵀ + b: the product adds the bias as it writes y.</summary>
internal static class LinearForward
{
    /// <summary>Runs the layer on operands that have been checked.</summary>
    /// <param name="x">[rows, in].</param>
    /// <param name="weight">[out, in].</param>
    /// <param name="bias">[out], or null.</param>
    /// <param name="shape">Shape of the result: rows · out elements, the last axis of size out.</param>
    internal static Tensor Run(Tensor x, Tensor weight, Tensor? bias, in Shape shape)
    {
        Tensor input = MatrixProduct.Usable("Linear", x);
        using Tensor madeInput = Arithmetic.Made(input, x);
        Tensor factor = MatrixProduct.Usable("Linear", weight);
        using Tensor madeFactor = Arithmetic.Made(factor, weight);
        return bias is { } b ? WithBias(input, factor, b, shape) : WithoutBias(input, factor, shape);
    }

    private static Tensor WithBias(Tensor x, Tensor weight, Tensor bias, in Shape shape)
    {
        using var op = new OpScope("Linear", x, weight, bias);
        Tensor y = op.Allocate(x.HeaderOrNull!.DType, shape);
        ref readonly Layout row = ref bias.HeaderOrNull!.Layout;
        bool dense = row.Rank == 1 && row.IsContiguous && row.Length == shape[-1];
        if (!dense) TensorCopy.RunBroadcast(op, bias, y);
        MatrixProduct.Multiply(op, x, weight, Rows(y, x), accumulate: !dense, dense ? bias : null, turned: true);
        op.Complete();
        return y;
    }

    private static Tensor WithoutBias(Tensor x, Tensor weight, in Shape shape)
    {
        using var op = new OpScope("Linear", x, weight);
        Tensor y = op.Allocate(x.HeaderOrNull!.DType, shape);
        MatrixProduct.Multiply(op, x, weight, Rows(y, x), accumulate: false, turned: true);
        op.Complete();
        return y;
    }

    /// <summary>The result as a matrix.</summary>
    private static Tensor Rows(Tensor y, Tensor x) =>
        y.HeaderOrNull!.Layout.Rank == 2 ? y : TensorFrames.View(y, Layout.Contiguous(new Shape(x.Shape[0], y.Shape[-1])), "Linear");
}
