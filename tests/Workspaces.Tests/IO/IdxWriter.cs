using System.Buffers.Binary;
using System.IO.Compression;
using Workspaces.IO;

namespace Workspaces.Tests.IO;

/// <summary>Writes IDX files, right ones and wrong ones, for the tests of the reader.</summary>
internal static class IdxWriter
{
    internal static byte[] Write(byte typeCode, ReadOnlySpan<uint> shape, ReadOnlySpan<byte> bigEndianData)
    {
        var file = new byte[4 + (4 * shape.Length) + bigEndianData.Length];
        file[2] = typeCode;
        file[3] = (byte)shape.Length;
        for (var axis = 0; axis < shape.Length; axis++)
            BinaryPrimitives.WriteUInt32BigEndian(file.AsSpan(4 + (4 * axis)), shape[axis]);
        bigEndianData.CopyTo(file.AsSpan(4 + (4 * shape.Length)));
        return file;
    }

    internal static byte[] Write(IdxType type, ReadOnlySpan<uint> shape, ReadOnlySpan<byte> bigEndianData) =>
        Write((byte)type, shape, bigEndianData);

    /// <summary>Bytes 0, 1, 2, … of the given shape.</summary>
    internal static byte[] Counting(params ReadOnlySpan<uint> shape)
    {
        var count = 1u;
        foreach (var size in shape)
            count *= size;
        var data = new byte[count];
        for (var i = 0; i < data.Length; i++)
            data[i] = (byte)i;
        return Write(IdxType.UInt8, shape, data);
    }

    internal static byte[] Gzip(ReadOnlySpan<byte> file)
    {
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Optimal, leaveOpen: true))
            gzip.Write(file);
        return packed.ToArray();
    }
}
