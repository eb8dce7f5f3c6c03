namespace Workspaces.Optim;

/// <summary>Multiplies the rate by gamma at every step, as torch.optim.lr_scheduler.ExponentialLR does.</summary>
public sealed class ExponentialSchedule : LearningRateSchedule
{
    private readonly double _gamma;

    /// <summary>Makes the schedule.</summary>
    /// <param name="gamma">The factor, finite and above 0.</param>
    /// <exception cref="ArgumentOutOfRangeException">The factor is out of range.</exception>
    public ExponentialSchedule(double gamma) => _gamma = OptimizerErrors.Above0(gamma, nameof(ExponentialSchedule), nameof(gamma));

    /// <inheritdoc/>
    public override double RateAt(long step, double baseRate) => baseRate * Math.Pow(_gamma, step);
}
