using System.Numerics;
using System.Runtime.CompilerServices;
using Workspaces.Kernels.Gemm;
using Workspaces.Kernels.Team;
using Workspaces.Tensors;
using Workspaces.Tensors.Compute;

namespace Workspaces.Ops;

/// <summary>Products of the last two axes, without the tape; axes before them are broadcast.</summary>
internal static class MatrixProduct
{
    /// <summary>Rows of a up to which the second operand, as a rule a weight, is nearly all that a product reads.</summary>
    private const int FewRows = 4;

    /// <summary>A new tensor a · b.</summary>
    internal static Tensor Run(string name, Tensor a, Tensor b)
    {
        Shape shape = ResultShape(name, a.Checked(name).Layout.Shape, b.Checked(name).Layout.Shape);
        Check(name, a, b);
        Tensor x = Usable(name, a);
        using Tensor madeX = Arithmetic.Made(x, a);
        Tensor y = Usable(name, b);
        using Tensor madeY = Arithmetic.Made(y, b);
        using var op = new OpScope(name, x, y);
        Tensor result = op.Allocate(x.DType, shape);
        Multiply(op, x, y, result, accumulate: false);
        op.Complete();
        return result;
    }

    /// <summary>Writes a · b into a contiguous tensor of the right shape, or adds it.</summary>
    internal static void Into(string name, Tensor a, Tensor b, Tensor destination, bool accumulate)
    {
        Check(name, a, b);
        Tensor x = Usable(name, a);
        using Tensor madeX = Arithmetic.Made(x, a);
        Tensor y = Usable(name, b);
        using Tensor madeY = Arithmetic.Made(y, b);
        using var op = new OpScope(name, x, y, destination);
        op.BeginWrite(destination, mayBeLeaf: true);
        Multiply(op, x, y, destination, accumulate);
        op.Complete();
    }

    /// <summary>Broadcast batch axes, then rows of a and columns of b.</summary>
    internal static Shape ResultShape(string name, in Shape a, in Shape b)
    {
        if (a.Rank < 2 || b.Rank < 2 || a[-1] != b[-2]) ThrowInner(name, a, b);
        Span<long> dims = stackalloc long[Shape.MaxRank];
        Shape batch = Batch(name, a, b);
        batch.AsSpan().CopyTo(dims);
        dims[batch.Rank] = a[-2];
        dims[batch.Rank + 1] = b[-1];
        return new Shape(dims[..(batch.Rank + 2)]);
    }

    /// <summary>The axes before the last two, broadcast.</summary>
    private static Shape Batch(string name, in Shape a, in Shape b)
    {
        Shape left = new(a.AsSpan()[..^2]), right = new(b.AsSpan()[..^2]);
        if (!Broadcasting.TryShapes(left, right, out Shape batch, name))
            throw new ShapeException($"multiply {a} by {b}", name, $"the axes {left} and {right} before the last two do not broadcast", "make their sizes equal or one of them 1");
        return batch;
    }

    /// <summary>Runs the product inside an op that has registered all tensors; a bias is contiguous, has an element a column, and is added to each row.</summary>
    internal static void Multiply(in OpScope op, Tensor a, Tensor b, Tensor destination, bool accumulate, Tensor? bias = null)
    {
        if (a.DType == DType.F32) Multiply<float>(op, a, b, destination, accumulate, bias);
        else Multiply<double>(op, a, b, destination, accumulate, bias);
    }

    private static void Multiply<T>(in OpScope op, Tensor a, Tensor b, Tensor destination, bool accumulate, Tensor? bias)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        Layout to = destination.Layout;
        int m = Size(to.Shape[-2]), n = Size(to.Shape[-1]), k = Size(a.Shape[-1]);
        if (to.Length == 0) return;
        MatrixOperand.TryOf(a.Layout, out MatrixOperand left);
        MatrixOperand.TryOf(b.Layout, out MatrixOperand right);
        long elements = ((long)m * k) + ((long)k * n) + ((long)m * n);
        KernelTeam? team = ComputeTeams.For(op.Frame, elements * Unsafe.SizeOf<T>(), (long)m * n * k, ofWeights: m <= FewRows);
        int scratchLength = Gemm.ScratchLength<T>(m, n, k, left.Transposed, right.Transposed, team?.Threads ?? 1);
        using OpScratch<T> scratch = op.Scratch<T>(scratchLength);
        op.CountWork(m * (long)n * k * (to.Length / ((long)m * n)));
        if (!op.Computes) return;
        Span<T> panels = scratch.Span;
        ReadOnlySpan<T> x = op.ReadSpan<T>(a), y = op.ReadSpan<T>(b);
        Span<T> z = op.WriteSpan<T>(destination);
        ReadOnlySpan<T> row = bias is { } given ? op.ReadSpan<T>(given) : default;
        if (k == 0 && row.IsEmpty)
        {
            // Sums of nothing; the steps between empty matrices lead nowhere.
            if (!accumulate) z.Clear();
            return;
        }

        Shape batch = new(to.Shape.AsSpan()[..^2]);
        LayoutOffsets offsetsA = BatchOffsets(a.Layout, batch), offsetsB = BatchOffsets(b.Layout, batch);
        for (long i = 0; i < batch.Length; i++)
        {
            offsetsA.MoveNext();
            offsetsB.MoveNext();
            Gemm.Multiply(
                m, n, k, x[(int)offsetsA.Current..], left.LeadingDimension, left.Transposed, y[(int)offsetsB.Current..], right.LeadingDimension, right.Transposed,
                z.Slice((int)(i * m * n), m * n), n, accumulate, panels, team, bias: row);
        }
    }

    private static LayoutOffsets BatchOffsets(in Layout layout, in Shape batch) =>
        new Layout(new Shape(layout.Shape.AsSpan()[..^2]), new Strides(layout.Strides.AsSpan()[..^2])).BroadcastTo(batch).Offsets;

    private static int Size(long dimension) => checked((int)dimension);

    /// <summary>The operand itself when a kernel can read it where it lies, else a dense copy.</summary>
    internal static Tensor Usable(string name, Tensor x) => MatrixOperand.TryOf(x.Layout, out _) ? x : Arithmetic.Copy(x, name);

    internal static void Check(string name, Tensor a, Tensor b)
    {
        Dispatch.RequireFloat(a, name);
        if (a.DType != b.DType) TensorThrow.TypesDiffer(name, a, b);
    }

    private static void ThrowInner(string name, in Shape a, in Shape b)
    {
        bool wouldFit = a.Rank >= 2 && b.Rank >= 2 && a[-1] == b[-1];
        throw new ShapeException(
            $"multiply {a} by {b}", name, a.Rank < 2 || b.Rank < 2 ? $"ranks {a.Rank} and {b.Rank} are below 2" : $"inner sizes {a[-1]} and {b[-2]} differ",
            wouldFit ? "transpose the second operand: a.MatMul(b.Transpose())" : "check the shapes; a vector needs Unsqueeze to become a matrix");
    }
}
