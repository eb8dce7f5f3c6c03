namespace Workspaces.Optim;

/// <summary>
/// Lowers the learning rates when what is watched has not become better for some epochs, with the rules of torch.optim.lr_scheduler.ReduceLROnPlateau and its
/// relative threshold. A value that is no number is not better. Makes no managed garbage.
/// </summary>
public sealed class ReduceOnPlateau : IResumableScheduler
{
    /// <summary>Changes of a rate that are smaller do not happen.</summary>
    private const double LeastChange = 1e-8;

    private readonly Optimizer _optimizer;
    private readonly double _factor;
    private readonly long _patience;
    private readonly double _threshold;
    private readonly long _cooldown;
    private readonly double _minimum;
    private readonly bool _higherIsBetter;
    private long _cooling;

    /// <summary>Makes a scheduler.</summary>
    /// <param name="optimizer">The optimizer; all its groups are lowered.</param>
    /// <param name="factor">What a rate is multiplied by, 0 to below 1.</param>
    /// <param name="patience">Epochs without progress that are waited for, at least 0.</param>
    /// <param name="threshold">Progress is a change by more than this share of the best value, at least 0.</param>
    /// <param name="cooldown">Epochs after a reduction in which none are counted, at least 0.</param>
    /// <param name="minimum">No rate is lowered below it, at least 0.</param>
    /// <param name="higherIsBetter">True for an accuracy, false for a loss.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is out of range.</exception>
    public ReduceOnPlateau(
        Optimizer optimizer, double factor = 0.1, long patience = 10, double threshold = 1e-4, long cooldown = 0, double minimum = 0, bool higherIsBetter = false)
    {
        ArgumentNullException.ThrowIfNull(optimizer);
        _optimizer = optimizer;
        _factor = OptimizerErrors.Decay(factor, nameof(ReduceOnPlateau), nameof(factor));
        _patience = OptimizerErrors.Count(patience, 0, nameof(ReduceOnPlateau), nameof(patience));
        _threshold = OptimizerErrors.AtLeast(threshold, 0, nameof(ReduceOnPlateau), nameof(threshold));
        _cooldown = OptimizerErrors.Count(cooldown, 0, nameof(ReduceOnPlateau), nameof(cooldown));
        _minimum = OptimizerErrors.AtLeast(minimum, 0, nameof(ReduceOnPlateau), nameof(minimum));
        _higherIsBetter = higherIsBetter;
        Best = higherIsBetter ? double.NegativeInfinity : double.PositiveInfinity;
    }

    /// <summary>The best value so far; infinite before the first.</summary>
    public double Best { get; private set; }

    /// <summary>Epochs since the last progress or reduction.</summary>
    public long BadEpochs { get; private set; }

    /// <inheritdoc/>
    public void OnStep()
    {
    }

    /// <inheritdoc/>
    public void OnEpoch(double loss)
    {
        if (IsBetter(loss))
        {
            Best = loss;
            BadEpochs = 0;
        }
        else
        {
            BadEpochs++;
        }

        if (_cooling > 0)
        {
            _cooling--;
            BadEpochs = 0;
        }

        if (BadEpochs <= _patience) return;
        Reduce();
        _cooling = _cooldown;
        BadEpochs = 0;
    }

    /// <inheritdoc/>
    public IReadOnlyDictionary<string, double> SaveState() =>
        new Dictionary<string, double> { [nameof(Best)] = Best, [nameof(BadEpochs)] = BadEpochs, ["Cooling"] = _cooling };

    /// <inheritdoc/>
    public void LoadState(IReadOnlyDictionary<string, double> state)
    {
        double best = OptimizerErrors.StateNumber(state, nameof(Best), nameof(ReduceOnPlateau));
        double bad = OptimizerErrors.StateNumber(state, nameof(BadEpochs), nameof(ReduceOnPlateau));
        _cooling = (long)OptimizerErrors.StateNumber(state, "Cooling", nameof(ReduceOnPlateau));
        (Best, BadEpochs) = (best, (long)bad);
    }

    private bool IsBetter(double value) => _higherIsBetter ? value > Best * (1 + _threshold) : value < Best * (1 - _threshold);

    private void Reduce()
    {
        IReadOnlyList<ParameterGroup> groups = _optimizer.Groups;
        for (int i = 0; i < groups.Count; i++)
        {
            double old = groups[i].LearningRate, lower = Math.Max(old * _factor, _minimum);
            if (old - lower > LeastChange) groups[i].LearningRate = lower;
        }
    }
}
