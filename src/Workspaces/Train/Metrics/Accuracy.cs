namespace Workspaces.Train.Metrics;

/// <summary>Fraction of the rows whose largest output is that of their class.</summary>
public sealed class Accuracy : ClassMetric
{
    private long _right;

    /// <inheritdoc/>
    public override string Name => "Accuracy";

    /// <inheritdoc/>
    public override double Value => (double)_right / Count;

    /// <inheritdoc/>
    public override bool HigherIsBetter => true;

    /// <inheritdoc/>
    public override void Reset() => _right = Count = 0;

    private protected override void AddRow<T>(ReadOnlySpan<T> scores, int right)
    {
        if (Best(scores) == right) _right++;
    }
}
