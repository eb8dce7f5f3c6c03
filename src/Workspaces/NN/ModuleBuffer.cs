using Workspaces.Memory;
using Workspaces.Memory.Passes;
using Workspaces.NN.Init;
using Workspaces.Tensors;
using Workspaces.Tensors.Compute;

namespace Workspaces.NN;

/// <summary>
/// A tensor that a module keeps from pass to pass without learning it, such as running statistics: persistent, named and saved like a parameter, but
/// without a gradient and unknown to optimizers.
/// </summary>
public sealed class ModuleBuffer : IDisposable
{
    private readonly double _initial;

    /// <summary>Makes a buffer.</summary>
    /// <param name="shape">Its shape.</param>
    /// <param name="dtype">Type of its elements.</param>
    /// <param name="initial">Value of every element at the beginning; 0 for types that are not floats.</param>
    /// <param name="name">Its name, e.g. <c>running_mean</c>; modules put their own names in front.</param>
    /// <param name="manager">Owner of the memory; null for the ambient pass's manager, or the process-wide one.</param>
    /// <exception cref="OutOfWorkspaceException">Memory is refused.</exception>
    /// <exception cref="ArgumentException">An initial value that the type cannot hold.</exception>
    public ModuleBuffer(Shape shape, DType dtype = DType.F32, double initial = 0, string name = "buffer", WorkspaceManager? manager = null)
    {
        if (!dtype.IsFloatingPoint && initial != 0)
            throw new ArgumentException(WorkspaceException.Compose(
                $"begin with {initial}", name, $"the elements are {dtype.Name}, which begin with 0", "use a float type, or 0"), nameof(initial));
        Manager = manager ?? Ambient.Current?.Manager ?? WorkspaceManager.Default;
        _initial = initial;
        Value = TensorFrames.Allocate(Manager.Persistent.State, dtype, shape, nameof(ModuleBuffer), zeroed: true);
        Name = name;
        Reset();
    }

    /// <summary>The name, e.g. <c>1.running_mean</c> inside a model.</summary>
    public string Name
    {
        get;
        internal set
        {
            ArgumentException.ThrowIfNullOrEmpty(value);
            field = value;
            if (Value.IsAlive) Value.Checked("name").Name = value;
        }
    }

    /// <summary>The persistent tensor.</summary>
    public Tensor Value { get; }

    /// <summary>Owner of the memory.</summary>
    public WorkspaceManager Manager { get; }

    /// <summary>Sets every element to its value at the beginning.</summary>
    public void Reset()
    {
        if (Value.DType.IsFloatingPoint) new Constant(_initial).Initialize(Value, seed: 0);
        else Arithmetic.FillInPlace(Value, 0);
    }

    /// <summary>Frees the memory. A second call does nothing.</summary>
    public void Dispose() => Value.Dispose();

    /// <inheritdoc/>
    public override string ToString() => Value.IsAlive ? $"{Name} {Value.DType.Name}{Value.Shape}" : $"{Name} (disposed)";
}
