using Workspaces.Tensors;
using Workspaces.Tensors.Compute;

namespace Workspaces.Ops;

/// <summary>The logarithm of the logistic function.</summary>
public static class LogSigmoidOps
{
    /// <summary>Softplus is linear beyond; e⁻⁴⁰ is below the rounding of float64.</summary>
    private const double Linear = 40;

    extension(Tensor x)
    {
        /// <summary>log σ(x) = -softplus(-x), which is finite wherever x is.</summary>
        /// <returns>A new tensor.</returns>
        /// <exception cref="ArgumentException">Not a float type.</exception>
        public Tensor LogSigmoid()
        {
            Dispatch.RequireFloat(x, nameof(LogSigmoid));
            using Tensor opposite = x.Negate(), soft = opposite.Softplus(1, Linear);
            return soft.Negate();
        }
    }
}
