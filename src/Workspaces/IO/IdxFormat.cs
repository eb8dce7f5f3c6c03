using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace Workspaces.IO;

/// <summary>The facts of the IDX format that reader and array share: element sizes, .NET types, byte order.</summary>
internal static class IdxFormat
{
    internal static bool IsKnown(byte code) => code is 0x08 or 0x09 or 0x0B or 0x0C or 0x0D or 0x0E;

    internal static int SizeOf(IdxType type) => type switch
    {
        IdxType.Int16 => 2,
        IdxType.Int32 or IdxType.Float32 => 4,
        IdxType.Float64 => 8,
        _ => 1,
    };

    internal static bool Matches<T>(IdxType type) => type switch
    {
        IdxType.UInt8 => typeof(T) == typeof(byte),
        IdxType.Int8 => typeof(T) == typeof(sbyte),
        IdxType.Int16 => typeof(T) == typeof(short),
        IdxType.Int32 => typeof(T) == typeof(int),
        IdxType.Float32 => typeof(T) == typeof(float),
        IdxType.Float64 => typeof(T) == typeof(double),
        _ => false,
    };

    /// <summary>Turns big-endian elements into this machine's order, in place.</summary>
    internal static void ToHostOrder(IdxType type, Span<byte> data)
    {
        if (!BitConverter.IsLittleEndian)
            return;
        switch (SizeOf(type))
        {
            case 2:
                var shorts = MemoryMarshal.Cast<byte, short>(data);
                BinaryPrimitives.ReverseEndianness(shorts, shorts);
                break;
            case 4:
                var ints = MemoryMarshal.Cast<byte, int>(data);
                BinaryPrimitives.ReverseEndianness(ints, ints);
                break;
            case 8:
                var longs = MemoryMarshal.Cast<byte, long>(data);
                BinaryPrimitives.ReverseEndianness(longs, longs);
                break;
        }
    }
}
