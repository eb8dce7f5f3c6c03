using System.Globalization;

namespace Workspaces.Train.Metrics;

/// <summary>Fraction of the rows whose class is among the k largest outputs. Of equal outputs those of lower classes come first; what is no number comes before all.</summary>
public sealed class TopK : ClassMetric
{
    private readonly int _k;
    private long _right;

    /// <summary>Makes the metric.</summary>
    /// <param name="k">How many outputs count, at least 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">Below 1.</exception>
    public TopK(int k)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(k, 1);
        _k = k;
        Name = string.Create(CultureInfo.InvariantCulture, $"Top{k}");
    }

    /// <inheritdoc/>
    public override string Name { get; }

    /// <inheritdoc/>
    public override double Value => (double)_right / Count;

    /// <inheritdoc/>
    public override bool HigherIsBetter => true;

    /// <inheritdoc/>
    public override void Reset() => _right = Count = 0;

    private protected override void AddRow<T>(ReadOnlySpan<T> scores, int right)
    {
        int before = 0;
        T own = scores[right];
        for (int i = 0; i < scores.Length && before < _k; i++)
        {
            bool larger = T.IsNaN(own) ? T.IsNaN(scores[i]) && i < right : T.IsNaN(scores[i]) || scores[i] > own || (scores[i] == own && i < right);
            if (larger) before++;
        }

        if (before < _k) _right++;
    }
}
