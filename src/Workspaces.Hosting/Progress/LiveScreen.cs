using System.Text;

namespace Workspaces.Hosting.Progress;

/// <summary>
/// The last lines of a terminal, drawn again and again, and the lines that scroll above them. A line is written in one piece: the live lines are erased, the line
/// comes where they began, and they are drawn below it, so that neither overwrites the other. Several threads may write.
/// </summary>
/// <param name="terminal">The terminal; it takes ANSI sequences.</param>
/// <param name="columns">Its columns, asked each time: a window changes its size.</param>
/// <param name="live">Gives the live lines for so many columns; each has fewer characters than there are columns.</param>
internal sealed class LiveScreen(TextWriter terminal, Func<int> columns, Func<int, string[]> live)
{
    private const int UsualColumns = 80;
    private const string Break = "\r\n";
    private readonly object _sync = new();
    private string[] _shown = [];
    private bool _isClosed;

    /// <summary>Draws the live lines as they are now.</summary>
    internal void Draw() => WriteAbove("");

    /// <summary>Writes whole lines above the live ones; what is longer than the terminal goes on in its next row.</summary>
    /// <param name="text">The lines, the last one too with its line break, which is added when it is not there; empty to only draw.</param>
    internal void WriteAbove(string text)
    {
        lock (_sync)
        {
            if (_isClosed && text.Length == 0) return;
            var frame = new StringBuilder();
            int width = Columns;
            Erase(frame, width);
            if (text.Length > 0) frame.Append(text.ReplaceLineEndings(Break));
            if (text.Length > 0 && !text.EndsWith('\n')) frame.Append(Break);
            if (!_isClosed) Show(frame, width);
            terminal.Write(frame.ToString());
        }
    }

    /// <summary>Ends the live lines; what is written from now on is written as it comes.</summary>
    /// <param name="keep">True to leave them where they are, drawn once more; false to erase them.</param>
    internal void Close(bool keep)
    {
        lock (_sync)
        {
            if (_isClosed) return;
            _isClosed = true;
            var frame = new StringBuilder();
            int width = Columns;
            Erase(frame, width);
            if (keep) Show(frame, width);
            if (_shown.Length > 0) frame.Append(Break);
            _shown = [];
            terminal.Write(frame.ToString());
            terminal.Flush();
        }
    }

    private int Columns => columns() is > 1 and var known ? known : UsualColumns;

    /// <summary>The cursor stands behind the last live line. A window that has become narrower shows each of them in several rows.</summary>
    private void Erase(StringBuilder frame, int width)
    {
        int rows = 0;
        foreach (string line in _shown) rows += Math.Max(1, (line.Length + width - 1) / width);
        if (rows > 0) frame.Append('\r');
        if (rows > 1) frame.Append("\x1b[").Append(rows - 1).Append('A');
        if (rows > 0) frame.Append("\x1b[J");
        _shown = [];
    }

    private void Show(StringBuilder frame, int width)
    {
        _shown = live(width);
        for (int i = 0; i < _shown.Length; i++)
        {
            // A line that filled the row would leave the cursor between two rows.
            if (_shown[i].Length >= width) _shown[i] = _shown[i][..(width - 1)];
            if (i > 0) frame.Append(Break);
            frame.Append(_shown[i]);
        }
    }
}
