namespace Workspaces.Train.Metrics;

/// <summary>
/// How often rows of each class were taken for each class. As one number it is the mean recall of the classes that came up: accuracy in which classes count alike.
/// </summary>
public sealed class ConfusionMatrix : ClassMetric
{
    private long[] _counts = [];

    /// <inheritdoc/>
    public override string Name => "ConfusionMatrix";

    /// <summary>Classes; 0 before the first batch.</summary>
    public int Classes { get; private set; }

    /// <summary>Rows of one class that were taken for another, or the same.</summary>
    /// <param name="actual">Their class.</param>
    /// <param name="predicted">What they were taken for.</param>
    /// <exception cref="ArgumentOutOfRangeException">Not a class.</exception>
    public long this[int actual, int predicted]
    {
        get
        {
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)actual, (uint)Classes, nameof(actual));
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)predicted, (uint)Classes, nameof(predicted));
            return _counts[(actual * Classes) + predicted];
        }
    }

    /// <inheritdoc/>
    public override double Value
    {
        get
        {
            double sum = 0;
            int seen = 0;
            for (int actual = 0; actual < Classes; actual++)
            {
                long rows = 0;
                for (int predicted = 0; predicted < Classes; predicted++) rows += this[actual, predicted];
                if (rows == 0) continue;
                sum += (double)this[actual, actual] / rows;
                seen++;
            }

            return sum / seen;
        }
    }

    /// <inheritdoc/>
    public override bool HigherIsBetter => true;

    /// <inheritdoc/>
    public override void Reset()
    {
        Count = 0;
        Array.Clear(_counts);
    }

    private protected override void AddRow<T>(ReadOnlySpan<T> scores, int right)
    {
        if (Classes != scores.Length)
        {
            Classes = scores.Length;
            _counts = new long[Classes * Classes];
            Count = 0;
        }

        _counts[(right * Classes) + Best(scores)]++;
    }
}
