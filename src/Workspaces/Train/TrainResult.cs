using Workspaces.Diagnostics;

namespace Workspaces.Train;

/// <summary>What a training run came to.</summary>
public sealed record TrainResult
{
    /// <summary>Steps taken.</summary>
    public long Steps { get; init; }

    /// <summary>Epochs completed, in order.</summary>
    public required IReadOnlyList<EpochResult> Epochs { get; init; }

    /// <summary>Fraction of the test samples classified rightly at the end, or null without test data.</summary>
    public double? TestAccuracy { get; init; }

    /// <summary>Mean loss over the test samples at the end, or null without test data.</summary>
    public double? TestLoss { get; init; }

    /// <summary>Mean loss of the last epoch, complete or not.</summary>
    public double TrainLoss { get; init; }

    /// <summary>Median wall time of a step in milliseconds, loading the batch included.</summary>
    public double MillisecondsPerStepMedian { get; init; }

    /// <summary>Memory of the run.</summary>
    public required MemoryFigures Memory { get; init; }

    /// <summary>True when the run has ended because what was watched had not become better, see <see cref="EarlyStopping"/>.</summary>
    public bool StoppedEarly { get; init; }

    /// <summary>The metrics over the test samples at the end, by name; null without any.</summary>
    public IReadOnlyDictionary<string, double>? Metrics { get; init; }

    /// <summary>The checkpoint that was written last, or null.</summary>
    public string? Checkpoint { get; init; }

    /// <summary>True when the run was cancelled; model and optimizer are as after the last complete step.</summary>
    public bool Cancelled { get; init; }
}
