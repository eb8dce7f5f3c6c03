using Workspaces.NN;
using Workspaces.Tensors;

namespace Workspaces.Seams.Incremental;

/// <summary>A layer for which positions are independent.</summary>
internal sealed class PointwiseStep(Module module) : SequenceStep
{
    /// <summary>Whether each position of the output depends on the same one of the input only.</summary>
    internal static bool Fits(Module module) => module
        is Embedding or Linear or LayerNorm or RMSNorm or Dropout
        or ReLU or ReLU6 or LeakyReLU or ELU or GELU or SiLU or Mish or Sigmoid or Tanh or HardTanh or Softplus;

    internal override Tensor Run(Tensor input, int position) => module.Forward(input);

    public override void Dispose()
    {
        // It keeps nothing.
    }
}
