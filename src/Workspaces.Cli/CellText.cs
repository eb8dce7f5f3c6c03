using System.Text;
using Spectre.Console.Rendering;

namespace Workspaces.Cli;

/// <summary>Text counted in the cells of a terminal: a character may take none, one or two.</summary>
internal static class CellText
{
    internal static int Width(string text) => new Segment(text).CellCount();

    /// <summary>The text, or as much of it as fits, with an ellipsis.</summary>
    internal static string Cut(string text, int width)
    {
        if (Width(text) <= width) return text;
        if (width <= 0) return "";
        int kept = 0, cells = 0;
        foreach (Rune rune in text.EnumerateRunes())
        {
            int wide = Width(rune.ToString());
            if (cells + wide > width - 1) break;
            cells += wide;
            kept += rune.Utf16SequenceLength;
        }

        return text[..kept] + "…";
    }

    internal static string PadLeft(string text, int width) => new string(' ', Math.Max(0, width - Width(text))) + text;

    internal static string PadRight(string text, int width) => text + new string(' ', Math.Max(0, width - Width(text)));

    /// <summary>Parts in a row with a gap between them, on as many lines as that takes; a part that is wider than a line is cut.</summary>
    internal static IEnumerable<string> Flow(IEnumerable<string> parts, string gap, int width, string indent = "")
    {
        string line = "";
        foreach (string part in parts)
        {
            if (line.Length > 0 && Width(line) + Width(gap) + Width(part) > width)
            {
                yield return line;
                line = indent;
            }

            line = Cut(line.Length == 0 || line == indent ? line + part : line + gap + part, width);
        }

        if (line.Length > 0) yield return line;
    }
}
