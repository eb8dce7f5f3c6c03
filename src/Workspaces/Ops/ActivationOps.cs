using Workspaces.Kernels.Elementwise;
using Workspaces.Tensors;

namespace Workspaces.Ops;

/// <summary>Activation functions of each element, for float32 and float64. Defaults are those of PyTorch.</summary>
public static class ActivationOps
{
    extension(Tensor x)
    {
        /// <summary>x Φ(x), Φ being the distribution function of the normal distribution.</summary>
        /// <param name="approximation">Exact, or by a hyperbolic tangent.</param>
        /// <returns>A new tensor.</returns>
        /// <exception cref="ArgumentException">Not a float type.</exception>
        public Tensor Gelu(GeluApproximation approximation = GeluApproximation.None) => approximation == GeluApproximation.None
            ? Maps.Differentiable<Gelu>(nameof(Gelu), x)
            : Maps.Differentiable<GeluTanh>(nameof(Gelu), x);

        /// <summary>x / (1 + e⁻ˣ), also called swish.</summary>
        /// <returns>A new tensor.</returns>
        /// <exception cref="ArgumentException">Not a float type.</exception>
        public Tensor Silu() => Maps.Differentiable<Silu>(nameof(Silu), x);

        /// <summary>x above 0, alpha (eˣ - 1) below.</summary>
        /// <param name="alpha">0 or more; the limit at -∞ is its negative.</param>
        /// <returns>A new tensor.</returns>
        /// <exception cref="ArgumentException">Not a float type, or alpha is negative.</exception>
        public Tensor Elu(double alpha = 1)
        {
            if (!(alpha >= 0)) OpThrow.Parameter(nameof(alpha), nameof(Elu), x, alpha, "alpha is 0 or more", "give such a number; 1 is usual");
            return Maps.Differentiable<Elu>(nameof(Elu), x, alpha);
        }

        /// <summary>x above 0, slope · x below.</summary>
        /// <param name="slope">0 or more.</param>
        /// <returns>A new tensor.</returns>
        /// <exception cref="ArgumentException">Not a float type, or the slope is negative.</exception>
        public Tensor LeakyRelu(double slope = 0.01)
        {
            if (!(slope >= 0)) OpThrow.Parameter(nameof(slope), nameof(LeakyRelu), x, slope, "the slope is 0 or more", "give such a number; 0.01 is usual");
            return Maps.Differentiable<LeakyRelu>(nameof(LeakyRelu), x, slope);
        }

        /// <summary>log(1 + e^(beta x)) / beta; x itself where beta x is above the threshold.</summary>
        /// <param name="beta">Above 0.</param>
        /// <param name="threshold">From where on the function is taken as x.</param>
        /// <returns>A new tensor.</returns>
        /// <exception cref="ArgumentException">Not a float type, or beta is not above 0.</exception>
        public Tensor Softplus(double beta = 1, double threshold = 20)
        {
            if (!(beta > 0)) OpThrow.Parameter(nameof(beta), nameof(Softplus), x, beta, "beta is above 0", "give such a number; 1 is usual");
            if (double.IsNaN(threshold)) OpThrow.Parameter(nameof(threshold), nameof(Softplus), x, threshold, "it is compared with", "give a number; 20 is usual");
            return Maps.Differentiable<Softplus>(nameof(Softplus), x, beta, threshold);
        }

        /// <summary>x brought between two bounds; at and beyond them the slope is 0.</summary>
        /// <param name="low">The lower bound.</param>
        /// <param name="high">The upper bound, above the lower one.</param>
        /// <returns>A new tensor.</returns>
        /// <exception cref="ArgumentException">Not a float type, or the bounds cross.</exception>
        public Tensor HardTanh(double low = -1, double high = 1)
        {
            if (!(low < high)) OpThrow.Parameter(nameof(low), nameof(HardTanh), x, low, $"it must be below the upper bound {high}", "exchange the bounds");
            return Maps.Differentiable<HardTanh>(nameof(HardTanh), x, low, high);
        }

        /// <summary>x brought between 0 and 6.</summary>
        /// <returns>A new tensor.</returns>
        /// <exception cref="ArgumentException">Not a float type.</exception>
        public Tensor Relu6() => Maps.Differentiable<HardTanh>(nameof(Relu6), x, 0, 6);
    }
}
