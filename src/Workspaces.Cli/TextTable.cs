using System.Text;

namespace Workspaces.Cli;

/// <summary>A table for people: a line a row, as wide as its cells, texts to the left and numbers to the right. Units are in the headings.</summary>
internal sealed class TextTable
{
    private const string Gap = "  ";
    private const int LeastText = 12;
    private readonly string[] _heads;
    private readonly int _texts;
    private readonly List<string[]> _rows = [];

    /// <param name="texts">How many columns, from the first one, are texts; the others are numbers.</param>
    /// <param name="heads">The headings.</param>
    internal TextTable(int texts, params string[] heads)
    {
        _texts = texts;
        _heads = heads;
    }

    internal void Add(params string[] cells) => _rows.Add(cells);

    /// <summary>Writes the lines. Numbers are never cut; where the table is too wide, the middle of its first column is left out.</summary>
    /// <param name="output">Where to.</param>
    /// <param name="columns">Columns of the terminal; null for a file or a pipe, where all is written.</param>
    internal void Write(TextWriter output, int? columns)
    {
        int[] widths = [.. _heads.Select(static head => head.Length)];
        foreach (string[] row in _rows)
        {
            for (int i = 0; i < widths.Length; i++) widths[i] = Math.Max(widths[i], row[i].Length);
        }

        int all = widths.Sum() + (Gap.Length * (widths.Length - 1));
        if (columns is { } most && all > most) widths[0] = Math.Max(Math.Min(LeastText, widths[0]), widths[0] - (all - most));
        output.WriteLine(Line(_heads, widths));
        foreach (string[] row in _rows) output.WriteLine(Line(row, widths));
    }

    /// <summary>The columns of the terminal that standard output goes to; null for a file or a pipe.</summary>
    internal static int? Terminal()
    {
        if (Console.IsOutputRedirected) return null;
        try
        {
            return Console.WindowWidth is > 0 and var known ? known : null;
        }
        catch (IOException)
        {
            return null; // a terminal that does not tell
        }
    }

    private string Line(string[] cells, int[] widths)
    {
        var line = new StringBuilder();
        for (int i = 0; i < widths.Length; i++)
        {
            if (i > 0) line.Append(Gap);
            string cell = Cut(cells[i], widths[i]);
            line.Append(i < _texts ? cell.PadRight(widths[i]) : cell.PadLeft(widths[i]));
        }

        return line.ToString().TrimEnd();
    }

    private static string Cut(string text, int width)
    {
        if (text.Length <= width) return text;
        int front = (width - 1) / 2;
        return $"{text[..front]}…{text[^(width - 1 - front)..]}";
    }
}
