namespace Workspaces.Optim;

/// <summary>Multiplies the rate by gamma at each milestone, as torch.optim.lr_scheduler.MultiStepLR does; one that is given twice counts twice.</summary>
public sealed class MultiStepSchedule : LearningRateSchedule
{
    private readonly long[] _milestones;
    private readonly double _gamma;

    /// <summary>Makes the schedule.</summary>
    /// <param name="milestones">Steps in rising order, each at least 1.</param>
    /// <param name="gamma">The factor, finite and above 0.</param>
    /// <exception cref="ArgumentException">The milestones do not rise.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The factor is out of range.</exception>
    public MultiStepSchedule(IEnumerable<long> milestones, double gamma = 0.1)
    {
        ArgumentNullException.ThrowIfNull(milestones);
        _milestones = [.. milestones];
        _gamma = OptimizerErrors.Above0(gamma, nameof(MultiStepSchedule), nameof(gamma));
        long last = 1;
        foreach (long milestone in _milestones)
        {
            if (milestone < last) OptimizerErrors.ThrowOrder(nameof(MultiStepSchedule), $"milestone {milestone} comes where at least {last} is due");
            last = milestone;
        }
    }

    /// <inheritdoc/>
    public override double RateAt(long step, double baseRate)
    {
        int passed = 0;
        while (passed < _milestones.Length && _milestones[passed] <= step) passed++;
        return baseRate * Math.Pow(_gamma, passed);
    }
}
