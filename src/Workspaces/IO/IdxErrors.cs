using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using Workspaces.Memory;

namespace Workspaces.IO;

/// <summary>Every error of the IDX reader: what was asked, of which file, the numbers, the remedy.</summary>
internal static class IdxErrors
{
    private const string CopyAgain = "copy or download it again; it was probably cut short";

    [DoesNotReturn]
    internal static void ThrowMissing(string path) =>
        throw new FileNotFoundException(
            WorkspaceException.Compose(
                $"read '{path}' as IDX", "IdxReader.Read",
                $"{(Directory.Exists(path) ? "that is a folder" : "there is no such file")} (looked for '{Path.GetFullPath(path)}')",
                "correct the path, or put the file there"), path);

    [DoesNotReturn]
    internal static void ThrowLimitOption(long maxBytes) =>
        throw new ArgumentOutOfRangeException(nameof(maxBytes), maxBytes,
            WorkspaceException.Compose(
                $"read with IdxReadOptions.MaxBytes = {maxBytes}", "IdxReader.Read", $"it must lie in 1..{Array.MaxLength}", "choose a limit in that range"));

    [DoesNotReturn]
    internal static void ThrowEmpty(string name) =>
        Throw(name, "the file is empty (0 bytes, an IDX header has at least 8)", CopyAgain);

    [DoesNotReturn]
    internal static void ThrowTruncatedHeader(string name, int wanted, int found) =>
        Throw(name, $"the header is cut short: wanted {Bytes(wanted)}, found {Bytes(found)}", CopyAgain);

    [DoesNotReturn]
    internal static void ThrowNotIdx(string name, uint magic) =>
        Throw(name, $"the file starts with 0x{magic:X8}, IDX starts with two zero bytes",
            "give the IDX file itself (plain or gzip), not an archive or another format");

    [DoesNotReturn]
    internal static void ThrowUnknownType(string name, byte code) =>
        Throw(name, $"the type code is 0x{code:X2}, known codes are 0x08, 0x09, 0x0B, 0x0C, 0x0D and 0x0E",
            "write the file with one of these element types");

    [DoesNotReturn]
    internal static void ThrowMagic(string name, int expected, uint found) =>
        Throw(name, $"the magic number is 0x{found:X8}, wanted 0x{expected:X8}",
            "check that the images' file (0x00000803) and the labels' file (0x00000801) are not exchanged");

    [DoesNotReturn]
    internal static void ThrowRankZero(string name) =>
        Throw(name, "the header has 0 dimensions, an array has 1 to 255", "write scalars as one dimension of size 1");

    [DoesNotReturn]
    internal static void ThrowZeroDimension(string name, int axis, int rank) =>
        Throw(name, $"dimension {axis} of {rank} has size 0", "write files that hold at least one element");

    [DoesNotReturn]
    internal static void ThrowTooLarge(string name, ReadOnlySpan<long> shape, IdxType type, long maxBytes) =>
        Throw(name, $"the header promises {Describe(shape, type)}, more than the limit of {Bytes(maxBytes)}",
            $"if the header is right raise IdxReadOptions.MaxBytes (at most {Array.MaxLength}), else replace the file");

    [DoesNotReturn]
    internal static void ThrowTruncatedData(string name, ReadOnlySpan<long> shape, IdxType type, long wanted, long found) =>
        Throw(name, $"the data is cut short: {Describe(shape, type)} wants {Bytes(wanted)}, found {Bytes(found)}", CopyAgain);

    [DoesNotReturn]
    internal static void ThrowTrailing(string name, ReadOnlySpan<long> shape, IdxType type, long wanted, string extra) =>
        Throw(name, $"{extra} after the {Bytes(wanted)} of data that {Describe(shape, type)} wants",
            "write or copy the file again; the header does not belong to this data");

    [DoesNotReturn]
    internal static void ThrowCorruptGzip(string name, string reason, Exception? inner) =>
        Throw(name, $"the gzip stream is corrupt ({reason})",
            "copy or download the file again, or unpack it with gzip to see where it breaks", inner);

    [DoesNotReturn]
    internal static void ThrowElementType(string name, IdxType type, Type asked) =>
        throw new InvalidOperationException(
            WorkspaceException.Compose(
                $"take a span of {asked.Name} of '{name}'", "IdxArray.AsSpan", $"its elements are {type}, {IdxFormat.SizeOf(type)} byte(s) each",
                "ask for the type of the file and convert the values yourself"));

    [DoesNotReturn]
    private static void Throw(string name, string numbers, string remedy, Exception? inner = null) =>
        throw new InvalidDataException(WorkspaceException.Compose($"read '{name}' as IDX", "IdxReader.Read", numbers, remedy), inner);

    internal static string Bytes(long count) => string.Create(CultureInfo.InvariantCulture, $"{count:N0} bytes");

    private static string Describe(ReadOnlySpan<long> shape, IdxType type)
    {
        // A header may list 255 dimensions; eight say enough.
        var shown = string.Join('×', shape[..Math.Min(shape.Length, 8)].ToArray());
        return $"{shown}{(shape.Length > 8 ? $"×… ({shape.Length} dimensions)" : "")} {type}";
    }
}
