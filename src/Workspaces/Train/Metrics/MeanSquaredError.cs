namespace Workspaces.Train.Metrics;

/// <summary>Mean square of the error of a number. Summed in double precision.</summary>
public sealed class MeanSquaredError : MeanError
{
    /// <inheritdoc/>
    public override string Name => "MSE";

    private protected override double CostOf(double error) => error * error;
}
