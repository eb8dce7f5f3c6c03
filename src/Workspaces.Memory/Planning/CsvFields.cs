namespace Workspaces.Memory.Planning;

/// <summary>Walks the fields of one CSV line; a field in double quotes may hold commas, and a doubled quote stands for one.</summary>
internal ref struct CsvFields(ReadOnlySpan<char> line)
{
    private ReadOnlySpan<char> _rest = line;
    private bool _ended;

    /// <summary>Takes the next field, without blanks around it and without its quotes.</summary>
    internal bool Next(out ReadOnlySpan<char> field)
    {
        field = default;
        if (_ended) return false;
        int comma = End(_rest);
        field = _rest[..comma].Trim();
        if (field.Length >= 2 && field[0] == '"' && field[^1] == '"') field = field[1..^1];
        _ended = comma == _rest.Length;
        _rest = _ended ? default : _rest[(comma + 1)..];
        return true;
    }

    private static int End(ReadOnlySpan<char> text)
    {
        if (text.IndexOf('"') < 0)
        {
            int comma = text.IndexOf(',');
            return comma < 0 ? text.Length : comma;
        }

        bool quoted = false;
        for (int i = 0; i < text.Length; i++)
        {
            if (text[i] == '"') quoted = !quoted;
            else if (text[i] == ',' && !quoted) return i;
        }

        return text.Length;
    }
}
