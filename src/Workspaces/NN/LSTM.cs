using Workspaces.Memory;
using Workspaces.Ops;
using Workspaces.Tensors;

namespace Workspaces.NN;

/// <summary>
/// Long short-term memory (Hochreiter and Schmidhuber 1997; Gers and others 2000), gates in PyTorch's order: input, forget, candidate, output.
/// c = f c + i g; h = o tanh(c).
/// </summary>
public sealed class LSTM : Recurrent
{
    /// <summary>Makes the layer. By default all parameters are uniform in ±1/√hiddenSize, as in PyTorch.</summary>
    /// <param name="inputSize">Features of a step of the input, at least 1.</param>
    /// <param name="hiddenSize">Width of the state, at least 1.</param>
    /// <param name="options">Layers, directions, order of axes and more; null for the defaults.</param>
    /// <param name="manager">Owner of the memory; null for the ambient pass's manager, or the process-wide one.</param>
    /// <exception cref="ArgumentException">A number out of range, or not a float type.</exception>
    /// <exception cref="OutOfWorkspaceException">Memory is refused.</exception>
    public LSTM(long inputSize, long hiddenSize, RecurrentOptions? options = null, WorkspaceManager? manager = null)
        : base(nameof(LSTM), RecurrentCellKind.Lstm, 4, inputSize, hiddenSize, options, manager)
    {
    }

    /// <summary>Runs over the steps from given states, and returns the last ones; gradients flow through all of them.</summary>
    /// <param name="input">[batch, step, features], or [step, batch, features]; at least one step.</param>
    /// <param name="state">Initial state, [layers · directions, batch, hidden]; null for 0.</param>
    /// <param name="cell">Initial cell state of the same shape; null for 0. Give both or none.</param>
    /// <returns>The states at all steps, the last one, and the last cell state.</returns>
    /// <exception cref="ShapeException">A shape does not fit.</exception>
    /// <exception cref="ArgumentException">Only one of the two states is given.</exception>
    public RecurrentOutput Forward(Tensor input, Tensor? state, Tensor? cell)
    {
        if (state is null != cell is null)
            throw new ArgumentException(WorkspaceException.Compose(
                $"begin with a {(state is null ? "cell state" : "state")} alone", nameof(LSTM), "a state and a cell state belong together", "give both, or none"));
        return Run(input, state, cell);
    }
}
