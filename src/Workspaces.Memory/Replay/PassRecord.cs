using Workspaces.Memory.Planning;
using Workspaces.Memory.Tracking;

namespace Workspaces.Memory.Replay;

/// <summary>
/// What a plan is made from: the requests of a pass in order, and until when each one keeps its bytes. Times are request numbers, because between two
/// requests nothing is placed: a block with end e is gone when request e (from 0) is made, one that lives to the end of the pass has end n.
/// </summary>
internal sealed class PassRecord
{
    internal PassRecord(ulong[] keys, int[] ends, int[] uses, bool[]? optional = null)
    {
        Keys = keys;
        Ends = ends;
        Uses = uses;
        Optional = optional;
    }

    /// <summary>Tag and size of each request.</summary>
    internal ulong[] Keys { get; }

    /// <summary>Number of the first request that may take over the bytes; above the request's own number.</summary>
    internal int[] Ends { get; }

    /// <summary>Uses after which the block is dead, 0 when it lives until it is released.</summary>
    internal int[] Uses { get; }

    /// <summary>Requests that not every pass of the record makes; null when every pass makes all of them.</summary>
    internal bool[]? Optional { get; }

    internal int Count => Keys.Length;

    /// <summary>Tells records apart: FNV-1a over keys, ends and uses.</summary>
    internal ulong Hash
    {
        get
        {
            ulong hash = 0xCBF2_9CE4_8422_2325;
            for (int i = 0; i < Count; i++)
            {
                hash = (hash ^ Keys[i]) * 0x100_0000_01B3;
                hash = (hash ^ (((ulong)(uint)Ends[i] << 32) | (uint)Uses[i])) * 0x100_0000_01B3;
            }

            return hash;
        }
    }

    /// <summary>Blocks that live at a time, in the mean over the requests.</summary>
    internal double MeanLive
    {
        get
        {
            long lives = 0;
            for (int i = 0; i < Count; i++) lives += Ends[i] - i;
            return (double)lives / Math.Max(1, Count);
        }
    }

    /// <summary>Managed bytes.</summary>
    internal long Bytes => Count * (Optional is null ? 16L : 17L);

    /// <summary>Reads a trace; null when it is incomplete or empty.</summary>
    /// <param name="trace">A complete pass.</param>
    /// <param name="byLastUse">True to end lives with the last recorded use, false with the release.</param>
    internal static PassRecord? Of(PassTrace trace, bool byLastUse)
    {
        if (trace.Count == 0 || trace.Dropped > 0) return null;
        ReadOnlySpan<TraceEntry> entries = trace.Entries;
        var keys = new ulong[entries.Length];
        var ends = new int[entries.Length];
        var uses = new int[entries.Length];
        var births = new int[entries.Length];
        for (int i = 0; i < births.Length; i++) births[i] = entries[i].Birth;
        for (int i = 0; i < births.Length; i++)
        {
            ref readonly TraceEntry entry = ref entries[i];
            keys[i] = RequestKey.Of(entry.Tag, entry.Bytes);
            if (keys[i] == RequestKey.None) keys[i] = RequestKey.Of(entry.Tag, 0);
            if (byLastUse) uses[i] = entry.UsesUntilDead;
            int death = entry.DeadAt(byLastUse);
            ends[i] = death < 0 ? births.Length : FirstAfter(births, death, i + 1);
        }

        return new PassRecord(keys, ends, uses);
    }

    /// <summary>The buffers to place: one for each request that has bytes.</summary>
    /// <param name="requests">Receives the request number of each buffer.</param>
    internal PlanningProblem Problem(out int[] requests)
    {
        var buffers = new List<PlanBuffer>(Count);
        var numbers = new List<int>(Count);
        for (int i = 0; i < Count; i++)
        {
            long bytes = RequestKey.Granules(Keys[i]) * Granule.Bytes;
            if (bytes == 0) continue;
            buffers.Add(new PlanBuffer(i, i, Ends[i], bytes));
            numbers.Add(i);
        }

        requests = [.. numbers];
        return new PlanningProblem([.. buffers], Granule.Bytes);
    }

    /// <summary>The same requests with sizes rounded up to eighths of an octave, at most 12.5 % more.</summary>
    internal PassRecord Rounded()
    {
        var keys = new ulong[Count];
        for (int i = 0; i < Count; i++)
        {
            long granules = RequestKey.Granules(Keys[i]);
            long step = Math.Max(1, (long)(System.Numerics.BitOperations.RoundUpToPowerOf2((ulong)granules + 1) >> 4));
            keys[i] = RequestKey.WithGranules(Keys[i], Math.Min((granules + step - 1) / step * step, int.MaxValue));
        }

        return new PassRecord(keys, Ends, Uses, Optional);
    }

    /// <summary>Most granules live at one moment, times 64.</summary>
    internal long LowerBoundBytes()
    {
        var delta = new long[Count + 1];
        for (int i = 0; i < Count; i++)
        {
            delta[i] += RequestKey.Granules(Keys[i]);
            delta[Ends[i]] -= RequestKey.Granules(Keys[i]);
        }

        long live = 0, most = 0;
        foreach (long change in delta)
        {
            live += change;
            most = Math.Max(most, live);
        }

        return most * Granule.Bytes;
    }

    /// <summary>Sum of all granules, times 64.</summary>
    internal long RequestedBytes()
    {
        long granules = 0;
        for (int i = 0; i < Count; i++) granules += RequestKey.Granules(Keys[i]);
        return granules * Granule.Bytes;
    }

    internal bool IsOptional(int request) => Optional is { } optional && optional[request];

    private static int FirstAfter(int[] births, int time, int from)
    {
        int at = Array.BinarySearch(births, from, births.Length - from, time);
        return at < 0 ? ~at : at + 1;
    }
}
