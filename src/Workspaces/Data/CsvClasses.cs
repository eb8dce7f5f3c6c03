using System.Buffers.Text;
using System.Text;

namespace Workspaces.Data;

/// <summary>The classes of a CSV file: whole numbers from 0 when all labels are such, else words in the order of their bytes. Looking one up makes no garbage.</summary>
internal sealed class CsvClasses
{
    /// <summary>Most different words, and most classes in numbers.</summary>
    internal const int Most = 1 << 16;

    private readonly List<byte[]> _words = [];
    private readonly bool _fixed;
    private long _largest = -1;
    private bool _numbers = true;
    private int[]? _numberOfWord;

    /// <summary>Classes that are to be found.</summary>
    internal CsvClasses()
    {
    }

    /// <summary>Classes that are known.</summary>
    internal CsvClasses(IReadOnlyList<string> classes)
    {
        _fixed = true;
        _numbers = false;
        Names = [.. classes];
        foreach (string name in classes) _words.Add(Encoding.UTF8.GetBytes(name));
        _words.Sort(static (a, b) => a.AsSpan().SequenceCompareTo(b));
        _numberOfWord = [.. _words.Select(word => Array.IndexOf(Names, Encoding.UTF8.GetString(word)))];
    }

    /// <summary>The words in the order of their numbers; empty when classes are numbers.</summary>
    internal string[] Names { get; private set; } = [];

    /// <summary>Classes.</summary>
    internal int Count => _numbers ? (int)Math.Min(_largest + 1, int.MaxValue) : Names.Length;

    /// <summary>Takes note of a label.</summary>
    /// <returns>False when there are too many.</returns>
    internal bool Add(ReadOnlySpan<byte> field)
    {
        if (_fixed) return true;
        if (_numbers && TryNumber(field, out long number) && number < Most) _largest = Math.Max(_largest, number);
        else _numbers = false;
        int place = Find(field);
        if (place >= 0) return true;
        if (_words.Count == Most) return false;
        _words.Insert(~place, field.ToArray());
        return true;
    }

    /// <summary>All labels have been seen.</summary>
    internal void End()
    {
        if (_fixed) return;
        if (_numbers) _words.Clear();
        else Names = [.. _words.Select(static word => Encoding.UTF8.GetString(word))];
    }

    /// <summary>The number of a label; −1 for one that is none.</summary>
    internal long NumberOf(ReadOnlySpan<byte> field)
    {
        if (_numbers) return TryNumber(field, out long number) ? number : -1;
        int place = Find(field);
        return place < 0 ? -1 : _numberOfWord is null ? place : _numberOfWord[place];
    }

    /// <summary>A whole number from 0, also one that a program has written as <c>3.0</c>.</summary>
    private static bool TryNumber(ReadOnlySpan<byte> field, out long number)
    {
        field = field.Trim((byte)' ');
        int point = field.IndexOf((byte)'.');
        if (point > 0 && field[(point + 1)..].IndexOfAnyExcept((byte)'0') < 0) field = field[..point];
        return Utf8Parser.TryParse(field, out number, out int used) && used == field.Length && number >= 0;
    }

    private int Find(ReadOnlySpan<byte> field)
    {
        int low = 0, high = _words.Count - 1;
        while (low <= high)
        {
            int middle = (low + high) / 2, order = _words[middle].AsSpan().SequenceCompareTo(field);
            if (order == 0) return middle;
            if (order < 0) low = middle + 1;
            else high = middle - 1;
        }

        return ~low;
    }
}
