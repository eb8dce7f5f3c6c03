using Workspaces.Tensors;

namespace Workspaces.Train;

/// <summary>What a step does inside its pass, for <see cref="ShapeTrace"/>.</summary>
/// <param name="inputs">Tensors of the types and shapes asked for; without values.</param>
public delegate void TracedStep(ReadOnlySpan<Tensor> inputs);
