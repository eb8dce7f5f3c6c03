using System.Runtime.InteropServices;
using Workspaces.Tensors;

namespace Workspaces.IO;

/// <summary>Writes the elements of tensors to streams, row-major and little-endian.</summary>
internal static class TensorWriter
{
    /// <summary>Writes all elements, whatever the strides.</summary>
    internal static void Write(Stream stream, Tensor tensor)
    {
        if (tensor.Layout.IsContiguous)
        {
            WriteContiguous(stream, tensor);
            return;
        }

        using Tensor flat = Tensor.Empty(tensor.Shape, tensor.DType);
        tensor.CopyTo(flat);
        WriteContiguous(stream, flat);
    }

    private static void WriteContiguous(Stream stream, Tensor tensor)
    {
        switch (tensor.DType)
        {
            case DType.F32: Elements<float>(stream, tensor); break;
            case DType.F64: Elements<double>(stream, tensor); break;
            case DType.I32: Elements<int>(stream, tensor); break;
            case DType.I64: Elements<long>(stream, tensor); break;
            case DType.U8: Elements<byte>(stream, tensor); break;
            default: Elements<bool>(stream, tensor); break;
        }
    }

    private static void Elements<T>(Stream stream, Tensor tensor)
        where T : unmanaged => tensor.Read<T>(elements => Bytes(stream, tensor.DType.SizeInBytes, elements));

    private static void Bytes<T>(Stream stream, int size, ReadOnlySpan<T> elements)
        where T : unmanaged
    {
        Span<byte> chunk = stackalloc byte[StoredElements.ChunkBytes];
        int most = BitConverter.IsLittleEndian ? (1 << 30) / size : chunk.Length / size;
        while (elements.Length > 0)
        {
            int count = Math.Min(most, elements.Length);
            scoped ReadOnlySpan<byte> bytes = MemoryMarshal.AsBytes(elements[..count]);
            if (!BitConverter.IsLittleEndian)
            {
                Span<byte> turned = chunk[..bytes.Length];
                bytes.CopyTo(turned);
                StoredElements.ToHostOrder(size, bigEndian: false, turned);
                bytes = turned;
            }

            stream.Write(bytes);
            elements = elements[count..];
        }
    }
}
