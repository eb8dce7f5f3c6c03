namespace Workspaces.Optim;

/// <summary>
/// One cycle (Smith and Topin 2019): up from base / divisor to the base rate, then down to base / (divisor · finalDivisor), as
/// torch.optim.lr_scheduler.OneCycleLR does with its two phases; the base rate is the highest one. Momentum stays as it is. The last rate holds from the last step on.
/// </summary>
public sealed class OneCycleSchedule : LearningRateSchedule
{
    private readonly double _top;
    private readonly double _last;
    private readonly double _divisor;
    private readonly double _finalDivisor;
    private readonly bool _linear;

    /// <summary>Makes the schedule.</summary>
    /// <param name="totalSteps">Steps of the cycle, at least 2.</param>
    /// <param name="riseShare">Share of the steps in which the rate rises, 0 to 1.</param>
    /// <param name="divisor">Base rate over first rate, finite and above 0.</param>
    /// <param name="finalDivisor">First rate over last rate, finite and above 0.</param>
    /// <param name="linear">Whether the rate moves along lines instead of cosines.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is out of range.</exception>
    public OneCycleSchedule(long totalSteps, double riseShare = 0.3, double divisor = 25, double finalDivisor = 1e4, bool linear = false)
    {
        OptimizerErrors.Count(totalSteps, 2, nameof(OneCycleSchedule), nameof(totalSteps));
        _top = (OptimizerErrors.Fraction(riseShare, nameof(OneCycleSchedule), nameof(riseShare)) * totalSteps) - 1;
        _last = totalSteps - 1;
        _divisor = OptimizerErrors.Above0(divisor, nameof(OneCycleSchedule), nameof(divisor));
        _finalDivisor = OptimizerErrors.Above0(finalDivisor, nameof(OneCycleSchedule), nameof(finalDivisor));
        _linear = linear;
    }

    /// <inheritdoc/>
    public override double RateAt(long step, double baseRate)
    {
        double first = baseRate / _divisor;
        return step <= _top
            ? Between(first, baseRate, _top > 0 ? step / _top : 1)
            : Between(baseRate, first / _finalDivisor, _last > _top ? Math.Min(1, (step - _top) / (_last - _top)) : 1);
    }

    private double Between(double from, double to, double done) =>
        _linear ? from + ((to - from) * done) : to + ((from - to) / 2 * (1 + Math.Cos(Math.PI * done)));
}
