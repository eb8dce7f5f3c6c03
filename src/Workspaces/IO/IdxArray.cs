using System.Runtime.InteropServices;

namespace Workspaces.IO;

/// <summary>The contents of one IDX file: a dense row-major array, its elements already in this machine's byte order.</summary>
public sealed class IdxArray
{
    private readonly byte[] _bytes;

    internal IdxArray(IdxHeader header, byte[] bytes)
    {
        Header = header;
        _bytes = bytes;
        Count = bytes.LongLength / IdxFormat.SizeOf(header.Type);
    }

    /// <summary>What the head of the file says.</summary>
    public IdxHeader Header { get; }

    /// <summary>The path or name the array was read from, for error messages.</summary>
    public string Name => Header.Name;

    /// <summary>The element type of the file.</summary>
    public IdxType Type => Header.Type;

    /// <summary>The size of each dimension, outermost first; 1 to 255 entries, all at least 1.</summary>
    public ReadOnlySpan<long> Shape => Header.Shape;

    /// <summary>The number of elements, the product of <see cref="Shape"/>.</summary>
    public long Count { get; }

    /// <summary>All elements as bytes in this machine's byte order; no copy is made.</summary>
    public ReadOnlySpan<byte> Bytes => _bytes;

    /// <summary>All elements in row-major order; no copy is made.</summary>
    /// <typeparam name="T">
    /// The .NET type that belongs to <see cref="Type"/>: <see cref="byte"/>, <see cref="sbyte"/>, <see cref="short"/>,
    /// <see cref="int"/>, <see cref="float"/> or <see cref="double"/>.
    /// </typeparam>
    /// <exception cref="InvalidOperationException">
    /// <typeparamref name="T"/> is not the file's element type; nothing is converted.
    /// </exception>
    public ReadOnlySpan<T> AsSpan<T>() where T : unmanaged
    {
        if (!IdxFormat.Matches<T>(Type))
            IdxErrors.ThrowElementType(Name, Type, typeof(T));
        return MemoryMarshal.Cast<byte, T>(_bytes);
    }
}
