namespace Workspaces.Memory.Planning;

/// <summary>Reads lines of limited length, so that a file without line ends (a device, a binary) ends with a message and not with all memory.</summary>
/// <param name="reader">The text.</param>
internal sealed class LineReader(TextReader reader)
{
    /// <summary>Most characters of a line.</summary>
    internal const int MostCharacters = 1 << 16;

    private readonly char[] _buffer = new char[MostCharacters];
    private int _from;
    private int _to;
    private bool _endedByReturn;

    /// <summary>Reads the next line, whose end may be LF, CR or both.</summary>
    /// <param name="line">The line without its end; null behind the last one.</param>
    /// <returns>False when the line is too long.</returns>
    internal bool TryRead(out string? line)
    {
        line = null;
        while (true)
        {
            if (_endedByReturn && _from < _to)
            {
                _endedByReturn = false;
                if (_buffer[_from] == '\n') _from++;
            }

            int length = _buffer.AsSpan(_from, _to - _from).IndexOfAny('\r', '\n');
            if (length >= 0)
            {
                line = new string(_buffer, _from, length);
                _endedByReturn = _buffer[_from + length] == '\r';
                _from += length + 1;
                return true;
            }

            if (_from == 0 && _to == _buffer.Length) return false;
            if (!Fill()) break;
        }

        if (_to > _from) line = new string(_buffer, _from, _to - _from);
        _from = _to;
        return true;
    }

    /// <summary>Moves what is left to the front and reads behind it; false at the end of the text.</summary>
    private bool Fill()
    {
        _buffer.AsSpan(_from, _to - _from).CopyTo(_buffer);
        _to -= _from;
        _from = 0;
        int read = reader.Read(_buffer.AsSpan(_to));
        _to += read;
        return read > 0;
    }
}
