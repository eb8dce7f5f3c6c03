using System.Runtime.CompilerServices;
using Workspaces.Kernels.Team;
using Workspaces.Memory;
using Workspaces.Memory.Passes;

namespace Workspaces.Tensors;

/// <summary>
/// What every op passes through, in this order: register with the frames whose memory it touches, check the operands, allocate outputs, run,
/// <see cref="Complete"/> (check again, count uses), deregister.
/// <para>
/// The second check makes every race with a release loud, and keeps the headers reachable while native memory is in use. An op that does not complete
/// releases its outputs, so an exception leaves nothing behind.
/// </para>
/// </summary>
internal ref struct OpScope
{
    private const int MaxTensors = 9;
    private const int MaxFrames = 19;
    private readonly string _op;
    private readonly FlowThread _me;
    private readonly Frame _frame;
    private readonly Frame _pass; // who counts the op for the managers of persistent operands
    private readonly int _operands;
    private bool _computes;
    private TensorSlots _tensors;
    private FrameSlots _frames;
    private int _tensorCount;
    private int _frameCount;
    private bool _completed;

    /// <summary>Begins an op on at most 5 operands; outputs go to the ambient pass.</summary>
    internal OpScope(string op, params ReadOnlySpan<Tensor> operands)
        : this(op, FlowThread.Current, null, operands)
    {
    }

    /// <summary>Begins an op whose outputs go to the given frame.</summary>
    internal OpScope(string op, Frame frame, params ReadOnlySpan<Tensor> operands)
        : this(op, FlowThread.Current, frame, operands)
    {
    }

    private OpScope(string op, FlowThread me, Frame? given, scoped ReadOnlySpan<Tensor> operands)
    {
        Frame frame = given ?? TensorFrames.CurrentOf(me);
        _op = op;
        _me = me;
        _frame = frame;
        _operands = operands.Length;
        _computes = !frame.ShapesOnly;
        _pass = given is { IsPersistent: true } ? Ambient.InnermostOpenOf(me) ?? frame : frame;
        Register(frame);
        if (given is not null) Register(_pass);
        if (given is null or { IsPersistent: true } && _pass is { CountsOps: true, IsOpen: false }) RefuseEnded(); // who ended it may not have seen this op
        foreach (ref readonly Tensor operand in operands)
        {
            RegisterFramesOf(operand);
            if (!operand.IsAlive) CheckOrDeregister(operand);
            if (operand.HeaderOrNull!.Storage.Frame.ShapesOnly) _computes = false;
            _tensors[_tensorCount++] = operand;
        }
    }

    /// <summary>The frame that outputs go to.</summary>
    internal readonly Frame Frame => _frame;

    /// <summary>
    /// False when an operand or the pass of the outputs is traced on shapes alone: then the op checks, allocates and counts uses as always, but runs no
    /// kernel and touches no bytes.
    /// </summary>
    internal readonly bool Computes => _computes;

    /// <summary>A new output; undefined content unless zeroed.</summary>
    internal Tensor Allocate(DType dtype, in Shape shape, bool zeroed = false)
    {
        if (!_computes && !_frame.ShapesOnly) TensorThrow.LeavesTrace(_op, _frame);
        Tensor output = TensorFrames.Allocate(_me, _frame, dtype, shape, _op, zeroed, OwnOps, index: _tensorCount - _operands);
        _tensors[_tensorCount++] = output;
        return output;
    }

    /// <summary>The elements of an operand from the first one over the whole extent of its layout.</summary>
    internal readonly ReadOnlySpan<T> ReadSpan<T>(Tensor tensor)
        where T : unmanaged => TensorMemory.Span<T>(tensor.Checked(_op));

    /// <summary>The elements of an output, or of an operand that <see cref="BeginWrite"/> was called for.</summary>
    internal readonly Span<T> WriteSpan<T>(Tensor tensor)
        where T : unmanaged => TensorMemory.Span<T>(tensor.Checked(_op));

    /// <summary>Checks that an operand may be written in place and raises its version.</summary>
    /// <param name="tensor">The operand.</param>
    /// <param name="mayBeLeaf">True for writes that are not part of a computation: loading data, optimizer steps.</param>
    internal readonly void BeginWrite(Tensor tensor, bool mayBeLeaf = false)
    {
        TensorHeader header = tensor.Checked(_op);
        if (header.Layout.IsBroadcast)
            TensorThrow.InPlaceRefused(
                header, _op, "it is a broadcast view, whose elements share memory",
                "write to the tensor it was broadcast from, or copy it with Contiguous() first");
        if (!mayBeLeaf && header.Storage.Node is { IsLeaf: true })
            TensorThrow.InPlaceRefused(header, _op, "it is a leaf that requires a gradient", "compute a new tensor, or write inside Gradients.Off()");
        if (!_computes && !header.Storage.Frame.ShapesOnly) return; // what lives outside the traced pass stays as it is
        header.Storage.Version++;
        header.Storage.Writer = _op;
    }

    /// <summary>As <see cref="BeginWrite"/>, for data from outside: refused on the result of a recorded op, whose gradient would go on to what was overwritten.</summary>
    internal readonly void BeginLoad(Tensor tensor)
    {
        TensorHeader header = tensor.Checked(_op);
        if (header.Node is { IsLeaf: false } && header.Storage.Node is { IsLeaf: false })
            TensorThrow.InPlaceRefused(header, _op, "it is the result of a recorded op, whose gradient would be lost", "write to its Detach()ed view, or to a new tensor");
        BeginWrite(tensor, mayBeLeaf: true);
    }

    /// <summary>Scratch for the kernel; dispose it before the op completes.</summary>
    internal readonly OpScratch<T> Scratch<T>(int length)
        where T : unmanaged => new(_me, _frame, _op, length, OwnOps);

    /// <summary>Says how many multiply-adds the kernel makes. They are counted where the pass is traced on shapes alone, and cost nothing elsewhere.</summary>
    internal readonly void CountWork(long multiplyAdds)
    {
        if (!_computes) Log?.Count(multiplyAdds);
    }

    /// <summary>The kernel has run: checks operands and outputs once more and counts their uses.</summary>
    internal void Complete()
    {
        for (int i = 0; i < _tensorCount; i++) _tensors[i].Checked(_op);
        if (ValueChecks.Of(_frame) is not 0 and int checks && _computes) CheckValues(checks);
        _completed = true;
        if (!_computes && Log is { } log) CountBytes(log);
        for (int i = 0; i < _tensorCount; i++)
        {
            TensorHeader header = _tensors[i].HeaderOrNull!, storage = header.Storage;
            if (!storage.Frame.IsPersistent) storage.Frame.Use(_me, storage, header.Root is null ? _tensors[i].Generation : header.RootBirth);
        }
    }

    /// <summary>As <see cref="Complete"/>, for ops that hand values to the host: what was read once stays readable to its release.</summary>
    internal void CompleteRead()
    {
        for (int i = 0; i < _operands; i++) _tensors[i].Keep();
        Complete();
    }

    public void Dispose()
    {
        Deregister();
        if (_completed) return;
        for (int i = _operands; i < _tensorCount; i++) _tensors[i].Dispose();
    }

    /// <summary>What the op reads and writes, each tensor once; of a broadcast one what there is in memory.</summary>
    private void CountBytes(WorkLog log)
    {
        long bytes = 0;
        for (int i = 0; i < _tensorCount; i++)
        {
            TensorHeader header = _tensors[i].HeaderOrNull!;
            bytes += Math.Min(header.Layout.Length * _tensors[i].DType.SizeInBytes, header.Storage.Bytes);
        }

        log.End(_op, bytes);
    }

    private readonly WorkLog? Log => (_frame.Manager.Attachment as ComputeResources)?.Log;

    /// <summary>This op, where ops are counted.</summary>
    private readonly int OwnOps => _frame.CountsOps ? 1 : 0;

    /// <summary>Outputs, and operands that were written in place.</summary>
    private void CheckValues(int checks)
    {
        ReadOnlySpan<Tensor> tensors = _tensors;
        for (int i = 0; i < _tensorCount; i++)
        {
            if (i < _operands && !ReferenceEquals(tensors[i].HeaderOrNull!.Storage.Writer, _op)) continue;
            long first = ValueChecks.First(tensors[i], checks);
            if (first >= 0) throw AnomalyException.InOutput(_op, tensors[i], first, tensors[.._operands], checks);
        }
    }

    /// <summary>Refuses a stale operand, unless its workspace lets it through; nothing stays registered then.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private void CheckOrDeregister(Tensor operand)
    {
        try
        {
            operand.Checked(_op);
        }
        catch
        {
            Deregister();
            throw;
        }
    }

    private void RegisterFramesOf(Tensor operand)
    {
        if (operand.HeaderOrNull is not { } header) return;
        Register(header.Frame);
        if (header.Root is { } root) Register(root.Frame);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void RefuseEnded()
    {
        Deregister();
        Throw.Straggler(_pass);
    }

    private void Register(Frame frame)
    {
        if (!frame.CountsOps)
        {
            if (frame.IsPersistent) _pass.NoteHost(frame.Manager);
            return;
        }

        for (int i = 0; i < _frameCount; i++)
        {
            if (ReferenceEquals(_frames[i], frame)) return;
        }

        _frames[_frameCount++] = frame;
        frame.BeginOp(_me);
    }

    private void Deregister()
    {
        for (int i = 0; i < _frameCount; i++) _frames[i].EndOp();
        _frameCount = 0;
    }

    [InlineArray(MaxTensors)]
    private struct TensorSlots
    {
        private Tensor _first;
    }

    [InlineArray(MaxFrames)]
    private struct FrameSlots
    {
        private Frame _first;
    }
}
