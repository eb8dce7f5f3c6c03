using Workspaces.Memory;
using Workspaces.Memory.Planning;
using Workspaces.Memory.Recording;
using Workspaces.Memory.Simulation;

namespace Workspaces.Hosting.Reports;

/// <summary>A pass with a place for every block, and what other ways of serving it would have needed.</summary>
internal sealed class PassPicture
{
    private const long MostPlanned = 200_000;

    private PassPicture(RecordedPass pass) => Pass = pass;

    internal RecordedPass Pass { get; }

    /// <summary>First byte of each block; those outside the arena lie from <see cref="OutsideFrom"/> on.</summary>
    internal required long[] Offsets { get; init; }

    /// <summary>Highest end of a block in the arena.</summary>
    internal required long ArenaTop { get; init; }

    /// <summary>Where blocks outside the arena are drawn; <see cref="ArenaTop"/> when there are none.</summary>
    internal required long OutsideFrom { get; init; }

    /// <summary>Highest end of a block as drawn.</summary>
    internal required long Top { get; init; }

    /// <summary>Bytes that the plan needs; null when the pass ran without one.</summary>
    internal required long? PlanBytes { get; init; }

    internal required string? Planner { get; init; }

    /// <summary>True when the places are those of a plan that was made for the picture.</summary>
    internal required bool IsPlannedHere { get; init; }

    /// <summary>Most bytes live at one moment.</summary>
    internal required long LowerBound { get; init; }

    /// <summary>What allocators would have needed; null for one that cannot address so much.</summary>
    internal required long? Bump { get; init; }

    internal required long? BestFit { get; init; }

    internal required long? Caching { get; init; }

    internal static PassPicture Of(RecordedPass pass, TimeSpan time)
    {
        PlanningProblem problem = pass.ToProblem();
        var offsets = new long[pass.Blocks.Count];
        bool anyPlaced = pass.Blocks.Any(static block => block.Offset >= 0 || block.IsOutside);
        MemoryPlan? made = anyPlaced ? null : Plan(problem, time);
        long arena = 0;
        for (int i = 0; i < offsets.Length; i++)
        {
            offsets[i] = made is null ? pass.Blocks[i].Offset : made.Offsets[i];
            if (offsets[i] >= 0) arena = Math.Max(arena, offsets[i] + Up(pass.Blocks[i].Bytes));
        }

        long top = arena;
        if (made is null) top = PlaceOutside(pass, offsets, arena);
        var schedule = new TraceSchedule(problem);
        return new PassPicture(pass)
        {
            Offsets = offsets,
            ArenaTop = arena,
            OutsideFrom = arena,
            Top = top,
            PlanBytes = pass.PlanBytes ?? made?.Peak,
            Planner = pass.Planner ?? made?.Planner,
            IsPlannedHere = made is not null,
            LowerBound = problem.LowerBound,
            Bump = Peak(schedule, "bump"),
            BestFit = Peak(schedule, "best-fit"),
            Caching = Peak(schedule, "caching"),
        };
    }

    private static MemoryPlan Plan(PlanningProblem problem, TimeSpan time)
    {
        IPlanner planner = problem.Count > MostPlanned ? new OnlinePlanner() : new AnytimePlanner();
        return planner.Plan(problem, new PlanningBudget { Time = time });
    }

    /// <summary>Blocks outside the arena have addresses of their own; in the picture they are packed above it.</summary>
    private static long PlaceOutside(RecordedPass pass, long[] offsets, long from)
    {
        int[] outside = [.. Enumerable.Range(0, offsets.Length).Where(i => offsets[i] < 0)];
        if (outside.Length == 0) return from;
        PlanBuffer[] buffers = [.. outside.Select(i => new PlanBuffer(i, pass.Blocks[i].Birth, pass.Blocks[i].Death, pass.Blocks[i].Bytes))];
        MemoryPlan plan = new OnlinePlanner().Plan(new PlanningProblem(buffers), new PlanningBudget());
        for (int i = 0; i < outside.Length; i++) offsets[outside[i]] = from + plan.Offsets[i];
        return from + plan.Peak;
    }

    private static long? Peak(TraceSchedule schedule, string allocator)
    {
        using ITraceAllocator owned = TraceAllocators.Create(allocator, schedule);
        owned.Begin();
        foreach (ref readonly TraceEvent call in schedule.Events)
        {
            if (call.Bytes == 0) owned.Free(call.Slot);
            else if (owned.Allocate(call.Request, call.Slot, call.Bytes) == ITraceAllocator.Refused) return null;
        }

        return owned.PeakBytes;
    }

    private static long Up(long bytes) => (bytes + PlanningProblem.DefaultAlignment - 1) / PlanningProblem.DefaultAlignment * PlanningProblem.DefaultAlignment;
}
