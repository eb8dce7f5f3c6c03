using Workspaces.Tensors;

namespace Workspaces.NN;

/// <summary>One line of <see cref="ModuleSummary"/>.</summary>
/// <param name="Name">Path of the layer in the model, e.g. <c>encoder.0</c>.</param>
/// <param name="Kind">Kind and settings, e.g. <c>Linear(784 → 10)</c>.</param>
/// <param name="OutputShape">Shape of its output.</param>
/// <param name="OutputType">Type of its output.</param>
/// <param name="Parameters">Learned elements that no line above counts.</param>
/// <param name="ParameterBytes">Their bytes.</param>
/// <param name="ActivationBytes">
/// Bytes that its forward computation adds to what is kept at the end of the model's: its output and what its backward half needs, as far as they are not
/// released or kept already by a layer before it.
/// </param>
public sealed record LayerSummary(string Name, string Kind, Shape OutputShape, DType OutputType, long Parameters, long ParameterBytes, long ActivationBytes);
