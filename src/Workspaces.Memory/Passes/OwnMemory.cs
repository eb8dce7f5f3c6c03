using Workspaces.Memory.Allocators;

namespace Workspaces.Memory.Passes;

/// <summary>
/// Calls the allocators of users for the blocks that own their memory, always outside of gates and locks, because an allocator may do anything: use the
/// pass that it serves, wait for another thread that does, or throw. What dies inside a gate is put down here and freed once the gate is open again.
/// </summary>
/// <param name="fallback">Serves flows without an <see cref="AllocatorScope"/>; null when such flows are not served here.</param>
/// <param name="books">Counts bytes and enforces the cap; null without one.</param>
internal sealed class OwnMemory(IAllocator? fallback, WorkspaceMemory? books)
{
    /// <summary>Requests of one thread inside each other; an allocator that asks for tensors of the pass it serves would go on until the stack ends.</summary>
    private const int MostNested = 16;

    [ThreadStatic]
    private static int _nested;

    private readonly object _sync = new();
    private readonly Stack<OwnedMemory> _dead = new();
    private volatile bool _hasDead;

    /// <summary>True while something waits for <see cref="Drain"/>.</summary>
    internal bool HasDead => _hasDead;

    /// <summary>The allocator for a request of this flow; null when this is not its business.</summary>
    internal IAllocator? Allocator => AllocatorScope.Current ?? fallback;

    /// <summary>Takes memory for one block; null above the cap or when the allocator refuses, and then nothing has changed.</summary>
    /// <param name="allocator">Serves it.</param>
    /// <param name="bytes">Size, above 0.</param>
    /// <param name="counted">Bytes that it counts for: whole granules, 0 for an empty block.</param>
    /// <param name="zeroed">Whether it must be zero.</param>
    /// <param name="refusal">What the allocator said.</param>
    internal OwnedMemory? TryTake(IAllocator allocator, long bytes, long counted, bool zeroed, out AllocationException? refusal)
    {
        refusal = null;
        if (_nested >= MostNested) AllocatorErrors.ThrowTooDeep(bytes, allocator.Name, _nested);
        if (books is not null && !books.TryTakeOwn(counted)) return null;
        books?.CountSystemCall();
        bool served = false;
        _nested++;
        try
        {
            Allocation taken = allocator.Allocate(bytes, Granule.Bytes, zeroed);
            AllocatorErrors.ThrowIfUnusable(in taken, bytes, Granule.Bytes, allocator);
            served = true;
            return new OwnedMemory(taken, allocator, counted);
        }
        catch (AllocationException refused)
        {
            refusal = refused;
            return null;
        }
        finally
        {
            _nested--;
            if (!served) books?.GiveOwn(counted);
        }
    }

    /// <summary>The block is dead; its memory is freed by the next <see cref="Drain"/>. May be called inside a gate.</summary>
    internal void Discard(in OwnedMemory memory)
    {
        lock (_sync)
        {
            _dead.Push(memory);
            _hasDead = true;
        }
    }

    /// <summary>
    /// Frees everything that was put down, outside every gate. An allocator that throws is not asked again for that block, and the others are freed all the
    /// same; then one failure is thrown on as it is, several as an <see cref="AggregateException"/>.
    /// </summary>
    internal void Drain()
    {
        var failures = default(Failures);
        while (_hasDead && TryTakeDead(out OwnedMemory memory))
        {
            try
            {
                memory.Allocator!.Free(memory.Allocation);
            }
            catch (Exception failure)
            {
                failures.Add(failure);
            }
            finally
            {
                books?.GiveOwn(memory.Counted);
            }
        }

        failures.ThrowIfAny();
    }

    private bool TryTakeDead(out OwnedMemory memory)
    {
        lock (_sync)
        {
            bool any = _dead.TryPop(out memory);
            _hasDead = _dead.Count > 0;
            return any;
        }
    }
}
