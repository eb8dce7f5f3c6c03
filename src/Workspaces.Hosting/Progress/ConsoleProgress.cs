using Spectre.Console;
using Workspaces.Train;

namespace Workspaces.Hosting.Progress;

/// <summary>Shows a training run on the console: a live bar on a terminal, plain lines elsewhere (files, pipes, CI).</summary>
public static class ConsoleProgress
{
    /// <summary>Runs a training loop under a progress display.</summary>
    /// <param name="train">The loop; it is given the observer to report to.</param>
    /// <param name="console">Where to show it; null for standard output.</param>
    /// <returns>What the loop returns.</returns>
    public static TrainResult Run(Func<ITrainObserver, TrainResult> train, IAnsiConsole? console = null)
    {
        ArgumentNullException.ThrowIfNull(train);
        console ??= AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(Console.Out) });
        if (!console.Profile.Capabilities.Interactive || !console.Profile.Out.IsTerminal) return train(new PlainProgress(console.Profile.Out.Writer));
        return console.Progress()
            .AutoClear(false)
            .HideCompleted(false)
            .Columns(new TaskDescriptionColumn { Alignment = Justify.Left }, new ProgressBarColumn(), new PercentageColumn(), new RemainingTimeColumn())
            .Start(context => train(new LiveProgress(context, console)));
    }
}
