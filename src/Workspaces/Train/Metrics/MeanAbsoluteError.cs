namespace Workspaces.Train.Metrics;

/// <summary>Mean magnitude of the error of a number. Summed in double precision.</summary>
public sealed class MeanAbsoluteError : Metric
{
    private double _sum;
    private long _count;

    /// <inheritdoc/>
    public override string Name => "MAE";

    /// <inheritdoc/>
    public override double Value => _sum / _count;

    /// <inheritdoc/>
    public override bool HigherIsBetter => false;

    /// <inheritdoc/>
    public override bool NeedsClasses => false;

    /// <inheritdoc/>
    public override void Reset() => (_sum, _count) = (0, 0);

    private protected override void AddNumbers<T>(ReadOnlySpan<T> output, ReadOnlySpan<T> targets)
    {
        for (int i = 0; i < output.Length; i++)
        {
            double error = double.CreateTruncating(output[i]) - double.CreateTruncating(targets[i]);
            _sum += Math.Abs(error);
        }

        _count += output.Length;
    }
}
