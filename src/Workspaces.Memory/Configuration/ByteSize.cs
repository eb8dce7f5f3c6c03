using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace Workspaces.Memory;

/// <summary>
/// A number of bytes as people write it: <c>4096</c>, <c>64 MiB</c>, <c>1.5 GiB</c>, <c>1GB</c>, in any case.
/// KB, MB, GB, TB, PB are powers of 1000; KiB, MiB, GiB, TiB, PiB powers of 1024. A fraction of a byte is dropped
/// (<c>0.1 KiB</c> is 102 bytes).
/// </summary>
/// <param name="Bytes">The bytes, never negative when parsed.</param>
public readonly record struct ByteSize(long Bytes) : IParsable<ByteSize>
{
    private const int LongestText = 64;

    private static readonly (string Name, long Bytes)[] Units =
    [
        ("PiB", 1L << 50), ("TiB", 1L << 40), ("GiB", 1L << 30), ("MiB", 1L << 20), ("KiB", 1L << 10),
        ("PB", 1_000_000_000_000_000), ("TB", 1_000_000_000_000), ("GB", 1_000_000_000), ("MB", 1_000_000), ("KB", 1_000),
        ("B", 1), ("bytes", 1), ("byte", 1),
    ];

    /// <summary>Reads a size.</summary>
    /// <param name="text">The text.</param>
    /// <param name="size">The size, zero when it cannot be read.</param>
    /// <param name="error">What is wrong with the text, null when nothing is.</param>
    /// <returns>Whether it could be read.</returns>
    public static bool TryParse([NotNullWhen(true)] string? text, out ByteSize size, [NotNullWhen(false)] out string? error)
    {
        size = default;
        var trimmed = text.AsSpan().Trim();
        if (trimmed.IsEmpty)
        {
            error = "a size is empty";
            return false;
        }
        if (trimmed.Length > LongestText)
        {
            error = $"a size has at most {LongestText} characters, this text has {trimmed.Length}";
            return false;
        }
        var digits = 0;
        while (digits < trimmed.Length && (char.IsAsciiDigit(trimmed[digits]) || trimmed[digits] == '.')) digits++;
        error = digits == 0
            ? NotANumber(trimmed)
            : Read(trimmed[..digits], trimmed[digits..].TrimStart(), out size);
        return error is null;
    }

    /// <summary>Reads a size.</summary>
    /// <param name="s">The text.</param>
    /// <param name="provider">Not used: sizes are written with a point in every culture.</param>
    /// <param name="result">The size, zero when it cannot be read.</param>
    /// <returns>Whether it could be read.</returns>
    public static bool TryParse([NotNullWhen(true)] string? s, IFormatProvider? provider, out ByteSize result) =>
        TryParse(s, out result, out _);

    /// <summary>Reads a size.</summary>
    /// <param name="s">The text.</param>
    /// <param name="provider">Not used: sizes are written with a point in every culture.</param>
    /// <returns>The size.</returns>
    /// <exception cref="FormatException">The text is no size; the message says why.</exception>
    public static ByteSize Parse(string s, IFormatProvider? provider = null)
    {
        ArgumentNullException.ThrowIfNull(s);
        return TryParse(s, out var size, out var error)
            ? size
            : throw new FormatException($"'{s}' is not a size: {error}. Write bytes (4096) or a unit (64 MiB, 1.5 GB).");
    }

    /// <summary>
    /// The size in the largest binary unit that shows it exactly in three decimals, or in bytes; reading it back gives the same bytes.
    /// </summary>
    /// <returns>The text.</returns>
    public override string ToString() => Format(Bytes);

    /// <summary>As <see cref="ToString"/>, of a plain number of bytes.</summary>
    /// <param name="bytes">The bytes; a negative number is printed as it is.</param>
    /// <returns>The text.</returns>
    public static string Format(long bytes)
    {
        foreach (var (name, unit) in Units)
        {
            if (bytes < unit || !name.EndsWith("iB", StringComparison.Ordinal)) continue;
            var value = (decimal)bytes / unit;
            if (decimal.Round(value, 3) == value) return value.ToString("0.###", CultureInfo.InvariantCulture) + " " + name;
        }
        return bytes.ToString(CultureInfo.InvariantCulture) + " B";
    }

    /// <summary>A number of bytes for people: rounded to one decimal of the largest unit that fits, e.g. <c>10.2 MiB</c>.</summary>
    /// <param name="bytes">The bytes.</param>
    /// <returns>The text.</returns>
    public static string Round(long bytes)
    {
        foreach (var (name, unit) in Units)
        {
            if (bytes >= unit && unit > 1 && name.EndsWith("iB", StringComparison.Ordinal))
                return ((decimal)bytes / unit).ToString("0.0", CultureInfo.InvariantCulture) + " " + name;
        }

        return bytes.ToString(CultureInfo.InvariantCulture) + " B";
    }

    private static string? Read(ReadOnlySpan<char> digits, ReadOnlySpan<char> unitName, out ByteSize size)
    {
        size = default;
        if (!IsDecimal(digits)) return $"'{digits}' is not a number";
        if (!TryFindUnit(unitName, out var unit)) return UnknownUnit(unitName);
        // More digits than a decimal holds can only be a number far beyond any memory, or zeros and fractions below a byte.
        if (!decimal.TryParse(digits, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number)
            || number > (decimal)long.MaxValue / unit)
            return $"it is more than {long.MaxValue} bytes";
        if (unit == 1 && number != decimal.Truncate(number)) return "bytes come whole";
        size = new ByteSize((long)decimal.Truncate(number * unit));
        return null;
    }

    private static bool IsDecimal(ReadOnlySpan<char> digits) =>
        digits.Count('.') <= 1 && digits[0] != '.' && digits[^1] != '.';

    private static bool TryFindUnit(ReadOnlySpan<char> name, out long unit)
    {
        unit = 1;
        if (name.IsEmpty) return true;
        foreach (var (candidate, bytes) in Units)
        {
            if (!name.Equals(candidate, StringComparison.OrdinalIgnoreCase)) continue;
            unit = bytes;
            return true;
        }
        return false;
    }

    private static string UnknownUnit(ReadOnlySpan<char> name)
    {
        var prefix = char.ToUpperInvariant(name[0]);
        return name.Length == 1 && "KMGTP".Contains(prefix, StringComparison.Ordinal)
            ? $"'{name}' is ambiguous, write {prefix}B (powers of 1000) or {prefix}iB (powers of 1024)"
            : $"'{name}' is no unit, the units are B, KB, MB, GB, TB, PB, KiB, MiB, GiB, TiB, PiB";
    }

    private static string NotANumber(ReadOnlySpan<char> text) =>
        text[0] == '-' ? "a size cannot be negative" : "it does not start with a digit";
}
