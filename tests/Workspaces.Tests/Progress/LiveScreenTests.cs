using Microsoft.Extensions.Configuration;
using Serilog.Core;
using Workspaces.Hosting.Logging;
using Workspaces.Hosting.Progress;

namespace Workspaces.Tests.Progress;

/// <summary>Live lines at the foot of a terminal, and lines that scroll above them.</summary>
[Collection(nameof(AloneCollection))]
public sealed class LiveScreenTests
{
    private static readonly LiveState Running = new("epoch 3/10  loss 0.1234", 0.25, TimeSpan.FromSeconds(83), 123456, 786432, 790528, true, false);

    private static IEnumerable<string> Wrapped(string line, int columns)
    {
        for (int at = 0; at == 0 || at < line.Length; at += columns) yield return line[at..Math.Min(line.Length, at + columns)].TrimEnd();
    }

    [Theory]
    [InlineData(20)]
    [InlineData(60)]
    [InlineData(80)]
    [InlineData(100)]
    [InlineData(120)]
    public void Nothing_is_lost_and_nothing_is_left_over_at_any_width(int columns)
    {
        using var terminal = new VirtualTerminal(columns);
        int drawn = 0;
        var screen = new LiveScreen(terminal, () => columns, width => LiveLines.Of(Running with { Done = Math.Min(1, drawn++ / 40.0) }, width, unicode: drawn % 2 == 0));
        var random = new Random(columns);
        var expected = new List<string>();
        for (int i = 0; i < 40; i++)
        {
            string line = $"{i} " + string.Concat(Enumerable.Range(0, random.Next(60)).Select(static word => $"word{word} "));
            if (i % 10 == 0) line = new string('x', columns * (i / 10)); // rows that are exactly full
            screen.Draw();
            screen.WriteAbove(i % 3 == 0 ? line + "\n" : line);
            expected.AddRange(Wrapped(line, columns));
        }

        Assert.Equal(expected, terminal.Rows.SkipLast(2));
        Assert.StartsWith("epoch 3/10  loss 0.", terminal.Rows[^2], StringComparison.Ordinal);
        screen.Close(keep: false);
        Assert.Equal([.. expected, ""], terminal.Rows);
        screen.Draw();
        screen.WriteAbove("afterwards");
        Assert.Equal([.. expected, "afterwards", ""], terminal.Rows);
    }

    [Fact]
    public void A_window_that_has_become_narrower_is_erased_with_the_rows_that_its_lines_take_now()
    {
        using var terminal = new StringWriter();
        int columns = 80;
        var screen = new LiveScreen(terminal, () => columns, static _ => [new('a', 50), new('b', 50)]);
        screen.Draw();
        columns = 40;
        terminal.GetStringBuilder().Clear();
        screen.Draw();
        Assert.Equal($"\r\x1b[3A\x1b[J{new string('a', 39)}\r\n{new string('b', 39)}", terminal.ToString());
    }

    [Fact]
    public void Every_live_line_is_shorter_than_the_terminal_and_keeps_its_figures_from_60_columns_on()
    {
        for (int columns = 60; columns <= 200; columns++)
        {
            foreach (LiveState state in (LiveState[])[Running, Running with { Left = null }, Running with { HasEnded = true, Where = "600 steps" }, Running with { HasFigures = false }])
            {
                string[] lines = LiveLines.Of(state, columns, unicode: true);
                Assert.All(lines, line => Assert.InRange(line.Length, 1, columns - 1));
                string all = string.Join('\n', lines);
                Assert.Contains(state.Where, all, StringComparison.Ordinal);
                Assert.Equal(!state.HasEnded, all.Contains("25 %", StringComparison.Ordinal));
                if (state.HasFigures) Assert.Contains("123,456 samples/s  arena 768.0 KiB used", all, StringComparison.Ordinal);
            }
        }

        Assert.Equal(
            ["epoch 3/10  loss 0.1234  #######-----------------------  25 %  0:01:23 left", "123,456 samples/s  arena 768.0 KiB used, 772.0 KiB committed"],
            LiveLines.Of(Running, 80, unicode: false));
        Assert.Empty(LiveLines.Of(default(LiveState) with { Where = "" }, 80, unicode: true));
    }

    [Fact]
    public void Lines_of_the_log_and_of_the_console_appear_above_the_bar_in_one_piece()
    {
        using var terminal = new VirtualTerminal(80);
        var screen = new LiveScreen(terminal, () => 80, static _ => ["the bar", "the figures"]);
        TextWriter output = Console.Out, errors = Console.Error;
        string remedy = "Remedy: " + string.Concat(Enumerable.Range(0, 40).Select(static i => $"part{i} "));
        using (Logger log = SerilogSetup.CreateLogger(new ConfigurationBuilder().Build()))
        using (new ConsoleAbove(screen, hasOutput: true, hasErrors: true))
        {
            screen.Draw();
            log.Warning("WSF011: {Text:l}", remedy);
            Console.Out.Write("in two ");
            screen.Draw();
            Console.Out.WriteLine("pieces");
            Console.Error.Write("without an end");
        }

        Assert.Same(output, Console.Out);
        Assert.Same(errors, Console.Error);
        string[] rows = terminal.Rows;
        Assert.Contains(remedy.TrimEnd(), string.Concat(rows.Take(6).Select(static row => row.PadRight(80))), StringComparison.Ordinal);
        Assert.Equal(["in two pieces", "without an end", "the bar", "the figures"], rows[^4..]);
        Assert.Single(rows, static row => row == "the bar");
    }
}
