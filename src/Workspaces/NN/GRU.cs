using Workspaces.Memory;
using Workspaces.Ops;
using Workspaces.Tensors;

namespace Workspaces.NN;

/// <summary>A gated recurrent unit (Cho and others 2014) in PyTorch's form: r, z = σ(…), n = tanh(W x + b + r (U h + c)), h = (1 - z) n + z h.</summary>
public sealed class GRU : Recurrent
{
    /// <summary>Makes the layer. By default all parameters are uniform in ±1/√hiddenSize, as in PyTorch.</summary>
    /// <param name="inputSize">Features of a step of the input, at least 1.</param>
    /// <param name="hiddenSize">Width of the state, at least 1.</param>
    /// <param name="options">Layers, directions, order of axes and more; null for the defaults.</param>
    /// <param name="manager">Owner of the memory; null for the ambient pass's manager, or the process-wide one.</param>
    /// <exception cref="ArgumentException">A number out of range, or not a float type.</exception>
    /// <exception cref="OutOfWorkspaceException">Memory is refused.</exception>
    public GRU(long inputSize, long hiddenSize, RecurrentOptions? options = null, WorkspaceManager? manager = null)
        : base(nameof(GRU), RecurrentCellKind.Gru, 3, inputSize, hiddenSize, options, manager)
    {
    }

    /// <summary>Runs over the steps from a given state, and returns the last one.</summary>
    /// <param name="input">[batch, step, features], or [step, batch, features]; at least one step.</param>
    /// <param name="state">Initial state, [layers · directions, batch, hidden]; null for 0.</param>
    /// <returns>The states at all steps, and the last one.</returns>
    /// <exception cref="ShapeException">A shape does not fit.</exception>
    public RecurrentOutput Forward(Tensor input, Tensor? state) => Run(input, state, null);
}
