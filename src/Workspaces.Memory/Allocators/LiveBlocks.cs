namespace Workspaces.Memory.Allocators;

/// <summary>
/// What a wrapper has handed out and not taken back, with something known of each block. A second free of the same memory, or one of memory from elsewhere,
/// throws before the upstream can be harmed. Thread-safe; nothing of the upstream is called inside the lock.
/// </summary>
internal sealed class LiveBlocks<T>
{
    private readonly object _gate = new();
    private readonly Dictionary<nint, (long Bytes, int Alignment, T Known)> _live = [];

    internal int Count
    {
        get
        {
            lock (_gate) return _live.Count;
        }
    }

    /// <summary>Notes a block. When there is no room in the table it goes back to the upstream: then nothing was handed out.</summary>
    /// <param name="handedOut">The block as the caller gets it.</param>
    /// <param name="known">What is to be known of it.</param>
    /// <param name="taken">The memory below it, as the upstream handed it out.</param>
    /// <param name="upstream">Where that came from.</param>
    internal void Enter(in Allocation handedOut, T known, in Allocation taken, IAllocator upstream)
    {
        bool isNew;
        try
        {
            lock (_gate) isNew = _live.TryAdd(handedOut.Address, (handedOut.Bytes, handedOut.Alignment, known));
        }
        catch (OutOfMemoryException)
        {
            upstream.Free(in taken);
            throw;
        }

        if (!isNew) AllocatorErrors.ThrowHandedOutTwice(in handedOut, upstream.Name);
    }

    /// <summary>
    /// Takes a block out, before its upstream frees it: while that happens the address may be handed out again, and a second free must already fail.
    /// </summary>
    internal T Leave(in Allocation allocation, string allocator)
    {
        (long Bytes, int Alignment, T Known) found;
        bool isLive;
        lock (_gate)
        {
            isLive = _live.TryGetValue(allocation.Address, out found)
                && (found.Bytes, found.Alignment) == (allocation.Bytes, allocation.Alignment)
                && _live.Remove(allocation.Address);
        }

        if (!isLive) AllocatorErrors.ThrowFreedTwice(in allocation, allocator);
        return found.Known;
    }

    /// <summary>The upstream threw: what it did not take back is still live.</summary>
    internal void Return(in Allocation allocation, T known)
    {
        lock (_gate) _live[allocation.Address] = (allocation.Bytes, allocation.Alignment, known);
    }

    /// <summary>All that is known at one moment, in no order.</summary>
    internal T[] Snapshot()
    {
        lock (_gate)
        {
            var all = new T[_live.Count];
            int at = 0;
            foreach ((long Bytes, int Alignment, T Known) block in _live.Values) all[at++] = block.Known;
            return all;
        }
    }
}
