using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.InteropServices;
using Workspaces.Memory;
using Workspaces.Tensors;

namespace Workspaces.IO;

/// <summary>Turns the bytes of a file into elements, and checks what a type does not admit.</summary>
internal static class StoredElements
{
    /// <summary>Bytes converted at a time: on the stack, a multiple of every element's size.</summary>
    internal const int ChunkBytes = 4096;

    /// <summary>Converts elements; types and byte order as said.</summary>
    /// <typeparam name="T">What the elements become; wide enough, or rounding is meant.</typeparam>
    /// <param name="type">Type in the file.</param>
    /// <param name="bigEndian">Byte order in the file.</param>
    /// <param name="bytes">The file's bytes; put into this machine's order in place.</param>
    /// <param name="elements">Receives as many elements as there are.</param>
    private static void Convert<T>(StoredType type, bool bigEndian, Span<byte> bytes, Span<T> elements)
        where T : unmanaged, INumber<T>
    {
        ToHostOrder(type.SizeInBytes, bigEndian, bytes);
        switch (type)
        {
            case StoredType.F64: Cast(MemoryMarshal.Cast<byte, double>(bytes), elements); break;
            case StoredType.F32: Cast(MemoryMarshal.Cast<byte, float>(bytes), elements); break;
            case StoredType.F16: Cast(MemoryMarshal.Cast<byte, Half>(bytes), elements); break;
            case StoredType.BF16: Widen(MemoryMarshal.Cast<byte, ushort>(bytes), elements); break;
            case StoredType.I64: Cast(MemoryMarshal.Cast<byte, long>(bytes), elements); break;
            case StoredType.I32: Cast(MemoryMarshal.Cast<byte, int>(bytes), elements); break;
            case StoredType.I16: Cast(MemoryMarshal.Cast<byte, short>(bytes), elements); break;
            case StoredType.I8: Cast(MemoryMarshal.Cast<byte, sbyte>(bytes), elements); break;
            case StoredType.U32: Cast(MemoryMarshal.Cast<byte, uint>(bytes), elements); break;
            case StoredType.U16: Cast(MemoryMarshal.Cast<byte, ushort>(bytes), elements); break;
            default: Cast<byte, T>(bytes, elements); break;
        }
    }

    /// <summary>Puts elements into this machine's byte order, in place.</summary>
    internal static void ToHostOrder(int size, bool bigEndian, Span<byte> bytes)
    {
        if (bigEndian != BitConverter.IsLittleEndian) return;
        switch (size)
        {
            case 2:
                Span<short> shorts = MemoryMarshal.Cast<byte, short>(bytes);
                BinaryPrimitives.ReverseEndianness(shorts, shorts);
                break;
            case 4:
                Span<int> ints = MemoryMarshal.Cast<byte, int>(bytes);
                BinaryPrimitives.ReverseEndianness(ints, ints);
                break;
            case 8:
                Span<long> longs = MemoryMarshal.Cast<byte, long>(bytes);
                BinaryPrimitives.ReverseEndianness(longs, longs);
                break;
        }
    }

    /// <summary>Reads elements and converts them; makes no garbage.</summary>
    /// <typeparam name="T">What the elements become; wide enough, or rounding is meant.</typeparam>
    /// <typeparam name="TReader">Gives the bytes.</typeparam>
    /// <param name="reader">Gives the bytes in order.</param>
    /// <param name="name">File and array, for messages.</param>
    /// <param name="type">Type in the file.</param>
    /// <param name="bigEndian">Byte order in the file.</param>
    /// <param name="elements">Receives the elements.</param>
    internal static void Fill<T, TReader>(ref TReader reader, string name, StoredType type, bool bigEndian, Span<T> elements)
        where T : unmanaged, INumber<T>
        where TReader : IByteReader
    {
        if (type.IsExact && type.DType == DTypes.Of<T>())
        {
            Span<byte> bytes = MemoryMarshal.AsBytes(elements);
            reader.Read(bytes);
            ToHostOrder(type.SizeInBytes, bigEndian, bytes);
            return;
        }

        Span<byte> chunk = stackalloc byte[ChunkBytes];
        int size = type.SizeInBytes, most = chunk.Length / size;
        while (elements.Length > 0)
        {
            int count = Math.Min(most, elements.Length);
            Span<byte> part = chunk[..(count * size)];
            reader.Read(part);
            if (type == StoredType.Bool) CheckTruth(name, part);
            Convert(type, bigEndian, part, elements[..count]);
            elements = elements[count..];
        }
    }

    /// <summary>Refuses bytes that are no truth values.</summary>
    internal static void CheckTruth(string name, ReadOnlySpan<byte> bytes)
    {
        int at = bytes.IndexOfAnyExceptInRange((byte)0, (byte)1);
        if (at >= 0)
            throw new InvalidDataException(WorkspaceException.Compose(
                $"read truth values of '{name}'", nameof(StoredType), $"one of them is the byte {bytes[at]}, and they are 0 or 1",
                "write the file with uint8 elements, or correct it"));
    }

    private static void Cast<TFrom, T>(ReadOnlySpan<TFrom> from, Span<T> to)
        where TFrom : unmanaged, INumber<TFrom>
        where T : unmanaged, INumber<T>
    {
        for (int i = 0; i < to.Length; i++) to[i] = T.CreateTruncating(from[i]);
    }

    private static void Widen<T>(ReadOnlySpan<ushort> from, Span<T> to)
        where T : unmanaged, INumber<T>
    {
        for (int i = 0; i < to.Length; i++) to[i] = T.CreateTruncating(BitConverter.UInt32BitsToSingle((uint)from[i] << 16));
    }
}
