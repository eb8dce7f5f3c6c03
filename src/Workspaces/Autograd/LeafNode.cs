using Workspaces.Memory.Passes;
using Workspaces.Memory.Persistent;
using Workspaces.Tensors;
using Workspaces.Tensors.Compute;

namespace Workspaces.Autograd;

/// <summary>The gradient of a leaf. It lives where the leaf lives; that of a parameter lies in the gradient slab at the parameter's offset.</summary>
internal sealed class LeafNode(TensorHeader leaf, bool inSlab) : TapeNode
{
    /// <summary>The op name of gradients of leaves, by which they are known.</summary>
    internal static readonly string GradientOp = new("Gradient".AsSpan()); // an object of its own: nothing else is named by it

    private static long _leaves;
    private readonly ulong _birth = leaf.Birth;
    private Tensor _gradient;
    private GradientState _before;
    private long _run;

    /// <summary>What a pass that is traced on shapes alone gives back.</summary>
    internal readonly record struct Snapshot(GradientState State, GradientState Before, long Run);

    /// <inheritdoc/>
    public override string OpName => "leaf";

    /// <inheritdoc/>
    public override bool IsLeaf => true;

    /// <summary>Unique in the process, from 1 in the order of making.</summary>
    internal long Number { get; } = Interlocked.Increment(ref _leaves);

    internal GradientState State { get; private set; }

    /// <summary>Who wants to see what a run of <c>Backward</c> brings; null for nobody so far.</summary>
    internal GradientHooks? Hooks { get; set; }

    /// <summary>Name or description, for messages.</summary>
    internal string Describe() => TensorThrow.Describe(leaf);

    /// <summary>The gradient, or null before the first <c>Backward</c>.</summary>
    internal Tensor? Gradient => State == GradientState.None || !_gradient.IsAlive ? null : _gradient;

    /// <summary>False once the leaf has been disposed or its pass has ended.</summary>
    internal bool IsAlive => leaf.Admits(_birth);

    /// <summary>Says that the leaf has been disposed or its pass has ended.</summary>
    internal void ThrowStale(string op) => TensorThrow.Stale(leaf, _birth, op);

    /// <summary>The tensor to write a contribution to.</summary>
    /// <param name="run">The run of <c>Backward</c> that writes.</param>
    /// <param name="accumulate">True to add to what is there, false to overwrite it.</param>
    internal Tensor BeginWrite(long run, out bool accumulate)
    {
        KeepForTrace();
        if (!_gradient.IsAlive)
        {
            Forget();
            _gradient = Allocate();
        }

        accumulate = State == GradientState.Accumulated;
        if (!accumulate)
        {
            Persistent?.CountDeferred(leaf.Bytes);
            (_run, _before) = (run, State);
        }

        State = GradientState.Accumulated;
        return _gradient;
    }

    /// <summary>A tensor of the pass for what one run brings, of undefined content.</summary>
    internal Tensor NewContribution() => TensorFrames.Allocate(TensorFrames.Current, leaf.DType, leaf.Layout.Shape, "Gradient").Keep();

    /// <summary>A run has failed: if it was the first to write, nothing waits for an optimizer, as before it.</summary>
    internal void Undo(long run)
    {
        if (_run != run || State != GradientState.Accumulated) return;
        Settle();
        State = _before;
    }

    /// <summary>An optimizer has applied the gradient.</summary>
    internal void Consume()
    {
        KeepForTrace();
        Settle();
    }

    internal Snapshot Take() => new(State, _before, _run);

    /// <summary>The pass that wrote here was traced on shapes alone: what waits for an optimizer is what waited before it.</summary>
    internal void Restore(Snapshot snapshot)
    {
        if (!_gradient.IsAlive) return;
        bool waits = State == GradientState.Accumulated, waited = snapshot.State == GradientState.Accumulated;
        if (waits != waited) Persistent?.CountDeferred(waited ? leaf.Bytes : -leaf.Bytes);
        (State, _before, _run) = snapshot;
    }

    /// <summary>Nothing waits for an optimizer any more.</summary>
    private void Settle()
    {
        if (State == GradientState.Accumulated) Persistent?.CountDeferred(-leaf.Bytes);
        if (State != GradientState.None) State = GradientState.Consumed;
    }

    /// <summary>Sets the gradient to zero; the next <c>Backward</c> adds to it.</summary>
    internal void Zero()
    {
        if (Gradient is not { } gradient) return;
        Consume();
        Arithmetic.FillInPlace(gradient, 0);
    }

    internal void Release()
    {
        Forget();
        _gradient.Dispose();
    }

    /// <inheritdoc/>
    internal override void OnDispose() => Release();

    private void Forget()
    {
        Settle();
        State = GradientState.None;
    }

    /// <summary>Before the first change by a pass that is traced on shapes alone and that the leaf does not belong to.</summary>
    private void KeepForTrace()
    {
        if (!leaf.Frame.ShapesOnly && Ambient.Current is { ShapesOnly: true } pass) NodePool.OfTrace(pass).Keep(this);
    }

    private PersistentMemory? Persistent => inSlab ? leaf.Frame.Manager.Persistent : null;

    private Tensor Allocate()
    {
        if (!inSlab) return TensorFrames.Allocate(leaf.Storage.Frame, leaf.DType, leaf.Layout.Shape, GradientOp).Keep();
        if (_gradient.HeaderOrNull is { } before && before.Keeps(_gradient.Generation))
        {
            before.Version++; // the tape still reads these bytes, as the values of a gradient that the user has disposed
            before.Writer = GradientOp;
        }

        var header = (TensorHeader)leaf.Frame.Manager.Persistent.AllocateGradient(TensorHeader.Factory, leaf, GradientOp);
        header.Begin(leaf.DType, Layout.Contiguous(leaf.Layout.Shape));
        header.Name = leaf.Name is { } name ? name + ".grad" : null;
        return new Tensor(header, header.Birth);
    }
}
