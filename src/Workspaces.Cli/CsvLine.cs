using System.Text;

namespace Workspaces.Cli;

/// <summary>Takes one line of CSV apart, as RFC 4180 says; a field does not go on in the next line, so that each line can be answered at once.</summary>
internal static class CsvLine
{
    /// <summary>Puts the fields, without quotes and outer spaces, into the list.</summary>
    /// <returns>False when a quote is not doubled, or does not end.</returns>
    internal static bool Split(string line, char delimiter, List<string> fields)
    {
        fields.Clear();
        for (int at = 0; ;)
        {
            int begin = at;
            while (begin < line.Length && line[begin] == ' ') begin++;
            if (begin < line.Length && line[begin] == '"')
            {
                if (!TryQuoted(line, ref begin, out string field)) return false;
                fields.Add(field);
                at = begin;
                while (at < line.Length && line[at] is ' ' or '\r') at++;
                if (at < line.Length && line[at] != delimiter) return false;
            }
            else
            {
                int end = line.IndexOf(delimiter, at);
                if (end < 0) end = line.Length;
                fields.Add(line[at..end].Trim());
                at = end;
            }

            if (at >= line.Length) return true;
            at++;
        }
    }

    private static bool TryQuoted(string line, ref int at, out string field)
    {
        var text = new StringBuilder();
        field = "";
        for (at++; at < line.Length; at++)
        {
            if (line[at] != '"')
            {
                text.Append(line[at]);
            }
            else if (at + 1 < line.Length && line[at + 1] == '"')
            {
                text.Append('"');
                at++;
            }
            else
            {
                at++;
                field = text.ToString().Trim();
                return true;
            }
        }

        return false;
    }
}
