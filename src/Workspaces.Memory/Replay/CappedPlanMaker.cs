using Workspaces.Memory.Planning;

namespace Workspaces.Memory.Replay;

/// <summary>
/// Plans for passes that need more than their arena may have. Blocks are sorted out until the live bytes of the rest fit the cap: those that live
/// longest first, because each byte of theirs relieves the most moments and is touched the least often; the small and hot ones stay. Each part is packed
/// by itself, the second one above the cap.
/// <code>
///   0 ............... cap ................ Peak
///   |  kept, packed    |   sorted out, packed  |
/// </code>
/// </summary>
internal static class CappedPlanMaker
{
    /// <summary>The name that its plans bear.</summary>
    internal const string Name = "capped";

    private const int MostTries = 6;

    /// <summary>The plan, or null when the two parts cannot be packed.</summary>
    /// <param name="record">The requests.</param>
    /// <param name="cap">Bytes that the arena may have.</param>
    internal static ReplayPlan? Make(PassRecord record, long cap)
    {
        long granules = cap / Granule.Bytes, aim = granules;
        PlanningProblem problem = record.Problem(out int[] requests);
        for (int attempt = 1; aim >= 0; attempt++)
        {
            bool[] outside = SortOut(problem, aim);
            var offsets = new long[record.Count];
            long kept = Pack(record, problem, requests, outside, wanted: false, 0, offsets);
            if (kept > granules * Granule.Bytes)
            {
                aim = attempt >= MostTries ? 0 : Math.Min(aim - 1, (long)(aim * ((double)cap / kept))); // holes between the blocks: let a little less stay
                continue;
            }

            Pack(record, problem, requests, outside, wanted: true, granules * Granule.Bytes, offsets);
            return PlanMaker.From(record, offsets, Name);
        }

        return null;
    }

    /// <summary>Which buffers go, so that no moment has more than so many granules of the rest.</summary>
    private static bool[] SortOut(PlanningProblem problem, long granules)
    {
        ReadOnlySpan<PlanBuffer> buffers = problem.Buffers;
        var outside = new bool[buffers.Length];
        if (buffers.Length == 0) return outside;
        var order = new int[buffers.Length];
        var lives = new (long Life, long Size)[buffers.Length];
        long end = 0;
        for (int i = 0; i < buffers.Length; i++)
        {
            order[i] = i;
            lives[i] = (-(buffers[i].Upper - buffers[i].Lower), -buffers[i].Size);
            end = Math.Max(end, buffers[i].Upper);
        }

        Array.Sort(lives, order);
        var live = new long[end];
        foreach (ref readonly PlanBuffer buffer in buffers)
        {
            for (long t = buffer.Lower; t < buffer.Upper; t++) live[t] += buffer.Size / Granule.Bytes;
        }

        foreach (int i in order)
        {
            PlanBuffer buffer = buffers[i];
            Span<long> during = live.AsSpan((int)buffer.Lower, (int)(buffer.Upper - buffer.Lower));
            if (during.IndexOfAnyExceptInRange(long.MinValue, granules) < 0) continue;
            outside[i] = true;
            foreach (ref long moment in during) moment -= buffer.Size / Granule.Bytes;
        }

        for (int k = order.Length - 1; k >= 0; k--)
        {
            PlanBuffer buffer = buffers[order[k]];
            long size = buffer.Size / Granule.Bytes;
            Span<long> during = live.AsSpan((int)buffer.Lower, (int)(buffer.Upper - buffer.Lower));
            if (!outside[order[k]] || during.IndexOfAnyExceptInRange(long.MinValue, granules - size) >= 0) continue;
            outside[order[k]] = false; // what went after it has made room for it
            foreach (ref long moment in during) moment += size;
        }

        return outside;
    }

    /// <summary>Packs one part from a byte on, and returns the end of it counted from there.</summary>
    private static long Pack(PassRecord record, PlanningProblem problem, int[] requests, bool[] outside, bool wanted, long from, long[] offsets)
    {
        var part = new List<PlanBuffer>();
        var numbers = new List<int>();
        for (int i = 0; i < outside.Length; i++)
        {
            if (outside[i] != wanted) continue;
            part.Add(problem.Buffers[i]);
            numbers.Add(requests[i]);
        }

        if (part.Count == 0) return 0;
        MemoryPlan plan = PlanMaker.Pack(new PlanningProblem([.. part], Granule.Bytes), record);
        for (int i = 0; i < numbers.Count; i++) offsets[numbers[i]] = from + plan.Offsets[i];
        return plan.Peak;
    }
}
