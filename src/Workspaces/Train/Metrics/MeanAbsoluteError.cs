namespace Workspaces.Train.Metrics;

/// <summary>Mean magnitude of the error of a number. Summed in double precision.</summary>
public sealed class MeanAbsoluteError : MeanError
{
    /// <inheritdoc/>
    public override string Name => "MAE";

    private protected override double CostOf(double error) => Math.Abs(error);
}
