using Workspaces.Tensors;
using Workspaces.Tensors.Compute;

namespace Workspaces.Ops;

/// <summary>Elementwise comparisons, broadcast; results are bool tensors. NaN equals nothing.</summary>
public static class ComparisonOps
{
    extension(Tensor a)
    {
        /// <summary>a = b, element by element. (<c>==</c> compares handles.)</summary>
        /// <param name="b">The other operand.</param>
        /// <returns>A bool tensor of the broadcast shape.</returns>
        /// <exception cref="ShapeException">The shapes do not broadcast.</exception>
        public Tensor Equal(Tensor b) => Comparison.Run<EqualKernel>(nameof(Equal), a, b);

        /// <summary>a ≠ b.</summary>
        /// <param name="b">The other operand.</param>
        /// <returns>A bool tensor of the broadcast shape.</returns>
        /// <exception cref="ShapeException">The shapes do not broadcast.</exception>
        public Tensor NotEqual(Tensor b) => Comparison.Run<NotEqualKernel>(nameof(NotEqual), a, b);

        /// <summary>a &lt; b.</summary>
        /// <param name="b">The other operand.</param>
        /// <returns>A bool tensor of the broadcast shape.</returns>
        /// <exception cref="ShapeException">The shapes do not broadcast.</exception>
        public Tensor Less(Tensor b) => Comparison.Run<LessKernel>(nameof(Less), a, b);

        /// <summary>a ≤ b.</summary>
        /// <param name="b">The other operand.</param>
        /// <returns>A bool tensor of the broadcast shape.</returns>
        /// <exception cref="ShapeException">The shapes do not broadcast.</exception>
        public Tensor LessOrEqual(Tensor b) => Comparison.Run<LessOrEqualKernel>(nameof(LessOrEqual), a, b);

        /// <summary>a &gt; b.</summary>
        /// <param name="b">The other operand.</param>
        /// <returns>A bool tensor of the broadcast shape.</returns>
        /// <exception cref="ShapeException">The shapes do not broadcast.</exception>
        public Tensor Greater(Tensor b) => Comparison.Run<GreaterKernel>(nameof(Greater), a, b);

        /// <summary>a ≥ b.</summary>
        /// <param name="b">The other operand.</param>
        /// <returns>A bool tensor of the broadcast shape.</returns>
        /// <exception cref="ShapeException">The shapes do not broadcast.</exception>
        public Tensor GreaterOrEqual(Tensor b) => Comparison.Run<GreaterOrEqualKernel>(nameof(GreaterOrEqual), a, b);
    }
}
