namespace Workspaces.Train.Metrics;

/// <summary>Mean square of the error of a number. Summed in double precision.</summary>
public sealed class MeanSquaredError : Metric
{
    private double _sum;
    private long _count;

    /// <inheritdoc/>
    public override string Name => "MSE";

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
            _sum += error * error;
        }

        _count += output.Length;
    }
}
