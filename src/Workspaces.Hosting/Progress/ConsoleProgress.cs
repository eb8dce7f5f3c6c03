using Spectre.Console;
using Workspaces.Train;

namespace Workspaces.Hosting.Progress;

/// <summary>
/// Shows a training run on the console: a live bar with throughput and memory on a terminal, plain lines elsewhere (files, pipes, CI). The bar is drawn by a thread of
/// its own; a training step only leaves its figures for it and allocates nothing. Lines that others write to the console meanwhile, such as those of a log, appear above it.
/// </summary>
public static class ConsoleProgress
{
    /// <summary>Runs a training loop under a progress display.</summary>
    /// <param name="train">The loop; it is given the observer to report to.</param>
    /// <param name="console">Where to show it; null for standard output.</param>
    /// <returns>What the loop returns.</returns>
    public static TrainResult Run(Func<ITrainObserver, TrainResult> train, IAnsiConsole? console = null)
    {
        ArgumentNullException.ThrowIfNull(train);
        bool isOwn = console is null;
        console ??= AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(Console.Out) });
        Profile profile = console.Profile;
        TextWriter terminal = profile.Out.Writer;
        if (!profile.Capabilities.Interactive || !profile.Capabilities.Ansi || !profile.Out.IsTerminal) return train(new PlainProgress(terminal));
        using var progress = new LiveProgress(terminal, () => profile.Width, profile.Capabilities.Unicode);
        using ConsoleAbove? lines = isOwn ? new ConsoleAbove(progress.Screen, !Console.IsOutputRedirected, !Console.IsErrorRedirected) : null;
        return train(progress);
    }
}
