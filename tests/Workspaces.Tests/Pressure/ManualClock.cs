namespace Workspaces.Tests.Pressure;

/// <summary>A clock whose timers fire when a test says so.</summary>
internal sealed class ManualClock : TimeProvider
{
    private readonly List<ManualTimer> _timers = [];

    public int Timers => _timers.Count;

    public TimeSpan Period { get; private set; }

    /// <summary>One period passes.</summary>
    public void Advance()
    {
        for (int i = 0; i < _timers.Count; i++) _timers[i].Fire();
    }

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        Period = period;
        var timer = new ManualTimer(this, callback, state);
        _timers.Add(timer);
        return timer;
    }

    private sealed class ManualTimer(ManualClock clock, TimerCallback callback, object? state) : ITimer
    {
        public void Fire() => callback(state);

        public bool Change(TimeSpan dueTime, TimeSpan period) => true;

        public void Dispose() => clock._timers.Remove(this);

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
