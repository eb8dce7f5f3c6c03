using Workspaces.Tensors;

namespace Workspaces.Ops;

/// <summary>The activation mish (Misra 2019).</summary>
public static class MishOps
{
    extension(Tensor x)
    {
        /// <summary>x tanh(softplus(x)).</summary>
        /// <returns>A new tensor.</returns>
        /// <exception cref="ArgumentException">Not a float type.</exception>
        public Tensor Mish() => Maps.Differentiable<Kernels.Elementwise.Mish>(nameof(Mish), x);
    }
}
