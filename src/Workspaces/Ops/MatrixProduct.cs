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
        return MatrixOperand.TryOf(a.HeaderOrNull!.Layout, out MatrixOperand left) && MatrixOperand.TryOf(b.HeaderOrNull!.Layout, out MatrixOperand right)
            ? RunUsable(name, a, left, b, right, shape) : RunCopied(name, a, b, shape);
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

    private static Tensor RunUsable(string name, Tensor a, MatrixOperand left, Tensor b, MatrixOperand right, in Shape shape)
    {
        using var op = new OpScope(name, a, b);
        Tensor result = op.Allocate(a.HeaderOrNull!.DType, shape);
        Multiply(op, a, left, b, right, result, accumulate: false, null);
        op.Complete();
        return result;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static Tensor RunCopied(string name, Tensor a, Tensor b, in Shape shape)
    {
        Tensor x = Usable(name, a);
        using Tensor madeX = Arithmetic.Made(x, a);
        Tensor y = Usable(name, b);
        using Tensor madeY = Arithmetic.Made(y, b);
        MatrixOperand.TryOf(x.HeaderOrNull!.Layout, out MatrixOperand left);
        MatrixOperand.TryOf(y.HeaderOrNull!.Layout, out MatrixOperand right);
        return RunUsable(name, x, left, y, right, shape);
    }

    /// <summary>Broadcast batch axes, then rows of a and columns of b.</summary>
    internal static Shape ResultShape(string name, in Shape a, in Shape b)
    {
        if (a.Rank < 2 || b.Rank < 2 || a[-1] != b[-2]) ThrowInner(name, a, b);
        return a.Rank == 2 && b.Rank == 2 ? Shape.Matrix(a[0], b[1], name) : BatchedShape(name, a, b);
    }

    private static Shape BatchedShape(string name, in Shape a, in Shape b)
    {
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
    /// <param name="op">The op.</param>
    /// <param name="a">[..., m, k].</param>
    /// <param name="b">[..., k, n], or [..., n, k] when <paramref name="turned"/>.</param>
    /// <param name="destination">[..., m, n], contiguous.</param>
    /// <param name="accumulate">Whether to add to what is there.</param>
    /// <param name="bias">The bias, or null.</param>
    /// <param name="turned">Whether the right operand is the transpose of <paramref name="b"/>.</param>
    /// <param name="rectified">Whether the larger of each result and 0 is written; of matrices only.</param>
    internal static void Multiply(
        in OpScope op, Tensor a, Tensor b, Tensor destination, bool accumulate, Tensor? bias = null, bool turned = false, bool rectified = false)
    {
        MatrixOperand.TryOf(a.HeaderOrNull!.Layout, out MatrixOperand left); // the op has checked them
        MatrixOperand.TryOf(b.HeaderOrNull!.Layout, out MatrixOperand right);
        Multiply(op, a, left, b, turned ? right.Turned : right, destination, accumulate, bias, rectified);
    }

    private static void Multiply(
        in OpScope op, Tensor a, MatrixOperand left, Tensor b, MatrixOperand right, Tensor destination, bool accumulate, Tensor? bias, bool rectified = false)
    {
        if (a.HeaderOrNull!.DType == DType.F32) Multiply<float>(op, a, left, b, right, destination, accumulate, bias, rectified);
        else Multiply<double>(op, a, left, b, right, destination, accumulate, bias, rectified);
    }

    private static void Multiply<T>(
        in OpScope op, Tensor a, MatrixOperand left, Tensor b, MatrixOperand right, Tensor destination, bool accumulate, Tensor? bias, bool rectified)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        TensorHeader from = a.HeaderOrNull!, to = destination.HeaderOrNull!; // the op has checked them
        long length = to.Layout.Length;
        int m = Size(to.Layout.Shape[-2]), n = Size(to.Layout.Shape[-1]), k = Size(from.Layout.Shape[-1]);
        if (length == 0) return;
        long elements = ((long)m * k) + ((long)k * n) + ((long)m * n);
        KernelTeam? team = ComputeTeams.For(op.Frame, elements * Unsafe.SizeOf<T>(), (long)m * n * k, ofWeights: m <= FewRows);
        GemmPlan plan = GemmPlan.Of<T>(m, n, k, left.Transposed, right.Transposed, team?.Threads ?? 1);
        using OpScratch<T> scratch = op.Scratch<T>(plan.ScratchLength);
        op.CountWork(m * (long)n * k * (length / ((long)m * n)));
        if (!op.Computes) return;
        ReadOnlySpan<T> x = op.ReadSpan<T>(a), y = op.ReadSpan<T>(b);
        Span<T> z = op.WriteSpan<T>(destination);
        ReadOnlySpan<T> row = bias is { } given ? op.ReadSpan<T>(given) : default;
        if (k == 0 && row.IsEmpty)
        {
            // Sums of nothing; the steps between empty matrices lead nowhere.
            if (!accumulate) z.Clear();
            else if (rectified) Gemm.Rectify(z);
            return;
        }

        if (to.Layout.Rank == 2)
            Gemm.Multiply(plan, x, left.LeadingDimension, y, right.LeadingDimension, z, n, accumulate, scratch.Span, team, bias: row, rectified: rectified);
        else
            MultiplyEach(plan, x, left, from.Layout, y, right, b.HeaderOrNull!.Layout, z, to.Layout.Shape, accumulate, scratch.Span, team, row);
    }

    /// <summary>One product for each position of the axes before the last two.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void MultiplyEach<T>(
        in GemmPlan plan, ReadOnlySpan<T> x, MatrixOperand left, in Layout layoutA, ReadOnlySpan<T> y, MatrixOperand right, in Layout layoutB,
        Span<T> z, in Shape to, bool accumulate, Span<T> panels, KernelTeam? team, ReadOnlySpan<T> bias)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        Shape batch = new(to.AsSpan()[..^2]);
        int length = plan.M * plan.N;
        LayoutOffsets offsetsA = BatchOffsets(layoutA, batch), offsetsB = BatchOffsets(layoutB, batch);
        for (long i = 0; i < batch.Length; i++)
        {
            offsetsA.MoveNext();
            offsetsB.MoveNext();
            Gemm.Multiply(
                plan, x[(int)offsetsA.Current..], left.LeadingDimension, y[(int)offsetsB.Current..], right.LeadingDimension,
                z.Slice((int)(i * length), length), plan.N, accumulate, panels, team, bias: bias);
        }
    }

    private static LayoutOffsets BatchOffsets(in Layout layout, in Shape batch) =>
        new Layout(new Shape(layout.Shape.AsSpan()[..^2]), new Strides(layout.Strides.AsSpan()[..^2])).BroadcastTo(batch).Offsets;

    private static int Size(long dimension) => checked((int)dimension);

    /// <summary>The operand itself when a kernel can read it where it lies, else a dense copy.</summary>
    internal static Tensor Usable(string name, Tensor x) => IsUsable(name, x) ? x : Arithmetic.Copy(x, name);

    /// <summary>True when a kernel can read the operand where it lies.</summary>
    internal static bool IsUsable(string name, Tensor x) => MatrixOperand.TryOf(x.Checked(name).Layout, out _);

    internal static void Check(string name, Tensor a, Tensor b)
    {
        Dispatch.RequireFloat(a, name);
        if (a.HeaderOrNull!.DType != b.Checked(name).DType) TensorThrow.TypesDiffer(name, a, b);
    }

    private static void ThrowInner(string name, in Shape a, in Shape b)
    {
        bool wouldFit = a.Rank >= 2 && b.Rank >= 2 && a[-1] == b[-1];
        throw new ShapeException(
            $"multiply {a} by {b}", name, a.Rank < 2 || b.Rank < 2 ? $"ranks {a.Rank} and {b.Rank} are below 2" : $"inner sizes {a[-1]} and {b[-2]} differ",
            wouldFit ? "transpose the second operand: a.MatMul(b.Transpose())" : "check the shapes; a vector needs Unsqueeze to become a matrix");
    }
}
