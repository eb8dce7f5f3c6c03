using Workspaces.Tensors;

namespace Workspaces.IO;

/// <summary>One tensor of a safetensors file.</summary>
/// <param name="Name">Its name, e.g. <c>0.weight</c>.</param>
/// <param name="Type">Type of the elements in the file.</param>
/// <param name="Shape">Its shape; rank 0 is a scalar.</param>
/// <param name="Offset">First byte in the file.</param>
public sealed record SafetensorsEntry(string Name, StoredType Type, Shape Shape, long Offset)
{
    /// <summary>Type of the tensor that it is loaded as.</summary>
    public DType DType => Type.DType;

    /// <summary>Bytes of the elements in the file.</summary>
    public long Bytes => Shape.Length * Type.SizeInBytes;

    /// <summary>
    /// True when the file's own bytes can serve as a tensor: a type that tensors have, in this machine's byte order, at an offset that is a multiple of the
    /// element's size. Truth values are not, because every byte of them must be looked at.
    /// </summary>
    public bool CanBorrow => BitConverter.IsLittleEndian && Type.IsExact && Type != StoredType.Bool && Bytes > 0 && Offset % Type.SizeInBytes == 0;
}
