using System.Text.RegularExpressions;
using Workspaces.Cli;

namespace Workspaces.Tests.Top;

/// <summary>The screen of <c>top</c>: drawn in place, and given back as it was.</summary>
public sealed partial class TopScreenTests : IDisposable
{
    private readonly StringWriter _terminal = new();

    public void Dispose() => _terminal.Dispose();

    [Fact]
    public void The_terminal_is_given_back_with_its_page_cursor_wrapping_and_colours()
    {
        var screen = new TopScreen(_terminal, static () => (20, 5), hasColours: true);
        screen.Draw(static (_, _) => [new("warning", TopStyle.Warning)]);
        screen.Dispose();
        screen.Dispose();

        string written = _terminal.ToString();
        Assert.StartsWith("\e[?1049h\e[?25l\e[?7l", written, StringComparison.Ordinal);
        Assert.EndsWith("\e[0m\e[?7h\e[?25h\e[?1049l", written, StringComparison.Ordinal);
        Assert.Single(Regex.Matches(written, @"\e\[\?1049l"));
        Assert.Contains("\e[33mwarning\e[0m", written, StringComparison.Ordinal);
    }

    [Fact]
    public void A_picture_is_drawn_over_the_one_before_and_what_is_left_of_that_is_cleared()
    {
        using var screen = new TopScreen(_terminal, static () => (20, 5), hasColours: false);
        screen.Draw(static (_, _) => [new("a long first line"), new("second"), new("third")]);
        int before = _terminal.ToString().Length;
        screen.Draw(static (_, _) => [new("short", TopStyle.Head)]);

        Assert.Equal("\e[Hshort\e[K\r\n\e[J", _terminal.ToString()[before..]);
        Assert.DoesNotMatch(Colour(), _terminal.ToString());
    }

    [Fact]
    public void A_line_as_wide_as_the_terminal_keeps_its_last_character()
    {
        using var screen = new TopScreen(_terminal, static () => (5, 2), hasColours: false);
        int before = _terminal.ToString().Length;
        screen.Draw(static (_, _) => [new("12345"), new("abcde")]);

        Assert.Equal("\e[H12345\r\nabcde", _terminal.ToString()[before..]); // nothing is erased where the cursor waits on the last cell
    }

    [Fact]
    public void Each_picture_is_made_for_the_size_that_the_terminal_has_now()
    {
        (int Width, int Height) size = (80, 24);
        using var screen = new TopScreen(_terminal, () => size, hasColours: false);
        var sizes = new List<(int, int)>();
        for (int i = 0; i < 2; i++)
        {
            screen.Draw((width, height) =>
            {
                sizes.Add((width, height));
                return [];
            });
            size = (0, -1); // what a terminal that is going away may say
        }

        Assert.Equal([(80, 24), (1, 1)], sizes);
    }

    [GeneratedRegex(@"\e\[[0-9;]*m")]
    private static partial Regex Colour();
}
