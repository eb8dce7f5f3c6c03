using Workspaces.Memory;
using Workspaces.Train.Metrics;

namespace Workspaces.Train;

/// <summary>Finds the value that is watched.</summary>
internal sealed class Monitor
{
    internal const string TestLoss = "TestLoss", TestAccuracy = "TestAccuracy", TrainLoss = "TrainLoss";
    private readonly string _name;

    /// <exception cref="ArgumentException">Nothing of that name is measured.</exception>
    internal Monitor(string? name, bool tests, bool classes, IReadOnlyList<Metric> metrics)
    {
        string[] known = tests
            ? [TestLoss, .. classes ? [TestAccuracy] : Array.Empty<string>(), TrainLoss, .. metrics.Select(static metric => metric.Name)]
            : [TrainLoss];
        _name = known[0];
        if (name is null) return;
        _name = Array.Find(known, candidate => candidate.Equals(name, StringComparison.OrdinalIgnoreCase)) ?? throw new ArgumentException(
            WorkspaceException.Compose($"watch '{name}'", nameof(Trainer), "nothing of that name is measured in this run", $"use {string.Join(", ", known)}"), nameof(name));
        HigherIsBetter = _name == TestAccuracy || metrics.Any(metric => metric.Name == _name && metric.HigherIsBetter);
    }

    internal bool HigherIsBetter { get; }

    /// <summary>True when the value is known only when an epoch is complete.</summary>
    internal bool IsOfEpochs => _name == TrainLoss;

    internal double Of(double trainLoss, in Validation? validation) => _name switch
    {
        TrainLoss => trainLoss,
        TestLoss => validation!.Value.Loss,
        TestAccuracy => validation!.Value.Accuracy ?? double.NaN,
        _ => validation!.Value.Metrics![_name],
    };
}
