using System.Runtime.CompilerServices;

namespace Workspaces.Memory.Passes;

/// <summary>
/// The way that nearly every request of a planned pass goes: the thread that owns the pass asks for what the plan expects next, and nothing of it can fail.
/// Whatever is out of the ordinary is left, unchanged, to the general way.
/// </summary>
internal sealed partial class Frame
{
    // The gate's owner is the thread that opened the pass: any other that had done anything here would have ended the ownership.

    /// <summary>The arena of the pass while it runs on a plan.</summary>
    private ArenaSource? _planned;

    /// <summary>
    /// The first request of a pass, by the thread that opened it while no op but its own is open: takes an arena and chooses the plan. False when there is
    /// none, or the request is to go the general way for another reason; the arena stays with the frame then.
    /// </summary>
    private bool TryBeginPlanned(FlowThread me, in BlockRequest request, int ownOps)
    {
        using (_gate.Enter(me))
        {
            if (!HasArena || ShapesOnly || !IsOpen || !ReferenceEquals(_owner, me) || Volatile.Read(ref OpenOps) != ownOps) return false;
            _source ??= Lease(request, ownOps);
            return _planned is not null;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private BlockHeader? TryAllocatePlanned(FlowThread me, HeaderFactory factory, long bytes, uint tag, string? op, int ownOps)
    {
        if (_planned is not { } source || !_gate.TryEnterAsOwner(me)) return null;
        BlockHeader? header = null;
        if (Volatile.Read(ref OpenOps) == ownOps && _trace.HasRoom && _headers.Peek(factory) is { } next && source.TryTake(next, bytes, tag))
        {
            _headers.TakePeeked();
            next.Chunk = -1;
            int slot = _trace.Append(bytes, tag);
            Born(next, ++_births, bytes, slot);
            _trace.Name(slot, (uint)(_births - Floor));
            if (!(ReferenceEquals(next.Op, op) && _trace.IsLabelled(slot, op))) Label(next, op); // a store of a reference is dearer than a comparison
            header = next;
        }

        Gate<BlockGate>.ExitAsOwner(me);
        return header;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private bool TryReleasePlanned(FlowThread me, BlockHeader header, ulong generation)
    {
        if (_planned is not { } source || !_gate.TryEnterAsOwner(me)) return false;
        bool simple = header.Admits(generation) && header.Holds == 1 && header.PlanSlot != 0 && !header.Exposed && _headers.HasRoom;
        if (simple)
        {
            header.Generation = 0;
            header.Holds = 0;
            _trace.Release(header.Slot);
            source.FreePlanned(header);
            _headers.Return(header);
        }

        Gate<BlockGate>.ExitAsOwner(me);
        return simple;
    }
}
