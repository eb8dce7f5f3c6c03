using Workspaces.Memory;
using Workspaces.Ops;
using Workspaces.Tensors;

namespace Workspaces.NN;

/// <summary>The plain recurrence (Elman 1990): h = tanh(W x + b + U h + c), or with max(·, 0) in place of tanh.</summary>
public sealed class RNN : Recurrent
{
    /// <summary>Makes the layer. By default all parameters are uniform in ±1/√hiddenSize, as in PyTorch.</summary>
    /// <param name="inputSize">Features of a step of the input, at least 1.</param>
    /// <param name="hiddenSize">Width of the state, at least 1.</param>
    /// <param name="relu">True for max(·, 0), false for tanh.</param>
    /// <param name="options">Layers, directions, order of axes and more; null for the defaults.</param>
    /// <param name="manager">Owner of the memory; null for the ambient pass's manager, or the process-wide one.</param>
    /// <exception cref="ArgumentException">A number out of range, or not a float type.</exception>
    /// <exception cref="OutOfWorkspaceException">Memory is refused.</exception>
    public RNN(long inputSize, long hiddenSize, bool relu = false, RecurrentOptions? options = null, WorkspaceManager? manager = null)
        : base(nameof(RNN), relu ? RecurrentCellKind.Relu : RecurrentCellKind.Tanh, 1, inputSize, hiddenSize, options, manager)
    {
    }

    /// <summary>Runs over the steps from a given state, and returns the last one.</summary>
    /// <param name="input">[batch, step, features], or [step, batch, features]; at least one step.</param>
    /// <param name="state">Initial state, [layers · directions, batch, hidden]; null for 0.</param>
    /// <returns>The states at all steps, and the last one.</returns>
    /// <exception cref="ShapeException">A shape does not fit.</exception>
    public RecurrentOutput Forward(Tensor input, Tensor? state) => Run(input, state, null);
}
