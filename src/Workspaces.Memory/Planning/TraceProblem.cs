using Workspaces.Memory.Tracking;

namespace Workspaces.Memory.Planning;

/// <summary>The planning problem of a recorded pass.</summary>
internal static class TraceProblem
{
    /// <summary>Every block that has bytes and is not kernel scratch lives from its request to its release, or to the end of the pass.</summary>
    /// <param name="trace">The trace of a complete pass.</param>
    /// <returns>The problem; the id of a buffer is the number of its request.</returns>
    internal static PlanningProblem Of(PassTrace trace)
    {
        ReadOnlySpan<TraceEntry> entries = trace.Entries;
        var buffers = new List<PlanBuffer>(entries.Length);
        for (int i = 0; i < entries.Length; i++)
        {
            TraceEntry entry = entries[i];
            if (entry.Bytes == 0 || entry.Tag == PassTrace.ScratchTag) continue;
            buffers.Add(new PlanBuffer(i, entry.Birth, entry.Death < 0 ? trace.Events : entry.Death, entry.Bytes));
        }

        return new PlanningProblem([.. buffers], PlanningProblem.DefaultAlignment);
    }

    /// <summary>Most scratch that one kernel takes, in bytes.</summary>
    internal static long ScratchBytes(PassTrace trace)
    {
        long most = 0;
        foreach (ref readonly TraceEntry entry in trace.Entries)
        {
            if (entry.Tag == PassTrace.ScratchTag) most = Math.Max(most, entry.Bytes);
        }

        return most;
    }
}
