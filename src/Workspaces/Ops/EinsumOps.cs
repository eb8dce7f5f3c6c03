using System.Runtime.CompilerServices;
using Workspaces.Tensors;

namespace Workspaces.Ops;

/// <summary>Sums of products named by letters. One or two operands; the work is done by permuted views, one matrix product and sums.</summary>
public static class EinsumOps
{
    extension(Tensor a)
    {
        /// <summary>Axes put in another order and summed over: <c>ij->ji</c>, <c>bij->b</c>.</summary>
        /// <param name="spec">Letters of the axes, <c>-></c>, letters of the result; axes that the result does not name are summed over.</param>
        /// <returns>A new tensor, or a view where only the order changes.</returns>
        /// <exception cref="ShapeException">The specification does not fit.</exception>
        public Tensor Einsum(string spec)
        {
            EinsumSpec parsed = EinsumSpec.Parse(spec, a.Checked(nameof(Einsum)).Layout.Shape, null);
            return Ordered(a, parsed.First, parsed.Result);
        }

        /// <summary>Products of two tensors, summed over what the result does not name: <c>ij,jk->ik</c>, <c>bhqd,bhkd->bhqk</c>, <c>i,j->ij</c>.</summary>
        /// <param name="spec">Letters of the axes of both operands, <c>-></c>, letters of the result.</param>
        /// <param name="b">The second operand, of the same float type.</param>
        /// <returns>A new tensor.</returns>
        /// <exception cref="ShapeException">The specification does not fit.</exception>
        /// <exception cref="ArgumentException">Not the same float type.</exception>
        public Tensor Einsum(string spec, Tensor b)
        {
            Shape first = a.Checked(nameof(Einsum)).Layout.Shape, second = b.Checked(nameof(Einsum)).Layout.Shape;
            EinsumSpec parsed = EinsumSpec.Parse(spec, first, second);
            MatrixProduct.Check(nameof(Einsum), a, b);
            return Product(a, b, parsed);
        }
    }

    /// <summary>
    /// Letters fall into four groups, each an axis of one batched matrix product:
    /// <code>
    ///   in both and in the result      batch      left  [batch, left, summed]
    ///   in one and in the result       left or right     ·  right [batch, summed, right]
    ///   in both, not in the result     summed     =  [batch, left, right]
    ///   in one, not in the result      summed before the product
    /// </code>
    /// </summary>
    private static Tensor Product(Tensor a, Tensor b, in EinsumSpec spec)
    {
        LetterBuffer buffer0 = default, buffer1 = default, buffer2 = default, buffer3 = default;
        Letters batch = new(buffer0), left = new(buffer1), right = new(buffer2), summed = new(buffer3);
        foreach (char letter in spec.First)
        {
            bool other = spec.Second.Contains(letter), kept = spec.Result.Contains(letter);
            if (other && kept) batch.Add(letter);
            else if (other) summed.Add(letter);
            else if (kept) left.Add(letter);
        }

        foreach (char letter in spec.Second)
        {
            if (!spec.First.Contains(letter) && spec.Result.Contains(letter)) right.Add(letter);
        }

        Span<char> orderA = stackalloc char[2 * Shape.MaxRank], orderB = stackalloc char[2 * Shape.MaxRank], orderY = stackalloc char[3 * Shape.MaxRank];
        orderA = Join(orderA, batch.Span, left.Span, summed.Span);
        orderB = Join(orderB, batch.Span, summed.Span, right.Span);
        orderY = Join(orderY, batch.Span, left.Span, right.Span);
        if (orderY.Length > Shape.MaxRank || batch.Span.Length + 2 > Shape.MaxRank)
            throw new ShapeException($"multiply {a.Shape} by {b.Shape} by letters", nameof(Einsum), $"the result would have {orderY.Length} axes", $"use at most {Shape.MaxRank}");
        Tensor x = Ordered(a, spec.First, orderA);
        using Tensor madeX = Kernel(x, a);
        Tensor z = Ordered(b, spec.Second, orderB);
        using Tensor madeZ = Kernel(z, b);
        int batches = batch.Span.Length, lefts = left.Span.Length, sums = summed.Span.Length, rights = right.Span.Length;
        Span<long> dims = stackalloc long[Shape.MaxRank];
        for (int i = 0; i < batches; i++) dims[i] = x.Shape[i];
        long inner = Size(x, batches + lefts, sums);
        (dims[batches], dims[batches + 1]) = (Size(x, batches, lefts), inner);
        using Tensor m = x.Reshape(dims[..(batches + 2)]);
        (dims[batches], dims[batches + 1]) = (inner, Size(z, batches + sums, rights));
        using Tensor n = z.Reshape(dims[..(batches + 2)]);
        Tensor product = m.MatMul(n);
        bool isResult = lefts == 1 && rights == 1 && orderY.SequenceEqual(spec.Result);
        if (isResult) return product;
        using (product)
        {
            for (int i = 0; i < lefts; i++) dims[batches + i] = x.Shape[batches + i];
            for (int i = 0; i < rights; i++) dims[batches + lefts + i] = z.Shape[batches + sums + i];
            using Tensor shaped = product.Reshape(dims[..orderY.Length]);
            Tensor y = Ordered(shaped, orderY, spec.Result);
            using Tensor view = Kernel(y, shaped);
            return y.Copy();
        }
    }

    private static Tensor Kernel(Tensor used, Tensor operand) => used == operand ? default : used;

    private static long Size(Tensor x, int first, int count)
    {
        long size = 1;
        for (int i = first; i < first + count; i++) size *= x.Shape[i];
        return size;
    }

    /// <summary>The tensor summed over the letters that the result leaves out, its axes in the result's order.</summary>
    private static Tensor Ordered(Tensor x, ReadOnlySpan<char> letters, ReadOnlySpan<char> result)
    {
        Span<int> sums = stackalloc int[Shape.MaxRank], order = stackalloc int[Shape.MaxRank];
        Span<char> rest = stackalloc char[Shape.MaxRank];
        int summed = 0, kept = 0;
        for (int i = 0; i < letters.Length; i++)
        {
            if (result.Contains(letters[i])) rest[kept++] = letters[i];
            else sums[summed++] = i;
        }

        Tensor reduced = summed > 0 ? x.Sum(sums[..summed]) : x;
        bool sorted = true;
        for (int i = 0; i < kept; i++)
        {
            order[i] = rest[..kept].IndexOf(result[i]);
            sorted &= order[i] == i;
        }

        if (sorted) return reduced;
        if (summed == 0) return x.Permute(order[..kept]);
        using (reduced)
        {
            using Tensor view = reduced.Permute(order[..kept]);
            return view.Copy();
        }
    }

    private static Span<char> Join(Span<char> to, ReadOnlySpan<char> a, ReadOnlySpan<char> b, ReadOnlySpan<char> c)
    {
        a.CopyTo(to);
        b.CopyTo(to[a.Length..]);
        c.CopyTo(to[(a.Length + b.Length)..]);
        return to[..(a.Length + b.Length + c.Length)];
    }

    /// <summary>A list of letters without garbage.</summary>
    private ref struct Letters(Span<char> space)
    {
        private readonly Span<char> _space = space;
        private int _count;

        internal readonly ReadOnlySpan<char> Span => _space[.._count];

        internal void Add(char letter) => _space[_count++] = letter;
    }

    [InlineArray(Shape.MaxRank)]
    private struct LetterBuffer
    {
        private char _first;
    }
}
