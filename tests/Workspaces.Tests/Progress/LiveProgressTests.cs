using System.Text;
using System.Text.RegularExpressions;
using Spectre.Console;
using Workspaces.Diagnostics;
using Workspaces.Hosting.Progress;
using Workspaces.Train;

namespace Workspaces.Tests.Progress;

/// <summary>The display of a training on a terminal and elsewhere.</summary>
public sealed partial class LiveProgressTests
{
    private static TrainStep Step(long number) => new(number, 0, 0.1234f, 32, 1, 512 << 10) { PeakBytes = 300 << 10 };

    private static TrainResult Result(long steps) => new() { Steps = steps, Epochs = [], Memory = new MemoryFigures { PassState = "Planned" } };

    [Fact]
    public void A_step_leaves_its_figures_and_allocates_nothing()
    {
        var figures = new LiveFigures();
        Assert.Equal("", figures.Read().Where);
        figures.Begin(3, 20_000);
        figures.Add(Step(1));
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 2; i <= 10_000; i++) figures.Add(Step(i));
        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
        LiveState state = figures.Read();
        Assert.Equal(("epoch 1/3  loss 0.1234", 0.5, 300L << 10, 512L << 10), (state.Where, state.Done, state.PeakBytes, state.ArenaBytes));
        Assert.True(state.Left >= TimeSpan.Zero);
        figures.End("10000 steps");
        Assert.Equal("10000 steps", figures.Read().Where);
    }

    [Fact]
    public void The_rate_is_that_of_the_last_steps_stays_while_none_is_taken_and_ends_with_that_of_all()
    {
        var figures = new LiveFigures();
        figures.Begin(1, 100);
        figures.Add(Step(1)); // 32 samples in 1 ms
        Assert.Equal(32_000, figures.Read().SamplesPerSecond, 6);
        for (int i = 2; i <= 11; i++) figures.Add(Step(i) with { Milliseconds = 100 });
        Assert.Equal(320, figures.Read().SamplesPerSecond, 6);
        Assert.Equal(320, figures.Read().SamplesPerSecond, 6);
        figures.End("11 steps");
        Assert.Equal(11 * 32 / 1.001, figures.Read().SamplesPerSecond, 6);
    }

    [Fact]
    public void A_run_that_fails_leaves_no_bar_and_one_that_ends_leaves_its_figures()
    {
        using var terminal = new VirtualTerminal(80);
        IAnsiConsole console = ConsoleOn(new Screen(terminal));
        Assert.Throws<InvalidOperationException>(() => ConsoleProgress.Run(
            static observer =>
            {
                observer.OnStart(1, 10);
                observer.OnEpoch(new(0, 0.5, 0.9, 1000, 2000));
                throw new InvalidOperationException();
            },
            console));
        Assert.Equal(["epoch 1/1  loss 0.5000  test 90.00 %  1,000 samples/s", ""], terminal.Rows);
        ConsoleProgress.Run(
            static observer =>
            {
                observer.OnStart(1, 10);
                observer.OnStep(Step(1));
                observer.OnEnd(Result(1));
                return Result(1);
            },
            console);
        Assert.Equal(["1 steps  32,000 samples/s  arena 300.0 KiB used, 512.0 KiB committed", ""], terminal.Rows[1..]);
    }

    [Fact]
    public void A_terminal_of_80_columns_shows_throughput_and_memory_while_the_run_goes_on()
    {
        using var terminal = new VirtualTerminal(80);
        IAnsiConsole console = ConsoleOn(new Screen(terminal));
        const int steps = 1 << 30; // it ends when the screen shows what is looked for
        string seen = "";
        ConsoleProgress.Run(
            observer =>
            {
                observer.OnStart(1, steps);
                int step = 0;
                while (step < steps - 1 && seen.Length == 0)
                {
                    observer.OnStep(Step(++step));
                    if (step % 64 == 0) Thread.Yield();
                    if (step % 1024 == 0) seen = Line().Match(terminal.Written).Value;
                }

                observer.OnEnd(Result(step));
                return Result(step);
            },
            console);
        string text = terminal.Written;
        Assert.True(Line().IsMatch(text), text);
        Assert.Contains("epoch 1/1  loss 0.1234", text, StringComparison.Ordinal);
        Assert.DoesNotContain("…", text, StringComparison.Ordinal); // nothing had to be cut off
        Assert.All(Escape().Replace(text, "").Split('\n', '\r'), static line => Assert.InRange(line.Length, 0, 80));
    }

    [Fact]
    public void Elsewhere_lines_say_the_same()
    {
        string line = ProgressText.Step(Step(7), 2, 12345.6);
        Assert.Equal("epoch 1/2  loss 0.1234  step 7  12,346 samples/s  arena 300.0 KiB used, 512.0 KiB committed", line);
    }

    [GeneratedRegex(@"[\d,]+ samples/s  arena 300\.0 KiB used, 512\.0 KiB committed")]
    private static partial Regex Line();

    [GeneratedRegex(@"\x1b\[[0-9;?]*[A-Za-z]")]
    private static partial Regex Escape();

    private static IAnsiConsole ConsoleOn(Screen screen) => AnsiConsole.Create(
        new AnsiConsoleSettings { Ansi = AnsiSupport.Yes, ColorSystem = ColorSystemSupport.NoColors, Interactive = InteractionSupport.Yes, Out = screen });

    private sealed class Screen(TextWriter terminal) : IAnsiConsoleOutput
    {
        public TextWriter Writer => terminal;

        public bool IsTerminal => true;

        public int Width => 80;

        public int Height => 25;

        public void SetEncoding(Encoding encoding)
        {
        }
    }
}
