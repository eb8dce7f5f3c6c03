namespace Workspaces.Optim;

/// <summary>Multiplies the rate by gamma every so many steps, as torch.optim.lr_scheduler.StepLR does.</summary>
public sealed class StepSchedule : LearningRateSchedule
{
    private readonly long _every;
    private readonly double _gamma;

    /// <summary>Makes the schedule.</summary>
    /// <param name="every">Steps between two changes, at least 1.</param>
    /// <param name="gamma">The factor, finite and above 0.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is out of range.</exception>
    public StepSchedule(long every, double gamma = 0.1)
    {
        _every = OptimizerErrors.Count(every, 1, nameof(StepSchedule), nameof(every));
        _gamma = OptimizerErrors.Above0(gamma, nameof(StepSchedule), nameof(gamma));
    }

    /// <inheritdoc/>
    public override double RateAt(long step, double baseRate) => baseRate * Math.Pow(_gamma, step / _every);
}
