using System.Buffers;
using Workspaces.IO;

namespace Workspaces.Data;

/// <summary>
/// Where the rows of a CSV file begin: found in one walk over the file, 8 bytes a row. Line ends are LF, CR LF or CR; those inside quotes belong to a field;
/// empty lines are no rows.
/// </summary>
internal sealed class CsvRows
{
    /// <summary>Most bytes of a row: a file without line ends is no table.</summary>
    internal const int MostRowBytes = 1 << 20;

    private const int BufferBytes = 1 << 16;
    private static readonly SearchValues<byte> Marks = SearchValues.Create("\r\n\""u8);

    private readonly RegularFile _file;
    private readonly List<long> _starts = [];
    private long _end;

    private CsvRows(RegularFile file) => _file = file;

    /// <summary>Rows, the head included.</summary>
    internal int Count => _starts.Count;

    /// <summary>Bytes of the longest row, line ends included: what a buffer must hold.</summary>
    internal int LongestBytes { get; private set; }

    /// <summary>Walks over a file.</summary>
    /// <exception cref="InvalidDataException">A row is too long, quotes do not end, or there are too many rows.</exception>
    internal static CsvRows Find(RegularFile file)
    {
        var rows = new CsvRows(file);
        byte[] buffer = ArrayPool<byte>.Shared.Rent(BufferBytes);
        try
        {
            rows.Find(buffer.AsSpan(0, BufferBytes));
            return rows;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    /// <summary>Reads a row without its line ends.</summary>
    /// <param name="index">The row, 0 to <see cref="Count"/> − 1.</param>
    /// <param name="buffer">At least <see cref="LongestBytes"/> bytes.</param>
    internal ReadOnlySpan<byte> Read(int index, Span<byte> buffer)
    {
        long start = _starts[index], end = index + 1 < _starts.Count ? _starts[index + 1] : _end;
        Span<byte> row = buffer[..(int)(end - start)];
        _file.Read(start, row);
        return row.TrimEnd("\r\n"u8);
    }

    private void Find(Span<byte> buffer)
    {
        long at = SkipMark(buffer), start = -1;
        bool quoted = false;
        while (at < _file.Length)
        {
            Span<byte> part = buffer[..(int)Math.Min(buffer.Length, _file.Length - at)];
            _file.Read(at, part);
            int seen = 0;
            while (seen < part.Length)
            {
                if (start < 0 && part[seen] is not ((byte)'\r' or (byte)'\n')) start = Begin(at + seen);
                int mark = part[seen..].IndexOfAny(Marks);
                if (mark < 0) break;
                seen += mark;
                if (part[seen] == (byte)'"') quoted = !quoted;
                else if (!quoted && start >= 0)
                {
                    End(start, at + seen);
                    start = -1;
                }

                seen++;
            }

            at += part.Length;
            if (start >= 0 && at - start > MostRowBytes) CsvErrors.ThrowRow(_file.Path, Count, $"has more than {MostRowBytes} bytes", "a quote may be missing; correct the file");
        }

        if (quoted) CsvErrors.ThrowRow(_file.Path, Count, "has a quote that does not end", "close it");
        if (start >= 0) End(start, at);
        Measure(at);
    }

    /// <summary>The mark that some programs put in front of UTF-8 is no part of the first field.</summary>
    private long SkipMark(Span<byte> buffer)
    {
        Span<byte> mark = buffer[..(int)Math.Min(3, _file.Length)];
        _file.Read(0, mark);
        return mark is [0xEF, 0xBB, 0xBF] ? 3 : 0;
    }

    private long Begin(long at)
    {
        if (_starts.Count == int.MaxValue / 8) CsvErrors.Throw(_file.Path, $"it has more than {_starts.Count} rows", "split it into several files");
        _starts.Add(at);
        return at;
    }

    private void End(long start, long end)
    {
        if (end - start > MostRowBytes) CsvErrors.ThrowRow(_file.Path, Count, $"has more than {MostRowBytes} bytes", "a quote may be missing; correct the file");
    }

    /// <summary>A row reaches to the next one: what is between are line ends, also many of them.</summary>
    private void Measure(long end)
    {
        _end = end;
        for (int i = 0; i < _starts.Count; i++)
        {
            long bytes = (i + 1 < _starts.Count ? _starts[i + 1] : end) - _starts[i];
            if (bytes > 2L * MostRowBytes) CsvErrors.ThrowRow(_file.Path, i + 1, $"has {bytes} bytes with the empty lines behind it", "take the empty lines out");
            LongestBytes = Math.Max(LongestBytes, (int)bytes);
        }
    }
}
