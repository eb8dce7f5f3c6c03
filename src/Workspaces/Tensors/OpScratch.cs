using System.Runtime.CompilerServices;
using Workspaces.Memory.Passes;
using Workspaces.Memory.Scratch;
using Workspaces.Memory.Tracking;

namespace Workspaces.Tensors;

/// <summary>
/// Memory that one kernel needs while it runs, content undefined. In a pass it is a block like any other, so that the plan lays it over what is dead at
/// that moment; where no plan is, it comes from the manager's scratch stacks. Empty in a pass that is traced on shapes alone. Dispose it before the op completes.
/// </summary>
internal readonly ref struct OpScratch<T>
    where T : unmanaged
{
    private readonly FlowThread _me;
    private readonly BlockHeader? _block;
    private readonly ScratchLease _lease;
    private readonly bool _leased;

    internal OpScratch(FlowThread me, Frame frame, string op, int length, int ownOps)
    {
        _me = me;
        if (length == 0) return; // most kernels of small products need none
        long bytes = (long)length * Unsafe.SizeOf<T>();
        if (frame.HasArena)
        {
            _block = frame.Allocate(me, TensorHeader.Factory, new BlockRequest(bytes, Tag: PassTrace.ScratchTag, Op: op), ownOps);
            if (!frame.ShapesOnly) Span = TensorMemory.Span<T>(_block, length);
            return;
        }

        if (frame.ShapesOnly)
        {
            frame.RecordScratch(ScratchLease.BytesOf<T>(length), op);
            return;
        }

        _lease = frame.Manager.Scratch.Rent();
        _leased = true;
        Span = _lease.Take<T>(length);
        frame.RecordScratch(_lease.TakenBytes, op);
    }

    /// <summary>The elements.</summary>
    internal Span<T> Span { get; }

    public void Dispose()
    {
        if (_block is { } block)
        {
            block.Frame.Use(_me, block, block.Birth);
            block.Frame.Release(_me, block, block.Birth);
        }

        if (_leased) _lease.Dispose();
    }
}
