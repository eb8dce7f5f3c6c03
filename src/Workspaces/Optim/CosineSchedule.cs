namespace Workspaces.Optim;

/// <summary>
/// Half a cosine from the base rate down to a minimum (Loshchilov and Hutter 2017), after a linear warm-up if wanted; the minimum holds from the last step on.
/// <code>
///   base ·      ______
///          ／          ＼
///        ／              ＼____ minimum
///       0   warmUpSteps       totalSteps
/// </code>
/// Equal to torch.optim.lr_scheduler.LinearLR and CosineAnnealingLR one after the other (SequentialLR).
/// </summary>
public sealed class CosineSchedule : LearningRateSchedule
{
    private readonly long _total;
    private readonly long _warmUp;
    private readonly double _minimum;
    private readonly double _start;

    /// <summary>Makes the schedule.</summary>
    /// <param name="totalSteps">Steps until the minimum is reached, the warm-up included; more than <paramref name="warmUpSteps"/>.</param>
    /// <param name="warmUpSteps">Steps in which the rate rises to the base, at least 0.</param>
    /// <param name="minimum">The last rate, at least 0.</param>
    /// <param name="warmUpStart">The first rate of the warm-up as a share of the base, 0 to 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is out of range.</exception>
    public CosineSchedule(long totalSteps, long warmUpSteps = 0, double minimum = 0, double warmUpStart = 0.01)
    {
        _warmUp = OptimizerErrors.Count(warmUpSteps, 0, nameof(CosineSchedule), nameof(warmUpSteps));
        _total = OptimizerErrors.Count(totalSteps, warmUpSteps + 1, nameof(CosineSchedule), nameof(totalSteps));
        _minimum = OptimizerErrors.AtLeast(minimum, 0, nameof(CosineSchedule), nameof(minimum));
        _start = OptimizerErrors.Fraction(warmUpStart, nameof(CosineSchedule), nameof(warmUpStart));
    }

    /// <inheritdoc/>
    public override double RateAt(long step, double baseRate)
    {
        if (step < _warmUp) return baseRate * (_start + ((1 - _start) * step / _warmUp));
        double done = Math.Min(1, (double)(step - _warmUp) / (_total - _warmUp));
        return _minimum + ((baseRate - _minimum) * (1 + Math.Cos(Math.PI * done)) / 2);
    }
}
