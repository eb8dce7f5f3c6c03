using System.Numerics;
using System.Runtime.CompilerServices;
using Workspaces.Kernels.Gemm;
using Workspaces.Kernels.Team;
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
    /// <param name="rectified">Whether the larger of each result and 0 is written.</param>
    internal static Tensor Run(Tensor x, Tensor weight, Tensor? bias, in Shape shape, bool rectified)
    {
        Tensor input = MatrixProduct.Usable("Linear", x);
        using Tensor madeInput = Arithmetic.Made(input, x);
        Tensor factor = MatrixProduct.Usable("Linear", weight);
        using Tensor madeFactor = Arithmetic.Made(factor, weight);
        return bias is { } b ? WithBias(input, factor, b, shape, rectified) : WithoutBias(input, factor, shape, rectified);
    }

    /// <summary>Runs the layer on a packed weight; the operands have been checked.</summary>
    /// <param name="x">[rows, in].</param>
    /// <param name="weight">The weight.</param>
    /// <param name="bias">[out], or null.</param>
    /// <param name="shape">Shape of the result.</param>
    /// <param name="rectified">Whether the larger of each result and 0 is written.</param>
    internal static Tensor Run(Tensor x, PackedWeight weight, Tensor? bias, in Shape shape, bool rectified)
    {
        Tensor input = MatrixProduct.Usable("Linear", x), row = bias is { } b ? b.Contiguous() : default;
        using Tensor madeInput = Arithmetic.Made(input, x);
        using Tensor madeRow = bias is { } given ? Arithmetic.Made(row, given) : default;
        using OpScope op = bias is null ? new OpScope("Linear", input, weight.Panels) : new OpScope("Linear", input, weight.Panels, row);
        Tensor y = op.Allocate(x.DType, shape);
        if (x.DType == DType.F32) Multiply<float>(op, input, weight, bias is null ? null : row, y, rectified);
        else Multiply<double>(op, input, weight, bias is null ? null : row, y, rectified);
        op.Complete();
        return y;
    }

    private static void Multiply<T>(in OpScope op, Tensor x, PackedWeight weight, Tensor? bias, Tensor y, bool rectified)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        int m = checked((int)x.Shape[0]), n = (int)weight.Shape[0], k = (int)weight.Shape[1];
        long elements = ((long)m * k) + weight.Panels.Length + y.Length;
        KernelTeam? team = ComputeTeams.For(op.Frame, elements * Unsafe.SizeOf<T>(), (long)m * n * k);
        op.CountWork((long)m * n * k);
        if (!op.Computes) return;
        MatrixOperand.TryOf(x.Layout, out MatrixOperand left);
        ReadOnlySpan<T> row = bias is { } b ? op.ReadSpan<T>(b) : default;
        PanelGemm.Multiply(
            m, n, k, op.ReadSpan<T>(x), left.LeadingDimension, left.Transposed, op.ReadSpan<T>(weight.Panels), op.WriteSpan<T>(y), n, false, row, team,
            rectified: rectified);
    }

    private static Tensor WithBias(Tensor x, Tensor weight, Tensor bias, in Shape shape, bool rectified)
    {
        using var op = new OpScope("Linear", x, weight, bias);
        Tensor y = op.Allocate(x.HeaderOrNull!.DType, shape);
        ref readonly Layout row = ref bias.HeaderOrNull!.Layout;
        bool dense = row.Rank == 1 && row.IsContiguous && row.Length == shape[-1];
        if (!dense) TensorCopy.RunBroadcast(op, bias, y);
        MatrixProduct.Multiply(op, x, weight, Rows(y, x), accumulate: !dense, dense ? bias : null, turned: true, rectified: rectified);
        op.Complete();
        return y;
    }

    private static Tensor WithoutBias(Tensor x, Tensor weight, in Shape shape, bool rectified)
    {
        using var op = new OpScope("Linear", x, weight);
        Tensor y = op.Allocate(x.HeaderOrNull!.DType, shape);
        MatrixProduct.Multiply(op, x, weight, Rows(y, x), accumulate: false, turned: true, rectified: rectified);
        op.Complete();
        return y;
    }

    /// <summary>The result as a matrix.</summary>
    private static Tensor Rows(Tensor y, Tensor x) =>
        y.HeaderOrNull!.Layout.Rank == 2 ? y : TensorFrames.View(y, Layout.Contiguous(new Shape(x.Shape[0], y.Shape[-1])), "Linear");
}
