using Workspaces.Tensors;

namespace Workspaces.Seams;

/// <summary>A model with any number of inputs, for <see cref="WorkspaceModel"/>. It runs on the calling thread and must not wait for other flows.</summary>
/// <param name="inputs">The inputs; they belong to the caller.</param>
/// <returns>The output; it may be an input or a view of one.</returns>
public delegate Tensor ForwardFunction(params ReadOnlySpan<Tensor> inputs);
