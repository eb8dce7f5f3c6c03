namespace Workspaces.Train;

/// <summary>Remembers the best value of what is watched and how long ago it was.</summary>
internal sealed class ProgressWatch(EarlyStopping? stopping)
{
    private readonly double _minDelta = stopping?.MinDelta ?? 0;

    internal double? Best { get; set; }

    internal long BadChecks { get; set; }

    /// <summary>True when it is time to stop.</summary>
    internal bool IsOver => stopping is not null && BadChecks >= stopping.Patience;

    /// <summary>Takes a value; true when it is the best so far. What is no number never is.</summary>
    internal bool Take(double value, bool higherIsBetter)
    {
        bool better = Best is not { } best ? !double.IsNaN(value) : higherIsBetter ? value > best + _minDelta : value < best - _minDelta;
        if (!better)
        {
            BadChecks++;
            return false;
        }

        Best = value;
        BadChecks = 0;
        return true;
    }
}
