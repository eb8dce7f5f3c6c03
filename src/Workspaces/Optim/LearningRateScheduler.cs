namespace Workspaces.Optim;

/// <summary>
/// Applies a schedule to every group of an optimizer, each with the rate it was made with as the base. The rate of step 0 is set at once, that of step n after n
/// steps (or epochs). Makes no managed garbage.
/// </summary>
public sealed class LearningRateScheduler : IResumableScheduler
{
    private readonly Optimizer _optimizer;
    private readonly LearningRateSchedule _schedule;
    private readonly List<double> _baseRates = [];

    /// <summary>Makes a scheduler and sets the rates of the first step.</summary>
    /// <param name="optimizer">The optimizer; its present rates are the base.</param>
    /// <param name="schedule">The schedule.</param>
    /// <param name="unit">What the schedule counts.</param>
    public LearningRateScheduler(Optimizer optimizer, LearningRateSchedule schedule, ScheduleUnit unit = ScheduleUnit.Step)
    {
        ArgumentNullException.ThrowIfNull(optimizer);
        ArgumentNullException.ThrowIfNull(schedule);
        _optimizer = optimizer;
        _schedule = schedule;
        Unit = unit;
        Apply();
    }

    /// <summary>What the schedule counts.</summary>
    public ScheduleUnit Unit { get; }

    /// <summary>Steps (or epochs) so far; set it to continue a run.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Negative.</exception>
    public long Position
    {
        get;
        set
        {
            field = OptimizerErrors.Count(value, 0, nameof(LearningRateScheduler), nameof(Position));
            Apply();
        }
    }

    /// <inheritdoc/>
    public void OnStep()
    {
        if (Unit == ScheduleUnit.Step) Position++;
    }

    /// <inheritdoc/>
    public void OnEpoch(double loss)
    {
        if (Unit == ScheduleUnit.Epoch) Position++;
    }

    /// <inheritdoc/>
    public IReadOnlyDictionary<string, double> SaveState() => new Dictionary<string, double> { [nameof(Position)] = Position };

    /// <inheritdoc/>
    public void LoadState(IReadOnlyDictionary<string, double> state) =>
        Position = (long)OptimizerErrors.StateNumber(state, nameof(Position), nameof(LearningRateScheduler));

    /// <summary>Groups that were added meanwhile come in with the rates that they have.</summary>
    private void Apply()
    {
        IReadOnlyList<ParameterGroup> groups = _optimizer.Groups;
        for (int i = 0; i < groups.Count; i++)
        {
            if (i == _baseRates.Count) _baseRates.Add(groups[i].LearningRate);
            groups[i].LearningRate = _schedule.RateAt(Position, _baseRates[i]);
        }
    }
}
