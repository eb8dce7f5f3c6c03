using System.Buffers.Binary;
using System.Numerics;
using System.Text;

namespace Workspaces.Memory.Storage;

/// <summary>
/// The first 64 KiB of a mapped workspace's file, little-endian.
/// <code>
///   0  magic, 8 bytes    8  version, u32    12  CRC-32C of the rest of the header, u32    16  bytes of the header, u32    20  blocks, u32
///  24  commits, u64     32  bytes of data, u64
///  40  for each block: bytes of its name (u16), name in UTF-8, offset (u64), bytes (u64), CRC-32C of its bytes (u32)
/// </code>
/// </summary>
internal static class StoreHeader
{
    /// <summary>Where the data begins.</summary>
    internal const int Bytes = 64 << 10;

    internal const int Version = 1;
    internal const int MostNameBytes = 1024;
    private const int ChecksumAt = 12, LengthAt = 16, CountAt = 20, CommitsAt = 24, DataAt = 32, FirstEntry = 40;
    private static ReadOnlySpan<byte> Magic => "WSMAPPED"u8;

    /// <summary>Writes a header; false when the blocks are too many for it.</summary>
    internal static bool TryWrite(Span<byte> header, ulong commits, long dataBytes, IReadOnlyList<StoreEntry> entries)
    {
        header.Clear();
        Magic.CopyTo(header);
        int at = FirstEntry;
        foreach (StoreEntry entry in entries)
        {
            int name = Encoding.UTF8.GetByteCount(entry.Block.Name);
            if (at + 2 + name + 20 > Bytes) return false;
            BinaryPrimitives.WriteUInt16LittleEndian(header[at..], (ushort)name);
            Encoding.UTF8.GetBytes(entry.Block.Name, header[(at + 2)..]);
            at += 2 + name;
            BinaryPrimitives.WriteInt64LittleEndian(header[at..], entry.Block.Offset);
            BinaryPrimitives.WriteInt64LittleEndian(header[(at + 8)..], entry.Block.Bytes);
            BinaryPrimitives.WriteUInt32LittleEndian(header[(at + 16)..], entry.Checksum);
            at += 20;
        }

        BinaryPrimitives.WriteInt32LittleEndian(header[8..], Version);
        BinaryPrimitives.WriteInt32LittleEndian(header[LengthAt..], at);
        BinaryPrimitives.WriteInt32LittleEndian(header[CountAt..], entries.Count);
        BinaryPrimitives.WriteUInt64LittleEndian(header[CommitsAt..], commits);
        BinaryPrimitives.WriteInt64LittleEndian(header[DataAt..], dataBytes);
        BinaryPrimitives.WriteUInt32LittleEndian(header[ChecksumAt..], Checksum(header[LengthAt..at]));
        return true;
    }

    /// <summary>Reads a header and checks it against the length of its file.</summary>
    /// <exception cref="InvalidDataException">It is none, or damaged; the message has the numbers.</exception>
    internal static List<StoreEntry> Read(ReadOnlySpan<byte> header, long fileBytes, out ulong commits)
    {
        if (fileBytes < Bytes) throw new InvalidDataException($"it has {fileBytes} bytes, and the header alone takes {Bytes}: it was cut off, or is something else");
        if (!header.StartsWith(Magic)) throw new InvalidDataException("it does not begin with the mark of a mapped workspace: it is something else, or was overwritten");
        int version = BinaryPrimitives.ReadInt32LittleEndian(header[8..]);
        if (version != Version) throw new InvalidDataException($"it has version {version}, and this program reads version {Version}");
        int length = BinaryPrimitives.ReadInt32LittleEndian(header[LengthAt..]);
        uint written = BinaryPrimitives.ReadUInt32LittleEndian(header[ChecksumAt..]);
        if (length is < FirstEntry or > Bytes) throw new InvalidDataException($"its header says that it has {length} bytes, outside {FirstEntry} to {Bytes}");
        uint found = Checksum(header[LengthAt..length]);
        if (found != written) throw new InvalidDataException($"the checksum of its header is {found:x8}, and {written:x8} was written: it is damaged");
        commits = BinaryPrimitives.ReadUInt64LittleEndian(header[CommitsAt..]);
        long data = BinaryPrimitives.ReadInt64LittleEndian(header[DataAt..]);
        if (data < 0 || fileBytes - Bytes < data) throw new InvalidDataException($"it has {fileBytes} bytes, and {Bytes + data} were written: it was cut off");
        return ReadEntries(header[..length], BinaryPrimitives.ReadInt32LittleEndian(header[CountAt..]), data);
    }

    /// <summary>CRC-32C (Castagnoli), eight bytes a step.</summary>
    internal static uint Checksum(ReadOnlySpan<byte> bytes)
    {
        uint crc = uint.MaxValue;
        for (; bytes.Length >= sizeof(ulong); bytes = bytes[sizeof(ulong)..]) crc = BitOperations.Crc32C(crc, BinaryPrimitives.ReadUInt64LittleEndian(bytes));
        foreach (byte rest in bytes) crc = BitOperations.Crc32C(crc, rest);
        return ~crc;
    }

    private static List<StoreEntry> ReadEntries(ReadOnlySpan<byte> header, int count, long data)
    {
        var entries = new List<StoreEntry>();
        long end = 0;
        for (int i = 0, at = FirstEntry; i < count; i++)
        {
            int name = at + 2 <= header.Length ? BinaryPrimitives.ReadUInt16LittleEndian(header[at..]) : int.MaxValue;
            if (name > MostNameBytes || at + 2 + name + 20 > header.Length) throw new InvalidDataException($"block {i} of {count} lies beyond its header");
            string text = Encoding.UTF8.GetString(header.Slice(at + 2, name));
            at += 2 + name;
            long offset = BinaryPrimitives.ReadInt64LittleEndian(header[at..]), bytes = BinaryPrimitives.ReadInt64LittleEndian(header[(at + 8)..]);
            if (offset < end || offset % Granule.Bytes != 0 || bytes < 0 || bytes > data - offset)
                throw new InvalidDataException($"block '{text}' has {bytes} bytes at {offset}, which do not lie behind the one before and inside {data} bytes of data");
            entries.Add(new StoreEntry(new StoredBlock(text, offset, bytes), BinaryPrimitives.ReadUInt32LittleEndian(header[(at + 16)..])));
            end = entries[^1].End;
            at += 20;
        }

        return entries;
    }
}
