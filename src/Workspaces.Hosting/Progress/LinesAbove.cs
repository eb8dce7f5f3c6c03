using System.Text;

namespace Workspaces.Hosting.Progress;

/// <summary>A writer whose lines appear above the live ones of a screen, each when it is complete.</summary>
internal sealed class LinesAbove(LiveScreen screen) : TextWriter(System.Globalization.CultureInfo.InvariantCulture)
{
    private readonly StringBuilder _line = new();

    public override Encoding Encoding => Encoding.UTF8;

    public override void Write(char value)
    {
        lock (_line)
        {
            _line.Append(value);
            if (value == '\n') Send();
        }
    }

    public override void Write(string? value)
    {
        if (string.IsNullOrEmpty(value)) return;
        lock (_line)
        {
            int end = value.LastIndexOf('\n') + 1;
            _line.Append(value, 0, end);
            if (end > 0) Send();
            _line.Append(value, end, value.Length - end);
        }
    }

    public override void WriteLine(string? value) => Write(value + "\n");

    /// <summary>Writes what has no line break yet.</summary>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            lock (_line) Send();
        }

        base.Dispose(disposing);
    }

    private void Send()
    {
        if (_line.Length > 0) screen.WriteAbove(_line.ToString());
        _line.Clear();
    }
}
