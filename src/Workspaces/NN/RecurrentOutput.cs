using Workspaces.Tensors;

namespace Workspaces.NN;

/// <summary>What a recurrent layer computes when its last state is asked for. All belong to the caller; <paramref name="Output"/> may be a view.</summary>
/// <param name="Output">States of the last layer at all steps, directions side by side.</param>
/// <param name="State">Last states, [layers · directions, samples, hidden].</param>
/// <param name="Cell">Last cell states of an LSTM, of the same shape; null for others.</param>
public readonly record struct RecurrentOutput(Tensor Output, Tensor State, Tensor? Cell);
