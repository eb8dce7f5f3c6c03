using Workspaces.Autograd;
using Workspaces.Tensors;
using Workspaces.Tensors.Compute;

namespace Workspaces.Ops;

/// <summary>Brings the gradient of a broadcast result back to an operand: sums over stretched axes, converts to the operand's type.</summary>
internal static class BroadcastGradient
{
    /// <summary>Sends a gradient to an input whose shape and type the edge knows.</summary>
    /// <param name="context">The backward half at work.</param>
    /// <param name="input">Number of the input.</param>
    /// <param name="gradient">Gradient in the shape of the result.</param>
    /// <param name="owned">True when the caller gives the tensor away.</param>
    internal static void Send(in BackwardContext context, int input, Tensor gradient, bool owned)
    {
        Edge edge = context.Node[input];
        if (!edge.WantsGradient) return;
        Tensor sum = Arithmetic.SumTo(gradient, edge.Shape);
        bool summed = sum != gradient;
        if (summed && owned) GradientHold.Drop(gradient);
        if (sum.DType != edge.DType)
        {
            context.SendOwned(input, Cast.Run(sum, edge.DType));
            if (summed || owned) GradientHold.Drop(sum);
        }
        else if (summed || owned)
        {
            context.SendOwned(input, sum);
        }
        else
        {
            context.Send(input, sum);
        }
    }
}
