using Workspaces.Memory.Passes;

namespace Workspaces.Tensors;

/// <summary>Turns headers into spans. The caller has checked that the tensor is alive.</summary>
internal static unsafe class TensorMemory
{
    /// <summary>The elements of a plain block.</summary>
    internal static Span<T> Span<T>(BlockHeader block, int length)
        where T : unmanaged => new((void*)block.Address, length);

    /// <summary>From the first element over the whole extent of the layout.</summary>
    internal static Span<T> Span<T>(TensorHeader header)
        where T : unmanaged
    {
        if (header.Storage.Frame.ShapesOnly) TensorThrow.NoBytes(header, "read or write elements");
        long extent = header.Layout.Extent;
        if (extent > int.MaxValue) TensorThrow.TooLongForSpan(new Tensor(header, header.Birth), "run a kernel");
        return new Span<T>((T*)header.Address + header.Layout.Offset, (int)extent);
    }
}
