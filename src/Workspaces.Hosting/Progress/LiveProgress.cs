using Workspaces.Train;

namespace Workspaces.Hosting.Progress;

/// <summary>One bar over the whole run, with throughput and memory below it; finished epochs, and lines of a log, scroll above it.</summary>
internal sealed class LiveProgress : ITrainObserver, IDisposable
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(100);
    private readonly LiveFigures _figures = new();
    private readonly Timer _timer;
    private bool _hasEnded;

    /// <param name="terminal">The terminal; it takes ANSI sequences.</param>
    /// <param name="columns">Its columns, asked each time.</param>
    /// <param name="unicode">False for terminals that have no other characters than ASCII.</param>
    internal LiveProgress(TextWriter terminal, Func<int> columns, bool unicode)
    {
        Screen = new LiveScreen(terminal, columns, width => LiveLines.Of(_figures.Read(), width, unicode));
        _timer = new Timer(_ => Screen.Draw(), null, Interval, Interval);
    }

    /// <summary>Where it is shown.</summary>
    internal LiveScreen Screen { get; }

    public void OnStart(int epochs, long stepsPerEpoch) => _figures.Begin(epochs, epochs * stepsPerEpoch);

    public void OnStep(in TrainStep step) => _figures.Add(step);

    public void OnResume(TrainingPosition position)
    {
        _figures.BeginAt(position.Step);
        Screen.WriteAbove(ProgressText.Resume(position));
    }

    public void OnValidation(in Validation validation) => Screen.WriteAbove(ProgressText.Validation(validation, _figures.Epochs));

    public void OnEpoch(EpochResult epoch) => Screen.WriteAbove(ProgressText.Epoch(epoch, _figures.Epochs, peakBytes: null));

    public void OnEnd(TrainResult result)
    {
        string how = result.Cancelled ? "cancelled after " : result.StoppedEarly ? "stopped early after " : "";
        _figures.End($"{how}{result.Steps} steps");
        _hasEnded = true;
    }

    /// <summary>Ends the display: the figures of a run that has ended stay, those of one that has failed are erased.</summary>
    public void Dispose()
    {
        _timer.Dispose(); // a drawing that has begun comes before the last one or finds the screen closed
        Screen.Close(keep: _hasEnded);
    }
}
