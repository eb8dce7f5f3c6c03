using Workspaces.Memory.Allocators;
using Workspaces.Memory.Replay;

namespace Workspaces.Memory.Simulation;

/// <summary>
/// What passes take that are served without a plan, found by serving a record as the workspace would: <c>PolicyAllocation: Always</c>,
/// <c>PolicyLearning: None</c> and <c>WorkspaceMode: None</c>.
/// </summary>
internal static class UnplannedPeak
{
    /// <summary>Highest byte in use of an arena whose requests bump up to a size and take the best hole above it.</summary>
    /// <param name="record">The requests.</param>
    /// <param name="bumped">Bytes that are handed out from front to back; <see cref="long.MaxValue"/> when nothing is ever reused.</param>
    internal static long OfArena(PassRecord record, long bumped)
    {
        var arena = new BestFitAllocator();
        arena.Reset(0);
        int[] nodes = new int[record.Count], order = ByEnd(record);
        for (int i = 0, next = 0; i < record.Count; i++)
        {
            for (; next < order.Length && record.Ends[order[next]] <= i; next++)
            {
                if (nodes[order[next]] >= 0) arena.Free(nodes[order[next]]);
            }

            long bytes = BytesOf(record, i);
            nodes[i] = BestFitAllocator.NoNode;
            if (bytes == 0) continue;
            if (!arena.TryAllocate(bytes, long.MaxValue, out _, out nodes[i], freshOnly: arena.PeakTop + bytes <= bumped))
                SimulationErrors.ThrowTooMuchMemory("the arena of the step workspace", bytes, long.MaxValue - arena.PeakTop);
        }

        return arena.PeakTop;
    }

    /// <summary>Most bytes of blocks that own their memory at one moment; kernel scratch is none of them.</summary>
    /// <param name="record">The requests.</param>
    /// <param name="scratchTag">Tag of kernel scratch.</param>
    internal static long OfOwners(PassRecord record, uint scratchTag)
    {
        long live = 0, most = 0;
        int[] order = ByEnd(record);
        for (int i = 0, next = 0; i < record.Count; i++)
        {
            for (; next < order.Length && record.Ends[order[next]] <= i; next++) live -= Owned(order[next]);
            live += Owned(i);
            most = Math.Max(most, live);
        }

        return most;

        long Owned(int request) => RequestKey.Tag(record.Keys[request]) == scratchTag ? 0 : BytesOf(record, request);
    }

    private static long BytesOf(PassRecord record, int request) => RequestKey.Granules(record.Keys[request]) * Granule.Bytes;

    /// <summary>Request numbers in order of their ends, so that what a request may take over comes before it.</summary>
    private static int[] ByEnd(PassRecord record)
    {
        var order = new int[record.Count];
        for (int i = 0; i < order.Length; i++) order[i] = i;
        Array.Sort((int[])record.Ends.Clone(), order);
        return order;
    }
}
