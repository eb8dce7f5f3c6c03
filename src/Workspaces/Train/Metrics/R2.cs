namespace Workspaces.Train.Metrics;

/// <summary>
/// Share of the variance of the targets that the outputs explain: 1 - Σ(y - ŷ)² / Σ(y - mean y)², over all numbers together. 1 is perfect, 0 is no better than the
/// mean. The variance is kept by Welford's update (1962). Not a number while all targets are equal.
/// </summary>
public sealed class R2 : Metric
{
    private double _errors;
    private double _mean;
    private double _spread;
    private long _count;

    /// <inheritdoc/>
    public override string Name => "R2";

    /// <inheritdoc/>
    public override double Value => _spread == 0 ? double.NaN : 1 - (_errors / _spread);

    /// <inheritdoc/>
    public override bool HigherIsBetter => true;

    /// <inheritdoc/>
    public override bool NeedsClasses => false;

    /// <inheritdoc/>
    public override void Reset() => (_errors, _mean, _spread, _count) = (0, 0, 0, 0);

    private protected override void AddNumbers<T>(ReadOnlySpan<T> output, ReadOnlySpan<T> targets)
    {
        for (int i = 0; i < output.Length; i++)
        {
            double target = double.CreateTruncating(targets[i]), error = double.CreateTruncating(output[i]) - target, from = target - _mean;
            _errors += error * error;
            _mean += from / ++_count;
            _spread += from * (target - _mean);
        }
    }
}
