namespace Workspaces.Memory.Planning;

/// <summary>
/// Checks a plan against its problem from the definition alone; shares no code with the planners. A sweep through time keeps the live
/// buffers sorted by offset, where two of them overlap exactly when two neighbours do: O(n log n).
/// </summary>
public static class PlanValidator
{
    /// <summary>Checks offsets, overlaps, peak and lower bound.</summary>
    /// <param name="problem">The buffers.</param>
    /// <param name="plan">Their offsets.</param>
    /// <returns>The first flaw found, with its numbers.</returns>
    public static PlanValidation Validate(PlanningProblem problem, MemoryPlan plan)
    {
        ArgumentNullException.ThrowIfNull(problem);
        ArgumentNullException.ThrowIfNull(plan);
        if (plan.Offsets.Length != problem.Buffers.Length)
            return new(PlanFlaw.Count, $"the plan has {plan.Offsets.Length} offsets for {problem.Buffers.Length} buffers");
        PlanValidation offsets = CheckOffsets(problem, plan);
        return offsets.IsValid ? Sweep(problem, plan) : offsets;
    }

    private static PlanValidation CheckOffsets(PlanningProblem problem, MemoryPlan plan)
    {
        long highest = 0;
        for (int i = 0; i < problem.Buffers.Length; i++)
        {
            long id = problem.Buffers[i].Id, offset = plan.Offsets[i];
            if (offset < 0) return new(PlanFlaw.NegativeOffset, $"buffer {id} lies at {offset}");
            if (offset % problem.Alignment != 0) return new(PlanFlaw.Alignment, $"buffer {id} lies at {offset}, no multiple of {problem.Alignment}");
            Int128 end = (Int128)offset + WholeSize(problem, i);
            if (end > long.MaxValue) return new(PlanFlaw.Overflow, $"buffer {id} ends at {end}");
            highest = Math.Max(highest, (long)end);
        }

        return highest == plan.Peak ? default : new(PlanFlaw.Peak, $"the plan states a peak of {plan.Peak} bytes, but the highest buffer ends at {highest}");
    }

    private static PlanValidation Sweep(PlanningProblem problem, MemoryPlan plan)
    {
        // At equal times deaths (0) come before births (1).
        var events = new (long Time, int Kind, int Buffer)[2 * problem.Buffers.Length];
        for (int i = 0; i < problem.Buffers.Length; i++)
        {
            events[2 * i] = (problem.Buffers[i].Lower, 1, i);
            events[2 * i + 1] = (problem.Buffers[i].Upper, 0, i);
        }

        Array.Sort(events);
        var alive = new SortedSet<(long Offset, int Buffer)>();
        long live = 0, most = 0;
        foreach ((_, int kind, int buffer) in events)
        {
            long offset = plan.Offsets[buffer], size = WholeSize(problem, buffer);
            if (kind == 0)
            {
                alive.Remove((offset, buffer));
                live -= size;
                continue;
            }

            if (Neighbour(alive, problem, plan, buffer) is { } other)
                return new(PlanFlaw.Overlap, Describe(problem, plan, buffer, other));
            alive.Add((offset, buffer));
            live += size;
            most = Math.Max(most, live);
        }

        return most == plan.LowerBound ? default : new(PlanFlaw.LowerBound, $"the plan states a lower bound of {plan.LowerBound} bytes, but {most} are live at one moment");
    }

    /// <summary>A live buffer that shares bytes with this one: the next below that reaches into it, or the next above that it reaches into.</summary>
    private static int? Neighbour(SortedSet<(long Offset, int Buffer)> alive, PlanningProblem problem, MemoryPlan plan, int buffer)
    {
        if (alive.Count == 0) return null;
        long low = plan.Offsets[buffer], high = low + WholeSize(problem, buffer);
        (long Offset, int Buffer) least = alive.Min, greatest = alive.Max;
        if (least.Offset <= low)
        {
            (long offset, int below) = alive.GetViewBetween(least, (low, int.MaxValue)).Max;
            if (offset + WholeSize(problem, below) > low) return below;
        }

        if (greatest.Offset > low)
        {
            (long offset, int above) = alive.GetViewBetween((low + 1, -1), greatest).Min;
            if (offset < high) return above;
        }

        return null;
    }

    private static long WholeSize(PlanningProblem problem, int index)
    {
        long size = problem.Buffers[index].Size, rest = size % problem.Alignment;
        return rest == 0 ? size : size - rest + problem.Alignment;
    }

    private static string Describe(PlanningProblem problem, MemoryPlan plan, int a, int b)
    {
        PlanBuffer first = problem.Buffers[a], second = problem.Buffers[b];
        return $"buffers {first.Id} (times [{first.Lower}, {first.Upper}), bytes [{plan.Offsets[a]}, {plan.Offsets[a] + WholeSize(problem, a)})) and "
            + $"{second.Id} (times [{second.Lower}, {second.Upper}), bytes [{plan.Offsets[b]}, {plan.Offsets[b] + WholeSize(problem, b)})) overlap";
    }
}
