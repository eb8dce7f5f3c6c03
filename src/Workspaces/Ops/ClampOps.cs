using Workspaces.Kernels.Elementwise;
using Workspaces.Tensors;
using Workspaces.Tensors.Compute;

namespace Workspaces.Ops;

/// <summary>Elements brought between bounds.</summary>
public static class ClampOps
{
    extension(Tensor x)
    {
        /// <summary>Elements below the smallest value become it, those above the largest become that; NaN stays. If the bounds cross, the largest wins.</summary>
        /// <param name="min">The smallest value, or null for none.</param>
        /// <param name="max">The largest value, or null for none.</param>
        /// <returns>A new tensor. The gradient passes where an element is between the bounds or equal to one, and is 0 elsewhere.</returns>
        /// <exception cref="ArgumentException">No bound, a bound that is NaN or does not fit integers, or bool elements.</exception>
        public Tensor Clamp(double? min = null, double? max = null)
        {
            DType dtype = x.Checked(nameof(Clamp)).DType;
            if (min is null && max is null) OpThrow.NoBounds(nameof(Clamp), x);
            if (min is double.NaN) OpThrow.Parameter(nameof(min), nameof(Clamp), x, double.NaN, "no element is above or below NaN", "give a number or leave it out");
            if (max is double.NaN) OpThrow.Parameter(nameof(max), nameof(Clamp), x, double.NaN, "no element is above or below NaN", "give a number or leave it out");
            if (dtype.IsFloatingPoint)
                return Maps.Differentiable<Clamp>(nameof(Clamp), x, min ?? double.NegativeInfinity, max ?? double.PositiveInfinity);
            if (min is not { } low) return Arithmetic.WithScalar<MinimumKernel>(nameof(Clamp), x, max!.Value);
            Tensor raised = Arithmetic.WithScalar<MaximumKernel>(nameof(Clamp), x, low);
            if (max is not { } high) return raised;
            using (raised) return Arithmetic.WithScalar<MinimumKernel>(nameof(Clamp), raised, high);
        }
    }
}
