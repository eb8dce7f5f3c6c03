using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;

namespace Workspaces.Cli;

/// <summary>
/// A screen that is drawn in place: the terminal's second page, without a cursor and without wrapping, given back as it was by <see cref="Dispose"/>, also when the process is
/// stopped by Ctrl-Z meanwhile. What does not change is written again where it stands, so nothing flickers.
/// </summary>
internal sealed class TopScreen : IDisposable
{
    // Second page, cursor off, wrapping off; and back, colours too.
    private const string Enter = "\e[?1049h\e[?25l\e[?7l\e[H\e[2J", Leave = "\e[0m\e[?7h\e[?25h\e[?1049l";
    private readonly object _sync = new();
    private readonly TextWriter _output;
    private readonly Func<(int Width, int Height)> _size;
    private readonly bool _hasColours;
    private readonly List<IDisposable> _signals = [];
    private Func<int, int, IReadOnlyList<TopLine>>? _picture;
    private bool _isOpen;

    /// <param name="output">The terminal.</param>
    /// <param name="size">Its size now.</param>
    /// <param name="hasColours">Whether lines may have colours.</param>
    internal TopScreen(TextWriter output, Func<(int Width, int Height)> size, bool hasColours)
    {
        (_output, _size, _hasColours) = (output, size, hasColours);
        Open();
        if (OperatingSystem.IsWindows()) return;
        _signals.Add(PosixSignalRegistration.Create(PosixSignal.SIGWINCH, _ => Redraw()));
        _signals.Add(PosixSignalRegistration.Create(PosixSignal.SIGTSTP, _ => Suspend()));
        _signals.Add(PosixSignalRegistration.Create(PosixSignal.SIGCONT, _ => Open()));
    }

    /// <summary>Draws a picture, and again when the size changes.</summary>
    /// <param name="picture">Lines for a width and a height.</param>
    internal void Draw(Func<int, int, IReadOnlyList<TopLine>> picture)
    {
        lock (_sync)
        {
            _picture = picture;
            if (_isOpen) Write();
        }
    }

    public void Dispose()
    {
        foreach (IDisposable signal in _signals) signal.Dispose();
        lock (_sync)
        {
            _picture = null;
        }

        Close();
    }

    private void Redraw()
    {
        lock (_sync)
        {
            if (_isOpen) Write();
        }
    }

    /// <summary>Who listens to this signal has to stop by another one, which nobody can listen to.</summary>
    private void Suspend()
    {
        Close();
        using var stop = Process.Start("sh", ["-c", string.Create(CultureInfo.InvariantCulture, $"kill -STOP {Environment.ProcessId}")]);
    }

    private void Open()
    {
        lock (_sync)
        {
            if (_isOpen) return;
            _isOpen = true;
            _output.Write(Enter);
            Write();
        }
    }

    private void Close()
    {
        lock (_sync)
        {
            if (!_isOpen) return;
            _isOpen = false;
            _output.Write(Leave);
            _output.Flush();
        }
    }

    private void Write()
    {
        var text = new StringBuilder("\e[H");
        if (_picture is not null)
        {
            (int width, int height) = _size();
            IReadOnlyList<TopLine> lines = _picture(Math.Max(1, width), Math.Max(1, height));
            for (int i = 0; i < lines.Count; i++)
            {
                if (i > 0) text.Append("\r\n");
                string colour = _hasColours ? ColourOf(lines[i].Style) : "";
                text.Append(colour).Append(lines[i].Text).Append(colour.Length > 0 ? "\e[0m" : "");
                if (CellText.Width(lines[i].Text) < width) text.Append("\e[K"); // behind a full line the cursor still stands on its last character
            }

            if (lines.Count < height) text.Append(lines.Count > 0 ? "\r\n\e[J" : "\e[J");
        }

        _output.Write(text.ToString());
        _output.Flush();
    }

    private static string ColourOf(TopStyle style) => style switch
    {
        TopStyle.Head => "\e[1m",
        TopStyle.Warning => "\e[33m",
        _ => "",
    };
}
