using System.Numerics;

namespace Workspaces.Train.Metrics;

/// <summary>A metric of classes. Rows whose class is below 0 or not among the outputs are passed over, as losses do with an ignored class.</summary>
public abstract class ClassMetric : Metric
{
    private protected ClassMetric()
    {
    }

    /// <summary>Rows that were counted.</summary>
    public long Count { get; private protected set; }

    /// <inheritdoc/>
    public override bool NeedsClasses => true;

    private protected sealed override void AddClasses<T>(ReadOnlySpan<T> output, ReadOnlySpan<long> classes, int count)
    {
        for (int row = 0; row < classes.Length; row++)
        {
            if ((ulong)classes[row] >= (ulong)count) continue;
            AddRow(output.Slice(row * count, count), (int)classes[row]);
            Count++;
        }
    }

    /// <summary>Adds one row.</summary>
    private protected abstract void AddRow<T>(ReadOnlySpan<T> scores, int right)
        where T : unmanaged, IFloatingPointIeee754<T>;

    /// <summary>The first of the largest scores; what is no number is the largest, as in argmax.</summary>
    private protected static int Best<T>(ReadOnlySpan<T> scores)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        int best = 0;
        for (int i = 0; i < scores.Length; i++)
        {
            if (T.IsNaN(scores[i])) return i;
            if (scores[i] > scores[best]) best = i;
        }

        return best;
    }
}
