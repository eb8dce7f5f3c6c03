using System.Runtime.CompilerServices;

namespace Workspaces.Memory.Tracking;

/// <summary>
/// The recorded requests of one pass in order. Recording costs a few stores an event and stays on; the buffer grows by doubling
/// until it fits the longest pass and is kept.
/// </summary>
public sealed class PassTrace
{
    /// <summary>The tag of kernel scratch, which lives for one event and is not part of a plan.</summary>
    public const uint ScratchTag = 0x7FFF_FFFF;

    private const int MaxEntries = 1 << 20;
    private TraceEntry[] _entries = [];
    private uint[] _births = []; // beside the entries, because they say where a request is from and not what it is
    private int _clock;
    private bool _anyExposed;

    /// <summary>Number of requests recorded.</summary>
    public int Count { get; private set; }

    /// <summary>Number of events (requests, uses, releases) so far.</summary>
    public int Events => _clock;

    /// <summary>Requests that were not recorded because the pass is longer than 2²⁰ requests.</summary>
    public long Dropped { get; private set; }

    /// <summary>True when a block was used after what the plan took for its last use.</summary>
    internal bool WasUsedLate { get; private set; }

    /// <summary>Signature of the pass.</summary>
    public PassSignature Signature { get; private set; }

    /// <summary>The recorded requests in order.</summary>
    public ReadOnlySpan<TraceEntry> Entries => _entries.AsSpan(0, Count);

    /// <summary>Most bytes alive at one moment when each block lives from its birth to its last checked use; sizes in whole granules.</summary>
    /// <returns>The lower bound in bytes of any plan for this pass.</returns>
    public long LowerBoundBytes()
    {
        if (Count == 0) return 0;
        var delta = new long[_clock + 2];
        foreach (ref readonly TraceEntry entry in Entries)
        {
            long bytes = Granule.RoundUp(entry.Bytes);
            delta[entry.Birth] += bytes;
            delta[Math.Clamp(entry.LastUse, entry.Birth, _clock - 1) + 1] -= bytes;
        }

        long live = 0, peak = 0;
        foreach (long change in delta)
        {
            live += change;
            peak = Math.Max(peak, live);
        }

        return peak;
    }

    /// <summary>Sum of the sizes of all requests, as the memory counts them.</summary>
    internal long RequestedBytes()
    {
        long sum = 0;
        foreach (ref readonly TraceEntry entry in Entries) sum += Granule.RoundUp(entry.Bytes);
        return sum;
    }

    internal void Begin(PassSignature signature)
    {
        Count = 0;
        Dropped = 0;
        _clock = 0;
        _anyExposed = false;
        WasUsedLate = false;
        Signature = signature;
    }

    /// <summary>Records a request and returns its number, or -1 when the trace is full.</summary>
    internal int Request(long bytes, uint tag, string? op)
    {
        if (!HasRoom && !Grow()) return -1;
        int slot = Append(bytes, tag);
        _entries[slot].Op = op;
        _births[slot] = 0;
        return slot;
    }

    /// <summary>Records a request that there is room for, and returns its number. What it was for still has to be said.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal int Append(long bytes, uint tag)
    {
        int slot = Count;
        ref TraceEntry entry = ref _entries[slot]; // field by field: no copy, and the name is mostly there already
        entry.Bytes = bytes;
        entry.Birth = entry.LastUse = _clock++;
        entry.Uses = 0; // in the order of the fields, so that neighbours are written together
        entry.HoldEnd = 0;
        entry.Death = -1;
        entry.Marks = TraceMarks.None;
        entry.Tag = tag;
        Count = slot + 1;
        return slot;
    }

    /// <summary>Says what a request was for.</summary>
    internal void Label(int slot, string? op)
    {
        if ((uint)slot < (uint)Count) _entries[slot].Op = op;
    }

    /// <summary>Says which birth of the pass a request was.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal void Name(int slot, uint birthNumber) => _births[slot] = birthNumber;

    /// <summary>What was asked at this birth; null when nothing is known of it.</summary>
    internal (string? Op, long Bytes)? Find(uint birthNumber)
    {
        int slot = _births.AsSpan(0, Count).IndexOf(birthNumber);
        return slot < 0 ? null : (_entries[slot].Op, _entries[slot].Bytes);
    }

    internal bool IsLabelled(int slot, string? op) => ReferenceEquals(_entries[slot].Op, op);

    /// <summary>True while a request needs no memory to be recorded.</summary>
    internal bool HasRoom => Count < _entries.Length;

    internal void Use(int slot)
    {
        if ((uint)slot >= (uint)Count) return;
        ref TraceEntry entry = ref _entries[slot];
        entry.LastUse = _clock++;
        entry.Uses++;
    }

    /// <summary>The tape or another holder keeps the bytes. Counts as a use, so that a block saved after the op that made it is not dead before.</summary>
    internal void Hold(int slot)
    {
        if ((uint)slot >= (uint)Count) return;
        _entries[slot].HoldEnd = TraceEntry.Open;
        _entries[slot].Uses++;
    }

    /// <summary>Only the creator keeps the bytes now.</summary>
    internal void Unhold(int slot)
    {
        if ((uint)slot < (uint)Count) _entries[slot].HoldEnd = _clock++;
    }

    /// <summary>A span of the block left our hands: it counts as used to the end of the pass.</summary>
    internal void Expose(int slot)
    {
        Mark(slot, TraceMarks.Exposed);
        _anyExposed = true;
    }

    /// <summary>No last use is to end the block.</summary>
    internal void Keep(int slot) => Mark(slot, TraceMarks.Kept);

    /// <summary>A block that its last recorded use had ended was used again: the next plan keeps it.</summary>
    internal void UseLate(int slot)
    {
        Mark(slot, TraceMarks.Kept);
        WasUsedLate = true;
    }

    /// <summary>The pass is over: exposed blocks were used until now.</summary>
    internal void End()
    {
        if (!_anyExposed) return;
        foreach (ref TraceEntry entry in _entries.AsSpan(0, Count))
        {
            if ((entry.Marks & TraceMarks.Exposed) != 0) entry.LastUse = Math.Max(_clock - 1, entry.Birth);
        }
    }

    internal void Release(int slot)
    {
        if ((uint)slot < (uint)Count) _entries[slot].Death = _clock++;
    }

    private void Mark(int slot, TraceMarks mark)
    {
        if ((uint)slot < (uint)Count) _entries[slot].Marks |= mark;
    }

    private bool Grow()
    {
        if (_entries.Length >= MaxEntries)
        {
            Dropped++;
            return false;
        }

        Array.Resize(ref _entries, Math.Max(64, _entries.Length * 2));
        Array.Resize(ref _births, _entries.Length);
        return true;
    }
}
