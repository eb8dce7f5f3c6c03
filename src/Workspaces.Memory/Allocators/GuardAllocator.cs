using System.Runtime.InteropServices;

namespace Workspaces.Memory.Allocators;

/// <summary>
/// Finds writes outside a block and after its free. Guard bytes lie directly before and behind each block; freed blocks are poisoned and kept in quarantine
/// for a while, and checked when they leave it.
/// <code>
///   upstream's block:  | padding | guard 0xFB … | the caller's bytes | guard 0xFB … |
///                                               ^ aligned as asked   ^ the next byte is guarded already
/// </code>
/// </summary>
/// <remarks>
/// For finding faults: it needs twice the guard (or the alignment) more bytes a block, writes all guards, and reads freed blocks again. New bytes are 0xFF
/// (NaN), freed ones 0xFD. What is found is thrown by the call that found it, after that call has done its work: nothing leaks.
/// </remarks>
public sealed unsafe class GuardAllocator : WrapperAllocator
{
    private const byte GuardByte = 0xFB, FreshByte = 0xFF, DeadByte = 0xFD;
    private readonly LiveBlocks<Guarded> _live = new();
    private readonly object _gate = new();
    private readonly Queue<Guarded> _quarantine = new();
    private long _quarantined;

    /// <summary>Guards an upstream.</summary>
    /// <param name="upstream">Serves the requests, enlarged by the guards.</param>
    /// <param name="guardBytes">Guard on each side, from 1 to 65536 bytes.</param>
    /// <param name="quarantineBytes">Most freed bytes kept for a while; 0 for none, and then writes after a free are not seen.</param>
    /// <param name="leaveOpen">False to dispose the upstream with this wrapper.</param>
    /// <exception cref="ArgumentOutOfRangeException">A guard or quarantine out of range.</exception>
    public GuardAllocator(IAllocator upstream, int guardBytes = 64, long quarantineBytes = 1 << 20, bool leaveOpen = true)
        : base(upstream, "Guard", leaveOpen)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(guardBytes, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(guardBytes, 1 << 16);
        ArgumentOutOfRangeException.ThrowIfNegative(quarantineBytes);
        GuardBytes = guardBytes;
        QuarantineBytes = quarantineBytes;
    }

    /// <summary>Guard on each side of a block, in bytes.</summary>
    public int GuardBytes { get; }

    /// <summary>Most freed bytes kept for a while.</summary>
    public long QuarantineBytes { get; }

    /// <summary>Checks every live block and everything in quarantine now. Blocks must not be allocated or freed meanwhile by other threads.</summary>
    /// <exception cref="WorkspaceException">A guard or a freed block was written to; names the first one found.</exception>
    public void Check()
    {
        foreach (Guarded block in _live.Snapshot()) ThrowIfDamaged(in block, dead: false);
        Guarded[] dead;
        lock (_gate) dead = [.. _quarantine];
        foreach (Guarded block in dead) ThrowIfDamaged(in block, dead: true);
    }

    /// <inheritdoc/>
    protected override Allocation Take(long bytes, int alignment, bool zeroed)
    {
        long before = (GuardBytes + (alignment - 1L)) & -alignment; // a multiple of the alignment, so that the block is aligned when the whole is
        if (bytes > long.MaxValue - before - GuardBytes)
            AllocatorErrors.ThrowTooLarge(bytes, alignment, Name, long.MaxValue - before - GuardBytes, "check the shape for an overflow");
        Allocation whole;
        try
        {
            whole = Upstream.Allocate(before + bytes + GuardBytes, alignment, zeroed);
        }
        catch (AllocationException refused)
        {
            throw AllocatorErrors.RefusedBelow(bytes, alignment, Name, refused);
        }

        var block = new Allocation(whole.Address + (nint)before, bytes, alignment, zeroed, this, whole.State);
        _live.Enter(in block, new Guarded(block, whole), in whole, Upstream);
        if (!zeroed) Fill(block.Address, bytes, FreshByte);
        Fill(block.Address - GuardBytes, GuardBytes, GuardByte);
        Fill(block.Address + (nint)bytes, GuardBytes, GuardByte);
        return block;
    }

    /// <inheritdoc/>
    protected override void GiveBack(in Allocation allocation)
    {
        Guarded block = _live.Leave(in allocation, Name);
        (long at, string? what) = Overrun(in block);
        if (what is not null || !TryQuarantine(in block)) Upstream.Free(block.Whole);
        if (what is not null) AllocatorErrors.ThrowDamaged(block.Block, Name, at, what);
        while (TryLeaveQuarantine(QuarantineBytes, out Guarded old)) Release(in old);
    }

    /// <summary>Frees what is in quarantine, and throws when one of those blocks was written to.</summary>
    protected override void OnDispose()
    {
        var failures = default(Failures);
        while (TryLeaveQuarantine(0, out Guarded old))
        {
            try
            {
                Release(in old);
            }
            catch (Exception failure)
            {
                failures.Add(failure);
            }
        }

        failures.ThrowIfAny();
    }

    private bool TryQuarantine(in Guarded block)
    {
        if (block.Block.Bytes > QuarantineBytes || QuarantineBytes == 0) return false;
        Fill(block.Block.Address, block.Block.Bytes, DeadByte);
        lock (_gate)
        {
            if (IsDisposed) return false; // nobody would look at it again
            _quarantine.Enqueue(block);
            _quarantined += Weight(in block);
            return true;
        }
    }

    private bool TryLeaveQuarantine(long above, out Guarded block)
    {
        lock (_gate)
        {
            block = default;
            if (_quarantined <= above || !_quarantine.TryDequeue(out block)) return false;
            _quarantined -= Weight(in block);
            return true;
        }
    }

    /// <summary>Empty blocks count too: the quarantine must have an end.</summary>
    private static long Weight(in Guarded block) => Math.Max(1, block.Block.Bytes);

    /// <summary>Frees for good; throws after that when the block was written to meanwhile.</summary>
    private void Release(in Guarded dead)
    {
        (long at, string? what) = LateWrite(in dead);
        Upstream.Free(dead.Whole);
        if (what is not null) AllocatorErrors.ThrowDamaged(dead.Block, Name, at, what);
    }

    private (long At, string? What) LateWrite(in Guarded dead)
    {
        long at = FirstOther(dead.Block.Address, dead.Block.Bytes, DeadByte);
        return at >= 0 ? (at, "it was written to after it was freed") : Overrun(in dead);
    }

    private (long At, string? What) Overrun(in Guarded block)
    {
        long before = FirstOther(block.Block.Address - GuardBytes, GuardBytes, GuardByte);
        if (before >= 0) return (before - GuardBytes, "there was a write before its first byte");
        long behind = FirstOther(block.Block.Address + (nint)block.Block.Bytes, GuardBytes, GuardByte);
        return behind >= 0 ? (block.Block.Bytes + behind, "there was a write behind its last byte") : (0, null);
    }

    private void ThrowIfDamaged(in Guarded block, bool dead)
    {
        (long at, string? what) = dead ? LateWrite(in block) : Overrun(in block);
        if (what is not null) AllocatorErrors.ThrowDamaged(block.Block, Name, at, what);
    }

    private static void Fill(nint address, long bytes, byte value) => NativeMemory.Fill((void*)address, (nuint)bytes, value);

    /// <summary>Index of the first byte that is another, or -1.</summary>
    private static long FirstOther(nint address, long bytes, byte value)
    {
        for (long at = 0; at < bytes;)
        {
            int length = (int)Math.Min(bytes - at, 1 << 30);
            int found = new ReadOnlySpan<byte>((byte*)address + at, length).IndexOfAnyExcept(value);
            if (found >= 0) return at + found;
            at += length;
        }

        return -1;
    }

    private readonly record struct Guarded(Allocation Block, Allocation Whole);
}
