namespace Workspaces.Optim;

/// <summary>
/// A learning rate as a function of time, without memory: the same step always has the same rate, so a run can be continued anywhere. A
/// <see cref="LearningRateScheduler"/> applies it.
/// </summary>
public abstract class LearningRateSchedule
{
    /// <summary>The learning rate of a step.</summary>
    /// <param name="step">Number of the step (or epoch), from 0.</param>
    /// <param name="baseRate">The rate that the group of parameters was made with.</param>
    /// <returns>The rate, at least 0.</returns>
    public abstract double RateAt(long step, double baseRate);
}
