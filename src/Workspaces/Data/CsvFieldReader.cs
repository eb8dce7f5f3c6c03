namespace Workspaces.Data;

/// <summary>
/// Walks the fields of one row, as RFC 4180 writes them: a field in quotes may hold delimiters and line ends, and a quote doubled. Fields are parts of the row
/// itself; only one with doubled quotes is written to the scratch.
/// </summary>
internal ref struct CsvFieldReader(ReadOnlySpan<byte> row, byte delimiter, Span<byte> scratch)
{
    private ReadOnlySpan<byte> _left = row;
    private readonly Span<byte> _scratch = scratch;
    private bool _more = true;

    /// <summary>The field that was read last.</summary>
    internal ReadOnlySpan<byte> Field { get; private set; }

    /// <summary>True when the row is malformed behind or inside a quoted field; reading has ended there.</summary>
    internal bool IsMalformed { get; private set; }

    /// <summary>Reads the next field.</summary>
    /// <returns>False at the end of the row.</returns>
    internal bool Next()
    {
        if (!_more || IsMalformed) return false;
        if (_left.Length > 0 && _left[0] == (byte)'"') return NextQuoted();
        int end = _left.IndexOf(delimiter);
        Field = end < 0 ? _left : _left[..end];
        Advance(end);
        return true;
    }

    private bool NextQuoted()
    {
        ReadOnlySpan<byte> text = _left[1..];
        int length = 0, at = 0;
        bool copied = false;
        while (true)
        {
            int quote = text[at..].IndexOf((byte)'"');
            if (quote < 0) return Malformed();
            int end = at + quote;
            if (copied) text[at..end].CopyTo(_scratch[length..]);
            length += quote;
            if (end + 1 >= text.Length || text[end + 1] != (byte)'"')
            {
                Field = copied ? _scratch[..length] : text[..length];
                _left = text[(end + 1)..];
                if (_left.Length > 0 && _left[0] != delimiter) return Malformed();
                Advance(_left.Length == 0 ? -1 : 0);
                return true;
            }

            if (!copied) text[..length].CopyTo(_scratch);
            copied = true;
            _scratch[length++] = (byte)'"';
            at = end + 2;
        }
    }

    private bool Malformed()
    {
        IsMalformed = true;
        return false;
    }

    private void Advance(int end)
    {
        _more = end >= 0;
        _left = _more ? _left[(end + 1)..] : [];
    }
}
