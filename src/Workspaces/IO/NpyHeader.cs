using Workspaces.Tensors;

namespace Workspaces.IO;

/// <summary>What the head of a NumPy array file says.</summary>
/// <param name="Name">The path or name that was read, for messages.</param>
/// <param name="Type">Type of the elements.</param>
/// <param name="IsBigEndian">Whether elements have their highest byte first.</param>
/// <param name="IsFortran">Whether the first axis is the innermost one in the file.</param>
/// <param name="Shape">The shape.</param>
/// <param name="DataOffset">Bytes of the head.</param>
public sealed record NpyHeader(string Name, StoredType Type, bool IsBigEndian, bool IsFortran, Shape Shape, long DataOffset)
{
    /// <summary>Type of the tensor that it is loaded as.</summary>
    public DType DType => Type.DType;

    /// <summary>Bytes of the elements.</summary>
    public long Bytes => Shape.Length * Type.SizeInBytes;
}
