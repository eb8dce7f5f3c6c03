using System.Globalization;
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
        var figures = new LiveFigures { Epochs = 3 };
        figures.Add(Step(1));
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 2; i <= 10_000; i++) figures.Add(Step(i));
        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
        (string where, string numbers) = figures.Read();
        Assert.Equal("epoch 1/3  loss 0.1234", where);
        Assert.Matches(@"^[\d,]+ samples/s  arena 512\.0 KiB, peak 300\.0 KiB$", numbers);
        Assert.DoesNotMatch("^0 ", numbers);
        figures.End("10000 steps");
        Assert.Equal("10000 steps", figures.Read().Where);
    }

    [Fact]
    public void A_terminal_of_80_columns_shows_throughput_and_memory_while_the_run_goes_on()
    {
        using var recorder = new Recorder();
        var screen = new Screen(recorder);
        IAnsiConsole console = AnsiConsole.Create(new AnsiConsoleSettings { Ansi = AnsiSupport.Yes, ColorSystem = ColorSystemSupport.NoColors, Interactive = InteractionSupport.Yes, Out = screen });
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
                    if (step % 1024 == 0) seen = Line().Match(screen.Text()).Value;
                }

                observer.OnEnd(Result(step));
                return Result(step);
            },
            console);
        string text = screen.Text();
        Assert.True(Line().IsMatch(text), text);
        Assert.Contains("epoch 1/1  loss 0.1234", text, StringComparison.Ordinal);
        Assert.DoesNotContain("…", text, StringComparison.Ordinal); // nothing had to be cut off
        Assert.All(Escape().Replace(text, "").Split('\n', '\r'), static line => Assert.InRange(line.Length, 0, 80));
    }

    [Fact]
    public void Elsewhere_lines_say_the_same()
    {
        string line = ProgressText.Step(Step(7), 2, 12345.6);
        Assert.Equal("epoch 1/2  loss 0.1234  step 7  12,346 samples/s  arena 512.0 KiB, peak 300.0 KiB", line);
    }

    [GeneratedRegex(@"[\d,]+ samples/s  arena 512\.0 KiB, peak 300\.0 KiB")]
    private static partial Regex Line();

    [GeneratedRegex(@"\x1b\[[0-9;?]*[A-Za-z]")]
    private static partial Regex Escape();

    /// <summary>A terminal that remembers all that was written to it.</summary>
    private sealed class Screen(Recorder recorder) : IAnsiConsoleOutput
    {
        public TextWriter Writer => recorder;

        public bool IsTerminal => true;

        public int Width => 80;

        public int Height => 25;

        public void SetEncoding(Encoding encoding)
        {
        }

        internal string Text() => recorder.Text();
    }

    private sealed class Recorder() : TextWriter(CultureInfo.InvariantCulture)
    {
        private readonly StringBuilder _text = new();

        public override Encoding Encoding => Encoding.UTF8;

        public override void Write(char value)
        {
            lock (_text) _text.Append(value);
        }

        public override void Write(string? value)
        {
            lock (_text) _text.Append(value);
        }

        internal string Text()
        {
            lock (_text) return _text.ToString();
        }
    }
}
