using Spectre.Console;
using Workspaces.Train;

namespace Workspaces.Hosting.Progress;

/// <summary>
/// Shows a training run on the console: a live bar with throughput and memory on a terminal, plain lines elsewhere (files, pipes, CI). The bar is drawn by a thread of
/// its own; a training step only leaves its figures for it and allocates nothing.
/// </summary>
public static class ConsoleProgress
{
    /// <summary>Columns of the bar: with figures, percentage and time left it fits a terminal of 80.</summary>
    private const int BarWidth = 16;

    /// <summary>Runs a training loop under a progress display.</summary>
    /// <param name="train">The loop; it is given the observer to report to.</param>
    /// <param name="console">Where to show it; null for standard output.</param>
    /// <returns>What the loop returns.</returns>
    public static TrainResult Run(Func<ITrainObserver, TrainResult> train, IAnsiConsole? console = null)
    {
        ArgumentNullException.ThrowIfNull(train);
        console ??= AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(Console.Out) });
        if (!console.Profile.Capabilities.Interactive || !console.Profile.Out.IsTerminal) return train(new PlainProgress(console.Profile.Out.Writer));
        var figures = new LiveFigures();
        return console.Progress()
            .AutoClear(false)
            .HideCompleted(false)
            .Columns(new FiguresColumn(figures), new ProgressBarColumn { Width = BarWidth }, new PercentageColumn(), new RemainingTimeColumn())
            .Start(context => train(new LiveProgress(context, console, figures)));
    }
}
