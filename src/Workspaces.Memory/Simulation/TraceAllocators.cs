using Workspaces.Memory.Planning;

namespace Workspaces.Memory.Simulation;

/// <summary>The allocators that a trace can be replayed with, by name.</summary>
public static class TraceAllocators
{
    internal const string Plan = "plan", BestFit = "best-fit", FirstFit = "first-fit", Bump = "bump", SizeClass = "size-class", Caching = "caching", Native = "native",
        GarbageCollected = "gc";

    private static readonly string[] Known = [Plan, BestFit, FirstFit, Bump, SizeClass, Caching, Native, GarbageCollected];

    /// <summary>The names.</summary>
    public static IReadOnlyList<string> Names => Known;

    /// <summary>Makes an allocator for a schedule.</summary>
    /// <param name="name">One of <see cref="Names"/>.</param>
    /// <param name="schedule">The calls to come.</param>
    /// <param name="cap">Most bytes that it may hold; <see cref="long.MaxValue"/> for no cap.</param>
    /// <param name="budget">How long to look for a plan; null for the default of one second. Only <c>plan</c> asks.</param>
    /// <returns>The allocator; dispose it.</returns>
    /// <exception cref="ArgumentException">No allocator has that name, or the cap is negative.</exception>
    /// <exception cref="WorkspaceException">The allocator takes real memory, and the trace needs more than this process may use.</exception>
    public static ITraceAllocator Create(string name, TraceSchedule schedule, long cap = long.MaxValue, PlanningBudget? budget = null)
    {
        ArgumentNullException.ThrowIfNull(name);
        ArgumentNullException.ThrowIfNull(schedule);
        if (cap < 0) SimulationErrors.ThrowCap(cap);
        if (!Known.Contains(name)) SimulationErrors.ThrowUnknown(name, Known);
        if (name is Native or GarbageCollected) CheckMemory(name, schedule, cap);
        return name switch
        {
            Plan => new PlanTraceAllocator(schedule, new AnytimePlanner().Plan(schedule.Problem, budget ?? new PlanningBudget()), cap),
            BestFit => new BestFitTraceAllocator(schedule, cap),
            FirstFit => new FirstFitTraceAllocator(schedule, cap),
            Bump => new BumpTraceAllocator(cap),
            SizeClass => new SizeClassTraceAllocator(schedule, cap),
            Caching => new CachingTraceAllocator(schedule, cap),
            Native => new NativeTraceAllocator(schedule, cap),
            _ => new GarbageCollectedTraceAllocator(schedule, cap),
        };
    }

    private static void CheckMemory(string name, TraceSchedule schedule, long cap)
    {
        long most = Math.Min(cap, schedule.Problem.LowerBound), available = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes;
        if (most > available) SimulationErrors.ThrowTooMuchMemory(name, most, available);
    }
}
