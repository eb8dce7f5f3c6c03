using System.Numerics;
using Workspaces.Kernels.Elementwise;
using Workspaces.Tensors;
using Workspaces.Tensors.Compute;

namespace Workspaces.Ops;

/// <summary>Tests of elements and logic of their answers; results are bool tensors without gradients. Numbers count as true where they are not 0.</summary>
public static class LogicOps
{
    extension(Tensor a)
    {
        /// <summary>Where elements are NaN.</summary>
        /// <returns>A bool tensor.</returns>
        public Tensor IsNaN() => Comparison.Test<IsNaNKernel>(nameof(IsNaN), a);

        /// <summary>Where elements are ∞ or -∞.</summary>
        /// <returns>A bool tensor.</returns>
        public Tensor IsInfinity() => Comparison.Test<IsInfinityKernel>(nameof(IsInfinity), a);

        /// <summary>Where elements are neither infinite nor NaN.</summary>
        /// <returns>A bool tensor.</returns>
        public Tensor IsFinite() => Comparison.Test<IsFiniteKernel>(nameof(IsFinite), a);

        /// <summary>Where elements are false or 0.</summary>
        /// <returns>A bool tensor.</returns>
        public Tensor Not() => Comparison.Test<IsZeroKernel>(nameof(Not), a);

        /// <summary>Where both are true.</summary>
        /// <param name="b">The other operand.</param>
        /// <returns>A bool tensor of the broadcast shape.</returns>
        /// <exception cref="ShapeException">The shapes do not broadcast.</exception>
        public Tensor And(Tensor b) => Comparison.Run<AndKernel>(nameof(And), a, b);

        /// <summary>Where one or both are true.</summary>
        /// <param name="b">The other operand.</param>
        /// <returns>A bool tensor of the broadcast shape.</returns>
        /// <exception cref="ShapeException">The shapes do not broadcast.</exception>
        public Tensor Or(Tensor b) => Comparison.Run<OrKernel>(nameof(Or), a, b);

        /// <summary>Where exactly one is true.</summary>
        /// <param name="b">The other operand.</param>
        /// <returns>A bool tensor of the broadcast shape.</returns>
        /// <exception cref="ShapeException">The shapes do not broadcast.</exception>
        public Tensor Xor(Tensor b) => Comparison.Run<XorKernel>(nameof(Xor), a, b);

        /// <summary>a = number.</summary>
        /// <param name="b">The number; integer tensors take numbers that they can hold.</param>
        /// <returns>A bool tensor.</returns>
        public Tensor Equal(double b) => Comparison.WithScalar<EqualKernel>(nameof(Equal), a, b);

        /// <summary>a ≠ number.</summary>
        /// <param name="b">The number; integer tensors take numbers that they can hold.</param>
        /// <returns>A bool tensor.</returns>
        public Tensor NotEqual(double b) => Comparison.WithScalar<NotEqualKernel>(nameof(NotEqual), a, b);

        /// <summary>a &lt; number.</summary>
        /// <param name="b">The number; integer tensors take numbers that they can hold.</param>
        /// <returns>A bool tensor.</returns>
        public Tensor Less(double b) => Comparison.WithScalar<LessKernel>(nameof(Less), a, b);

        /// <summary>a ≤ number.</summary>
        /// <param name="b">The number; integer tensors take numbers that they can hold.</param>
        /// <returns>A bool tensor.</returns>
        public Tensor LessOrEqual(double b) => Comparison.WithScalar<LessOrEqualKernel>(nameof(LessOrEqual), a, b);

        /// <summary>a &gt; number.</summary>
        /// <param name="b">The number; integer tensors take numbers that they can hold.</param>
        /// <returns>A bool tensor.</returns>
        public Tensor Greater(double b) => Comparison.WithScalar<GreaterKernel>(nameof(Greater), a, b);

        /// <summary>a ≥ number.</summary>
        /// <param name="b">The number; integer tensors take numbers that they can hold.</param>
        /// <returns>A bool tensor.</returns>
        public Tensor GreaterOrEqual(double b) => Comparison.WithScalar<GreaterOrEqualKernel>(nameof(GreaterOrEqual), a, b);
    }

    private readonly struct IsNaNKernel : INumberKernel
    {
        public static void Run<T>(scoped in KernelCall call)
            where T : unmanaged, INumber<T> => call.Compare<T, IsNaN<T>>();
    }

    private readonly struct IsInfinityKernel : INumberKernel
    {
        public static void Run<T>(scoped in KernelCall call)
            where T : unmanaged, INumber<T> => call.Compare<T, IsInfinity<T>>();
    }

    private readonly struct IsFiniteKernel : INumberKernel
    {
        public static void Run<T>(scoped in KernelCall call)
            where T : unmanaged, INumber<T> => call.Compare<T, IsFinite<T>>();
    }

    private readonly struct IsZeroKernel : INumberKernel
    {
        public static void Run<T>(scoped in KernelCall call)
            where T : unmanaged, INumber<T> => call.Compare<T, IsZero<T>>();
    }

    private readonly struct AndKernel : INumberKernel
    {
        public static void Run<T>(scoped in KernelCall call)
            where T : unmanaged, INumber<T> => call.Compare<T, LogicalAnd<T>>();
    }

    private readonly struct OrKernel : INumberKernel
    {
        public static void Run<T>(scoped in KernelCall call)
            where T : unmanaged, INumber<T> => call.Compare<T, LogicalOr<T>>();
    }

    private readonly struct XorKernel : INumberKernel
    {
        public static void Run<T>(scoped in KernelCall call)
            where T : unmanaged, INumber<T> => call.Compare<T, LogicalXor<T>>();
    }
}
