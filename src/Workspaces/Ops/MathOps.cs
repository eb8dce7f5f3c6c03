using Workspaces.Kernels.Elementwise;
using Workspaces.Tensors;

namespace Workspaces.Ops;

/// <summary>More functions of each element, for float32 and float64. What each kernel computes, and its derivative, stand together in Kernels/Elementwise.</summary>
public static class MathOps
{
    extension(Tensor x)
    {
        /// <summary>log(1 + x), exact near 0.</summary>
        /// <returns>A new tensor.</returns>
        /// <exception cref="ArgumentException">Not a float type.</exception>
        public Tensor Log1p() => Maps.Differentiable<Log1p>(nameof(Log1p), x);

        /// <summary>eˣ - 1, exact near 0.</summary>
        /// <returns>A new tensor.</returns>
        /// <exception cref="ArgumentException">Not a float type.</exception>
        public Tensor Expm1() => Maps.Differentiable<Expm1>(nameof(Expm1), x);

        /// <summary>Logarithm to base 2; -∞ at 0, NaN below.</summary>
        /// <returns>A new tensor.</returns>
        /// <exception cref="ArgumentException">Not a float type.</exception>
        public Tensor Log2() => Maps.Differentiable<Log2>(nameof(Log2), x);

        /// <summary>Logarithm to base 10; -∞ at 0, NaN below.</summary>
        /// <returns>A new tensor.</returns>
        /// <exception cref="ArgumentException">Not a float type.</exception>
        public Tensor Log10() => Maps.Differentiable<Log10>(nameof(Log10), x);

        /// <summary>2ˣ.</summary>
        /// <returns>A new tensor.</returns>
        /// <exception cref="ArgumentException">Not a float type.</exception>
        public Tensor Exp2() => Maps.Differentiable<Exp2>(nameof(Exp2), x);

        /// <summary>1 / √x; ∞ at 0, NaN below.</summary>
        /// <returns>A new tensor.</returns>
        /// <exception cref="ArgumentException">Not a float type.</exception>
        public Tensor Rsqrt() => Maps.Differentiable<Rsqrt>(nameof(Rsqrt), x);

        /// <summary>The error function, 2/√π ∫₀ˣ e^(-t²) dt.</summary>
        /// <returns>A new tensor.</returns>
        /// <exception cref="ArgumentException">Not a float type.</exception>
        public Tensor Erf() => Maps.Differentiable<Erf>(nameof(Erf), x);

        /// <summary>Tangent of radians.</summary>
        /// <returns>A new tensor.</returns>
        /// <exception cref="ArgumentException">Not a float type.</exception>
        public Tensor Tan() => Maps.Differentiable<Tan>(nameof(Tan), x);

        /// <summary>Angle whose sine is x; NaN outside -1 to 1.</summary>
        /// <returns>A new tensor.</returns>
        /// <exception cref="ArgumentException">Not a float type.</exception>
        public Tensor Asin() => Maps.Differentiable<Asin>(nameof(Asin), x);

        /// <summary>Angle whose cosine is x; NaN outside -1 to 1.</summary>
        /// <returns>A new tensor.</returns>
        /// <exception cref="ArgumentException">Not a float type.</exception>
        public Tensor Acos() => Maps.Differentiable<Acos>(nameof(Acos), x);

        /// <summary>Angle whose tangent is x.</summary>
        /// <returns>A new tensor.</returns>
        /// <exception cref="ArgumentException">Not a float type.</exception>
        public Tensor Atan() => Maps.Differentiable<Atan>(nameof(Atan), x);

        /// <summary>Hyperbolic sine.</summary>
        /// <returns>A new tensor.</returns>
        /// <exception cref="ArgumentException">Not a float type.</exception>
        public Tensor Sinh() => Maps.Differentiable<Sinh>(nameof(Sinh), x);

        /// <summary>Hyperbolic cosine.</summary>
        /// <returns>A new tensor.</returns>
        /// <exception cref="ArgumentException">Not a float type.</exception>
        public Tensor Cosh() => Maps.Differentiable<Cosh>(nameof(Cosh), x);

        /// <summary>The largest integer not above x. It is flat, so no gradient flows through it.</summary>
        /// <returns>A new tensor.</returns>
        /// <exception cref="ArgumentException">Not a float type.</exception>
        public Tensor Floor() => Maps.Value<Floor>(nameof(Floor), x);

        /// <summary>The smallest integer not below x. It is flat, so no gradient flows through it.</summary>
        /// <returns>A new tensor.</returns>
        /// <exception cref="ArgumentException">Not a float type.</exception>
        public Tensor Ceiling() => Maps.Value<Ceiling>(nameof(Ceiling), x);

        /// <summary>The nearest integer, the even one of two. It is flat, so no gradient flows through it.</summary>
        /// <returns>A new tensor.</returns>
        /// <exception cref="ArgumentException">Not a float type.</exception>
        public Tensor Round() => Maps.Value<Round>(nameof(Round), x);

        /// <summary>The integer part. It is flat, so no gradient flows through it.</summary>
        /// <returns>A new tensor.</returns>
        /// <exception cref="ArgumentException">Not a float type.</exception>
        public Tensor Truncate() => Maps.Value<Truncate>(nameof(Truncate), x);
    }
}
