using System.Buffers.Binary;
using System.Text;

namespace Workspaces.Tests.Hostile;

/// <summary>Damages files by chance, the same way for the same seed: bits, lengths that lie, cuts, splices, huge numbers, deep nesting.</summary>
internal sealed class Mutator(IReadOnlyList<byte[]> seeds, int seed)
{
    private static readonly string[] Words =
    [
        "9223372036854775807", "-1", "18446744073709551616", "1e999", "NaN", "2147483648", "-0", "0", "", "null", "true", "../../x", "/etc/passwd", "\0", "\"", "'", "{", "}", "[", "]",
        "(", ")", ",", ":", "\n", "\r\n", "\\u0000", "\uFEFF", "\uD83D\uDE00", "4611686018427387904", "99999999999999999999999999999999", "__metadata__", "shape", "|O",
    ];

    private static readonly ulong[] Lies =
        [0, 1, 2, 255, 256, 65535, 65536, int.MaxValue, 1UL << 31, uint.MaxValue, 1UL << 32, long.MaxValue, 1UL << 63, ulong.MaxValue, 100_000_000, 0xFFFFFFFFFFFFFFF8];

    private readonly Random _random = new(seed);

    /// <summary>A damaged copy of one of the seeds.</summary>
    internal byte[] Next()
    {
        byte[] file = (byte[])seeds[_random.Next(seeds.Count)].Clone();
        for (int i = 0, changes = 1 + _random.Next(4); i < changes; i++) file = Change(file);
        return file;
    }

    private byte[] Change(byte[] file)
    {
        int kind = _random.Next(12);
        if (file.Length == 0) return Encoding.UTF8.GetBytes(Word());
        int at = _random.Next(2) == 0 ? _random.Next(Math.Min(file.Length, 256)) : _random.Next(file.Length);
        switch (kind)
        {
            case 0 or 1:
                file[at] ^= (byte)(1 << _random.Next(8));
                return file;
            case 2:
                file[at] = (byte)_random.Next(256);
                return file;
            case 3:
                return file[..at];
            case 4:
                return [.. file[..at], .. file[Math.Min(file.Length, at + 1 + _random.Next(64))..]];
            case 5:
                Lie(file.AsSpan(at));
                return file;
            case 6:
                return [.. file[..at], .. Encoding.UTF8.GetBytes(Word()), .. file[at..]];
            case 7:
                byte[] other = seeds[_random.Next(seeds.Count)];
                return [.. file[..at], .. other[_random.Next(other.Length)..]];
            case 8:
                int length = Math.Min(file.Length - at, 1 + _random.Next(32));
                return [.. file[..at], .. file.AsSpan(at, length), .. file.AsSpan(at, length), .. file[at..]];
            case 9:
                return ReplaceNumber(file, at);
            case 10:
                string open = _random.Next(3) switch { 0 => "[", 1 => "{\"a\":", _ => "(" };
                return [.. file[..at], .. Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat(open, 1 << _random.Next(4, 14)))), .. file[at..]];
            default:
                byte[] tail = new byte[1 + _random.Next(300)];
                _random.NextBytes(tail);
                return [.. file, .. tail];
        }
    }

    private string Word() => Words[_random.Next(Words.Length)];

    private void Lie(Span<byte> field)
    {
        ulong lie = Lies[_random.Next(Lies.Length)];
        Span<byte> bytes = stackalloc byte[8];
        if (_random.Next(2) == 0) BinaryPrimitives.WriteUInt64LittleEndian(bytes, lie);
        else BinaryPrimitives.WriteUInt64BigEndian(bytes, lie);
        int width = Math.Min(field.Length, 1 << _random.Next(4));
        (_random.Next(2) == 0 ? bytes[..width] : bytes[(8 - width)..]).CopyTo(field);
    }

    /// <summary>A run of digits becomes another number.</summary>
    private byte[] ReplaceNumber(byte[] file, int at)
    {
        int start = file.AsSpan(at).IndexOfAnyInRange((byte)'0', (byte)'9');
        if (start < 0) return file;
        start += at;
        int end = start;
        while (end < file.Length && file[end] is >= (byte)'0' and <= (byte)'9') end++;
        return [.. file[..start], .. Encoding.UTF8.GetBytes(Word()), .. file[end..]];
    }
}
