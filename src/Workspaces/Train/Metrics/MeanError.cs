namespace Workspaces.Train.Metrics;

/// <summary>The mean of what the error of each number costs, summed in double precision: what <see cref="MeanAbsoluteError"/> and <see cref="MeanSquaredError"/> share.</summary>
public abstract class MeanError : Metric
{
    private double _sum;
    private long _count;

    private protected MeanError()
    {
    }

    /// <inheritdoc/>
    public sealed override double Value => _sum / _count;

    /// <inheritdoc/>
    public sealed override bool HigherIsBetter => false;

    /// <inheritdoc/>
    public sealed override bool NeedsClasses => false;

    /// <inheritdoc/>
    public sealed override void Reset() => (_sum, _count) = (0, 0);

    /// <summary>What an error costs.</summary>
    private protected abstract double CostOf(double error);

    private protected sealed override void AddNumbers<T>(ReadOnlySpan<T> output, ReadOnlySpan<T> targets)
    {
        for (int i = 0; i < output.Length; i++) _sum += CostOf(double.CreateTruncating(output[i]) - double.CreateTruncating(targets[i]));
        _count += output.Length;
    }
}
