using Workspaces.Autograd;
using Workspaces.Tensors;
using Workspaces.Tensors.Compute;

namespace Workspaces.Ops;

/// <summary>Ops that write the larger of each result and 0 in one go keep that result: where it is 0, no gradient flows.</summary>
internal static class RectifiedResults
{
    /// <summary>
    /// The gradient of what was rectified; that of the result itself is released, and so is the result. Where the op kept none, the gradient of the result as it is.
    /// </summary>
    /// <param name="context">The op's step backward.</param>
    /// <param name="name">The op.</param>
    /// <param name="slot">Where the result is kept.</param>
    /// <param name="dY">The gradient.</param>
    /// <returns>What is to be disposed after use: the gradient when it was made here, or a default tensor.</returns>
    internal static Tensor Upstream(in BackwardContext context, string name, int slot, out Tensor dY)
    {
        dY = context.Gradient;
        if (!context.HasSaved(slot)) return default;
        dY = Arithmetic.BinaryFloat<ReluGradientKernel>(name, context.Saved(slot), dY);
        context.ReleaseSaved(slot);
        context.ReleaseGradient();
        return dY;
    }
}
