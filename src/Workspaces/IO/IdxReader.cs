using System.Buffers.Binary;
using System.IO.Compression;

namespace Workspaces.IO;

/// <summary>
/// Reads the IDX format of the MNIST family: two zero bytes, a type code, the rank, the dimensions as big-endian 32-bit
/// numbers, then the elements, row-major and big-endian. Plain and gzip files are told apart by content, not by name.
/// </summary>
/// <remarks>
/// Source of the format: Y. LeCun, C. Cortes, C. Burges, "The MNIST database of handwritten digits".
/// Memory follows the bytes that really arrive: when the length is unknown (gzip, pipes) the buffer grows with the data,
/// so that a small file whose header promises a lot costs little. A gzip file must be one complete member.
/// </remarks>
public static class IdxReader
{
    /// <summary>Magic number of MNIST's image files: bytes, three dimensions (count, rows, columns).</summary>
    public const int ImagesMagic = 0x0000_0803;

    /// <summary>Magic number of MNIST's label files: bytes, one dimension (count).</summary>
    public const int LabelsMagic = 0x0000_0801;

    private const int FirstBuffer = 64 * 1024;
    private const int MaxRank = 255;

    /// <summary>Reads a file.</summary>
    /// <param name="path">A plain or gzip-compressed IDX file.</param>
    /// <param name="options">Expected magic number and size limit; the defaults accept every array up to 1 GiB.</param>
    /// <returns>The whole array, in this machine's byte order.</returns>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="InvalidDataException">The content is not one complete IDX array within the options.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><see cref="IdxReadOptions.MaxBytes"/> is out of range.</exception>
    public static IdxArray Read(string path, IdxReadOptions? options = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        if (!File.Exists(path))
            IdxErrors.ThrowMissing(path);
        using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read);
        return Read(stream, path, options);
    }

    /// <summary>Reads the head of a file, not its elements: the time does not depend on the size of the file.</summary>
    /// <param name="path">A plain or gzip-compressed IDX file.</param>
    /// <param name="options">Expected magic number and size limit; the defaults accept every array up to 1 GiB.</param>
    /// <returns>Type and shape. That a plain file has as many bytes as they want has been checked.</returns>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="InvalidDataException">The file does not begin like an IDX array within the options.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><see cref="IdxReadOptions.MaxBytes"/> is out of range.</exception>
    public static IdxHeader ReadHeader(string path, IdxReadOptions? options = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        if (!File.Exists(path))
            IdxErrors.ThrowMissing(path);
        options = Checked(options);
        using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read);
        var length = stream.Length;
        using var source = Recognise(stream, path, out var isGzip);
        if (isGzip)
        {
            using var unpacked = new GZipStream(source, CompressionMode.Decompress, leaveOpen: true);
            return ReadHead(unpacked, path, options, out _, out _);
        }
        var header = ReadHead(source, path, options, out var headerBytes, out var wanted);
        CheckLength(header, wanted, length - headerBytes);
        return header;
    }

    /// <summary>Reads the rest of a stream, from its position to its end; the stream stays open.</summary>
    /// <param name="stream">A readable stream; it need not be seekable.</param>
    /// <param name="name">What error messages call the stream.</param>
    /// <param name="options">Expected magic number and size limit; the defaults accept every array up to 1 GiB.</param>
    /// <returns>The whole array, in this machine's byte order.</returns>
    /// <exception cref="InvalidDataException">The content is not one complete IDX array within the options.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><see cref="IdxReadOptions.MaxBytes"/> is out of range.</exception>
    public static IdxArray Read(Stream stream, string name, IdxReadOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(stream);
        ArgumentException.ThrowIfNullOrEmpty(name);
        options = Checked(options);
        long? length = stream.CanSeek ? stream.Length - stream.Position : null;
        using var source = Recognise(stream, name, out var isGzip);
        return isGzip ? ReadGzip(source, name, options) : ReadPlain(source, name, options, length, out _);
    }

    private static IdxReadOptions Checked(IdxReadOptions? options)
    {
        options ??= new IdxReadOptions();
        if (options.MaxBytes < 1 || options.MaxBytes > Array.MaxLength)
            IdxErrors.ThrowLimitOption(options.MaxBytes);
        return options;
    }

    private static PrefixedStream Recognise(Stream stream, string name, out bool isGzip)
    {
        var start = new byte[2];
        var found = stream.ReadAtLeast(start, start.Length, throwOnEndOfStream: false);
        if (found == 0)
            IdxErrors.ThrowEmpty(name);
        isGzip = start is [0x1F, 0x8B];
        return new PrefixedStream(start, found, stream);
    }

    private static IdxArray ReadGzip(PrefixedStream source, string name, IdxReadOptions options)
    {
        using var unpacked = new GZipStream(source, CompressionMode.Decompress, leaveOpen: true);
        var array = ReadPlain(unpacked, name, options, null, out var total);

        // GZipStream accepts a missing trailer and ignores what follows the first member: the stated length tells both.
        Span<byte> rest = stackalloc byte[256];
        while (source.Read(rest) > 0)
        {
        }
        if (source.LastFour != (uint)total)
        {
            IdxErrors.ThrowCorruptGzip(name,
                $"it ends with the length {source.LastFour}, unpacked are {total} bytes: the end is missing or bytes follow it", null);
        }
        return array;
    }

    /// <param name="source">Plain IDX bytes.</param>
    /// <param name="name">What errors call it.</param>
    /// <param name="options">Checked options.</param>
    /// <param name="length">The exact number of bytes in <paramref name="source"/> when it is known.</param>
    /// <param name="total">The number of bytes read, header included.</param>
    private static IdxArray ReadPlain(Stream source, string name, IdxReadOptions options, long? length, out long total)
    {
        var header = ReadHead(source, name, options, out var headerBytes, out var wanted);
        var data = length is { } known
            ? ReadKnown(source, header, wanted, known - headerBytes)
            : ReadGrowing(source, header, wanted);
        IdxFormat.ToHostOrder(header.Type, data);
        total = headerBytes + data.LongLength;
        return new IdxArray(header, data);
    }

    private static IdxHeader ReadHead(Stream source, string name, IdxReadOptions options, out int headerBytes, out int wanted)
    {
        Span<byte> header = stackalloc byte[4 + (4 * MaxRank)];
        var found = Fill(source, header[..4], name);
        if (found < 4)
            IdxErrors.ThrowTruncatedHeader(name, 4, found);
        var type = CheckMagic(name, BinaryPrimitives.ReadUInt32BigEndian(header), options.ExpectedMagic);

        int rank = header[3];
        headerBytes = 4 + (4 * rank);
        found += Fill(source, header[4..headerBytes], name);
        if (found < headerBytes)
            IdxErrors.ThrowTruncatedHeader(name, headerBytes, found);
        var shape = new long[rank];
        for (var axis = 0; axis < rank; axis++)
            shape[axis] = BinaryPrimitives.ReadUInt32BigEndian(header[(4 + (4 * axis))..]);

        wanted = CheckShape(name, type, shape, options.MaxBytes);
        return new IdxHeader(name, type, shape);
    }

    private static void CheckLength(IdxHeader header, int wanted, long available)
    {
        if (available < wanted)
            IdxErrors.ThrowTruncatedData(header.Name, header.Shape, header.Type, wanted, available);
        if (available > wanted)
            IdxErrors.ThrowTrailing(header.Name, header.Shape, header.Type, wanted, IdxErrors.Bytes(available - wanted));
    }

    private static IdxType CheckMagic(string name, uint magic, int? expected)
    {
        if (magic >> 16 != 0)
            IdxErrors.ThrowNotIdx(name, magic);
        var code = (byte)(magic >> 8);
        if (!IdxFormat.IsKnown(code))
            IdxErrors.ThrowUnknownType(name, code);
        if (expected is { } wanted && magic != (uint)wanted)
            IdxErrors.ThrowMagic(name, wanted, magic);
        if ((byte)magic == 0)
            IdxErrors.ThrowRankZero(name);
        return (IdxType)code;
    }

    /// <returns>The bytes of data that the header promises, between 1 and <paramref name="maxBytes"/>.</returns>
    private static int CheckShape(string name, IdxType type, ReadOnlySpan<long> shape, long maxBytes)
    {
        for (var axis = 0; axis < shape.Length; axis++)
        {
            if (shape[axis] == 0)
                IdxErrors.ThrowZeroDimension(name, axis, shape.Length);
        }
        long bytes = IdxFormat.SizeOf(type);
        foreach (var size in shape)
        {
            // Compared by division: the product of 255 sizes can pass 64 bits.
            if (bytes > maxBytes / size)
                IdxErrors.ThrowTooLarge(name, shape, type, maxBytes);
            bytes *= size;
        }
        if (bytes > maxBytes)
            IdxErrors.ThrowTooLarge(name, shape, type, maxBytes);
        return (int)bytes;
    }

    private static byte[] ReadKnown(Stream source, IdxHeader header, int wanted, long available)
    {
        CheckLength(header, wanted, available);
        var data = GC.AllocateUninitializedArray<byte>(wanted);
        CheckLength(header, wanted, Fill(source, data, header.Name));
        return data;
    }

    private static byte[] ReadGrowing(Stream source, IdxHeader header, int wanted)
    {
        var name = header.Name;
        var data = new byte[Math.Min(wanted, FirstBuffer)];
        var found = 0;
        while (true)
        {
            found += Fill(source, data.AsSpan(found), name);
            if (found < data.Length)
                CheckLength(header, wanted, found);
            if (found == wanted)
                break;
            Array.Resize(ref data, (int)Math.Min(wanted, 2L * data.Length));
        }
        Span<byte> one = stackalloc byte[1];
        if (Fill(source, one, name) > 0)
            IdxErrors.ThrowTrailing(name, header.Shape, header.Type, wanted, "more bytes follow");
        return data;
    }

    /// <returns>The bytes read: fewer than asked only at the end of the source.</returns>
    private static int Fill(Stream source, Span<byte> buffer, string name)
    {
        try
        {
            return source.ReadAtLeast(buffer, buffer.Length, throwOnEndOfStream: false);
        }
        catch (InvalidDataException e)
        {
            IdxErrors.ThrowCorruptGzip(name, e.Message, e);
            return 0;
        }
    }
}
