using Workspaces.Tensors;

namespace Workspaces.Train;

/// <summary>Turns the output of a model and the targets into one number to minimise.</summary>
/// <param name="output">What the model said, e.g. logits [n, classes].</param>
/// <param name="target">What was right, e.g. labels [n].</param>
/// <returns>A scalar.</returns>
public delegate Tensor LossFunction(Tensor output, Tensor target);
