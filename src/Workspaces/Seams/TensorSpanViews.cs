using System.Runtime.InteropServices;
using Workspaces.Memory;
using Workspaces.Tensors;
using Numerics = System.Numerics.Tensors;

namespace Workspaces.Seams;

/// <summary>
/// Tensors for code that takes the spans of System.Numerics.Tensors, strided views included, and back. No elements are copied for a view.
/// </summary>
public static class TensorSpanViews
{
    extension(Tensor tensor)
    {
        /// <summary>
        /// The tensor as a <c>TensorSpan</c> of the same lengths and strides (a scalar has one axis of length 1). Like every raw span it cannot be revoked, so the bytes stay
        /// untouched to the end of the pass; and writes through it are not seen by gradient checks.
        /// </summary>
        /// <typeparam name="T">The element type: float, double, int, long, byte or bool.</typeparam>
        /// <returns>The span; do not keep it beyond the pass.</returns>
        /// <exception cref="StaleAccessException">The tensor is stale or a default value.</exception>
        /// <exception cref="ArgumentException">The elements have another type.</exception>
        /// <exception cref="InvalidOperationException">A broadcast view, whose elements share memory; or more than 2³¹-1 elements from the first to the last.</exception>
        public Numerics.TensorSpan<T> AsTensorSpan<T>()
            where T : unmanaged
        {
            TensorHeader header = Expose<T>(tensor, "take a tensor span");
            if (header.Layout.IsBroadcast)
                TensorThrow.InPlaceRefused(
                    header, "a TensorSpan", "it is a broadcast view, whose elements share memory", "take AsReadOnlyTensorSpan, or copy it with Contiguous() first");
            SpanWrites.Watch(header.Storage);
            Span<T> elements = TensorMemory.Span<T>(header);
            Span<nint> lengths = stackalloc nint[Shape.MaxRank], strides = stackalloc nint[Shape.MaxRank];
            int rank = SpanLayout.Write(header.Layout, lengths, strides);
            return TensorMarshal.CreateTensorSpan(ref MemoryMarshal.GetReference(elements), elements.Length, lengths[..rank], strides[..rank], pinned: true);
        }

        /// <summary>As <see cref="AsTensorSpan{T}"/>, for reading; broadcast views are allowed.</summary>
        /// <typeparam name="T">The element type: float, double, int, long, byte or bool.</typeparam>
        /// <returns>The span; do not keep it beyond the pass.</returns>
        /// <exception cref="StaleAccessException">The tensor is stale or a default value.</exception>
        /// <exception cref="ArgumentException">The elements have another type.</exception>
        /// <exception cref="InvalidOperationException">More than 2³¹-1 elements from the first to the last.</exception>
        public Numerics.ReadOnlyTensorSpan<T> AsReadOnlyTensorSpan<T>()
            where T : unmanaged
        {
            TensorHeader header = Expose<T>(tensor, "take a tensor span");
            ReadOnlySpan<T> elements = TensorMemory.Span<T>(header);
            Span<nint> lengths = stackalloc nint[Shape.MaxRank], strides = stackalloc nint[Shape.MaxRank];
            int rank = SpanLayout.Write(header.Layout, lengths, strides);
            return TensorMarshal.CreateReadOnlyTensorSpan(in MemoryMarshal.GetReference(elements), elements.Length, lengths[..rank], strides[..rank], pinned: true);
        }

        /// <summary>Overwrites all elements with those of a span, whatever the strides of both; counts as a write in place.</summary>
        /// <typeparam name="T">The element type.</typeparam>
        /// <param name="source">Of the same lengths.</param>
        /// <exception cref="StaleAccessException">The tensor is stale or a default value.</exception>
        /// <exception cref="ArgumentException">The elements have another type.</exception>
        /// <exception cref="ShapeException">Other lengths.</exception>
        /// <exception cref="InvalidOperationException">A broadcast view, or the result of a recorded op.</exception>
        public void CopyFrom<T>(in Numerics.ReadOnlyTensorSpan<T> source)
            where T : unmanaged
        {
            using var op = new OpScope("CopyFrom", tensor);
            RequireType<T>(tensor, "copy in");
            Shape shape = tensor.Layout.Shape;
            if (!SpanLayout.SameLengths(shape, source.Lengths)) ThrowLengths(shape, SpanLayout.ShapeOf(source.Lengths));
            op.BeginLoad(tensor);
            if (op.Computes) Copy(source, op.WriteSpan<T>(tensor), tensor.Layout);
            op.Complete();
        }
    }

    extension(Tensor)
    {
        /// <summary>A tensor with the elements and lengths of a span, contiguous, in the ambient pass.</summary>
        /// <typeparam name="T">The element type: float, double, int, long, byte or bool.</typeparam>
        /// <param name="elements">The elements, whatever their strides.</param>
        /// <returns>The tensor.</returns>
        /// <exception cref="ShapeException">More than eight axes.</exception>
        /// <exception cref="ArgumentException">No data type has elements of type <typeparamref name="T"/>.</exception>
        /// <exception cref="OutOfWorkspaceException">Memory is refused.</exception>
        /// <exception cref="StaleAccessException">This task has outlived its pass.</exception>
        public static Tensor From<T>(in Numerics.ReadOnlyTensorSpan<T> elements)
            where T : unmanaged
        {
            using var op = new OpScope("From");
            Tensor tensor = op.Allocate(DTypes.Of<T>(), SpanLayout.ShapeOf(elements.Lengths));
            if (op.Computes) Copy(elements, op.WriteSpan<T>(tensor), tensor.Layout);
            op.Complete();
            return tensor;
        }
    }

    private static void Copy<T>(in Numerics.ReadOnlyTensorSpan<T> source, Span<T> destination, in Layout to)
        where T : unmanaged
    {
        if (source.FlattenedLength == 0) return;
        Layout from = SpanLayout.Of(to.Shape, source.Lengths, source.Strides);
        ref readonly T first = ref TensorMarshal.GetReference(source);
        TensorCopy.Run(MemoryMarshal.CreateReadOnlySpan(in first, checked((int)from.Extent)), from, destination, to);
    }

    private static TensorHeader Expose<T>(Tensor tensor, string asked)
        where T : unmanaged
    {
        TensorHeader header = tensor.Checked(asked), storage = header.Storage;
        RequireType<T>(tensor, asked);
        if (!storage.Frame.TryExpose(storage, header.Root is null ? tensor.Generation : header.RootBirth)) tensor.Checked(asked);
        return header;
    }

    private static void RequireType<T>(Tensor tensor, string asked)
        where T : unmanaged
    {
        DType wanted = DTypes.Of<T>();
        if (wanted != tensor.Checked(asked).DType) TensorThrow.WrongType(tensor, wanted, asked);
    }

    private static void ThrowLengths(in Shape tensor, in Shape span) =>
        throw new ShapeException($"copy a span of {span} to {tensor}", "CopyFrom", "the lengths differ", "slice or reshape one of them");
}
