using System.Diagnostics.CodeAnalysis;
using Workspaces.Memory;
using Workspaces.Memory.Passes;
using Workspaces.Tensors;

namespace Workspaces.Autograd;

/// <summary>
/// A learned tensor: persistent whatever is ambient when it is made, with a gradient and a name. Parameters of one manager lie one after the other
/// in a slab, and their gradients at the same offsets of another.
/// </summary>
public sealed class Parameter : IDisposable
{
    private TensorHeader _header;
    private LeafNode _leaf;

    /// <summary>Makes a parameter of zeros.</summary>
    /// <param name="shape">Its shape.</param>
    /// <param name="dtype">float32 or float64.</param>
    /// <param name="name">Its name, e.g. <c>weight</c>; modules put their own names in front.</param>
    /// <param name="manager">Owner of the memory; null for the ambient pass's manager, or the process-wide one.</param>
    /// <exception cref="ArgumentException">Not a float type.</exception>
    /// <exception cref="OutOfWorkspaceException">Memory is refused.</exception>
    public Parameter(Shape shape, DType dtype = DType.F32, string name = "parameter", WorkspaceManager? manager = null)
    {
        if (!dtype.IsFloatingPoint)
            throw new ArgumentException(WorkspaceException.Compose(
                $"make a parameter of {dtype.Name}", name, "only float32 and float64 have gradients", "use DType.F32 or DType.F64"), nameof(dtype));
        Manager = manager ?? Ambient.Current?.Manager ?? WorkspaceManager.Default;
        Adopt(Allocate(Manager, dtype, shape));
        Name = name;
    }

    /// <summary>The name, e.g. <c>layers.0.weight</c> inside a model.</summary>
    public string Name
    {
        get;
        internal set
        {
            ArgumentException.ThrowIfNullOrEmpty(value);
            field = value;
            if (Value.IsAlive) _header.Name = value;
        }
    }

    /// <summary>The persistent tensor; ops on it are recorded.</summary>
    public Tensor Value { get; private set; }

    /// <summary>Owner of the memory.</summary>
    public WorkspaceManager Manager { get; private set; }

    /// <summary>The gradient, or null before the first <c>Backward</c> and after <see cref="ZeroGrad"/> without one.</summary>
    public Tensor? Grad => _leaf.Gradient;

    /// <summary>Whether the gradient waits for an optimizer.</summary>
    public GradientState GradState => _leaf.State;

    /// <summary>Number of elements.</summary>
    public long Length => Value.Length;

    /// <summary>Distance in bytes from the start of the parameter slab; the gradient has the same in its own.</summary>
    internal long SlabOffset => Manager.Persistent.OffsetOf(_header);

    /// <summary>Bytes taken in the slab, in whole granules.</summary>
    internal long SlabBytes => Granule.RoundUp(_header.Bytes);

    /// <summary>Sets the gradient to zero; the next <c>Backward</c> adds to it. Not needed between steps: a gradient that was applied is overwritten.</summary>
    public void ZeroGrad() => _leaf.Zero();

    /// <summary>Shows what every run of <c>Backward</c> brings before it is added to <see cref="Grad"/>; it goes along when the parameter moves.</summary>
    /// <param name="observe">Called once a run; see <see cref="GradientHook"/>.</param>
    /// <returns>Ends it.</returns>
    public GradientHook OnGradient(Action<Tensor> observe) => Value.OnGradient(observe);

    /// <summary>Replaces what every run of <c>Backward</c> brings before it is added to <see cref="Grad"/>; it goes along when the parameter moves.</summary>
    /// <param name="replace">Called once a run; see <see cref="GradientHook"/>.</param>
    /// <returns>Ends it.</returns>
    public GradientHook OnGradient(Func<Tensor, Tensor> replace) => Value.OnGradient(replace);

    /// <summary>Frees value and gradient.</summary>
    public void Dispose()
    {
        Value.Dispose();
    }

    /// <inheritdoc/>
    public override string ToString() => Value.IsAlive ? $"{Name} {Value.DType.Name}{Value.Shape}" : $"{Name} (disposed)";

    /// <summary>The gradient, for who has found one; a handle that its next check refuses when that was disposed meanwhile.</summary>
    internal Tensor GradientOrStale(string by)
    {
        if (Grad is { } gradient) return gradient;
        Value.Checked(by);
        return default;
    }

    /// <summary>An optimizer has applied the gradient.</summary>
    internal void ConsumeGradient() => _leaf.Consume();

    /// <summary>How often the value has moved to another manager; what remembers its place compares it.</summary>
    internal int Moves { get; private set; }

    /// <summary>Throws when the value cannot move: stale, held by the tape, or with a gradient that waits for an optimizer.</summary>
    internal void CheckMovable()
    {
        TensorHeader header = Value.Checked("move");
        if (header.Holds > 1)
            throw new InvalidOperationException(WorkspaceException.Compose(
                "move a parameter to another manager", Name, "the tape of a recorded op still holds it", "move it after Backward, or after the pass that recorded the op"));
        if (GradState == GradientState.Accumulated)
            throw new InvalidOperationException(WorkspaceException.Compose(
                "move a parameter to another manager", Name, "its gradient waits for an optimizer", "call Step() or ZeroGrad() first"));
    }

    /// <summary>The value once more, in the persistent memory of another manager; this one stays as it is.</summary>
    internal Tensor CopyTo(WorkspaceManager manager)
    {
        Tensor copy = Allocate(manager, Value.DType, Value.Shape);
        try
        {
            Value.CopyTo(copy);
            return copy;
        }
        catch
        {
            copy.Dispose();
            throw;
        }
    }

    /// <summary>Goes on with a copy of the value; the old one and its gradient are released.</summary>
    internal void MoveTo(WorkspaceManager manager, Tensor copy)
    {
        Value.Dispose();
        Manager = manager;
        Moves++;
        Adopt(copy);
    }

    private static Tensor Allocate(WorkspaceManager manager, DType dtype, Shape shape) =>
        TensorFrames.Allocate(manager.Persistent.Parameters, dtype, shape, nameof(Parameter), zeroed: true);

    [MemberNotNull(nameof(_header), nameof(_leaf))]
    private void Adopt(Tensor value)
    {
        Value = value;
        _header = value.Checked("make a parameter");
        _header.Name = Name;
        _header.Node = _leaf = new LeafNode(_header, inSlab: true) { Hooks = _leaf?.Hooks };
    }
}
