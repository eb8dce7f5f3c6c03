using Workspaces.Kernels.Random;
using Workspaces.Tensors;

namespace Workspaces.Ops;

/// <summary>What an attention is told besides its operands.</summary>
/// <param name="IsCausal">True to let query i see keys 0 to i only.</param>
/// <param name="KeyPadding">bool [batch, keys], true for keys to leave out; or null.</param>
/// <param name="Scale">What scores are multiplied by; null for 1/√d.</param>
/// <param name="Mask">bool, true for what is seen, or floats to add, broadcast over [batch, head, query, key]; or null.</param>
/// <param name="Dropout">Which probabilities are dropped.</param>
internal readonly record struct AttentionCall(bool IsCausal, Tensor? KeyPadding, double? Scale, Tensor? Mask, DropoutDraw Dropout);
