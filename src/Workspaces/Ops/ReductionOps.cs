using Workspaces.Tensors;
using Workspaces.Tensors.Compute;

namespace Workspaces.Ops;

/// <summary>Reductions over axes; without axes over all. Negative axes count from the end. Sums of integers and bool are int64.</summary>
public static class ReductionOps
{
    extension(Tensor x)
    {
        /// <summary>Sum over axes.</summary>
        /// <param name="axes">The axes; none means all.</param>
        /// <param name="keepDims">True to keep reduced axes with size 1.</param>
        /// <returns>A new tensor; 0 where nothing is summed.</returns>
        /// <exception cref="ShapeException">An axis does not exist or is named twice.</exception>
        public Tensor Sum(ReadOnlySpan<int> axes, bool keepDims = false) => Sums.Run<SumReduction>(x, Mask(x, axes, nameof(Sum)), keepDims, isMean: false);

        /// <summary>Sum of all elements.</summary>
        /// <returns>A scalar.</returns>
        public Tensor Sum() => Sums.Run<SumReduction>(x, Axes.All(RankOf(x, nameof(Sum))), keepDims: false, isMean: false);

        /// <summary>Mean over axes; integers are converted to float32 first.</summary>
        /// <param name="axes">The axes; none means all.</param>
        /// <param name="keepDims">True to keep reduced axes with size 1.</param>
        /// <returns>A new float tensor; NaN where there is nothing.</returns>
        /// <exception cref="ShapeException">An axis does not exist or is named twice.</exception>
        public Tensor Mean(ReadOnlySpan<int> axes, bool keepDims = false) => Mean(x, Mask(x, axes, nameof(Mean)), keepDims);

        /// <summary>Mean of all elements.</summary>
        /// <returns>A scalar; NaN for an empty tensor.</returns>
        public Tensor Mean() => Mean(x, Axes.All(RankOf(x, nameof(Mean))), keepDims: false);

        /// <summary>Largest element over axes; NaN wins. Elements that share the maximum share its gradient evenly.</summary>
        /// <param name="axes">The axes; none means all.</param>
        /// <param name="keepDims">True to keep reduced axes with size 1.</param>
        /// <returns>A new tensor.</returns>
        /// <exception cref="ArgumentException">Nothing to choose from.</exception>
        public Tensor Max(ReadOnlySpan<int> axes = default, bool keepDims = false) => Extremes.Run(x, Mask(x, axes, nameof(Max)), keepDims, largest: true);

        /// <summary>Smallest element over axes; NaN wins. Elements that share the minimum share its gradient evenly.</summary>
        /// <param name="axes">The axes; none means all.</param>
        /// <param name="keepDims">True to keep reduced axes with size 1.</param>
        /// <returns>A new tensor.</returns>
        /// <exception cref="ArgumentException">Nothing to choose from.</exception>
        public Tensor Min(ReadOnlySpan<int> axes = default, bool keepDims = false) => Extremes.Run(x, Mask(x, axes, nameof(Min)), keepDims, largest: false);

        /// <summary>Index of the largest element along an axis, the first of equals; a NaN counts as largest.</summary>
        /// <param name="axis">The axis.</param>
        /// <param name="keepDims">True to keep the axis with size 1.</param>
        /// <returns>A new int64 tensor.</returns>
        /// <exception cref="ShapeException">The axis does not exist.</exception>
        public Tensor ArgMax(int axis = -1, bool keepDims = false) => Extremes.Position(nameof(ArgMax), x, axis, keepDims, largest: true);

        /// <summary>Index of the smallest element along an axis, the first of equals; a NaN counts as smallest.</summary>
        /// <param name="axis">The axis.</param>
        /// <param name="keepDims">True to keep the axis with size 1.</param>
        /// <returns>A new int64 tensor.</returns>
        /// <exception cref="ShapeException">The axis does not exist.</exception>
        public Tensor ArgMin(int axis = -1, bool keepDims = false) => Extremes.Position(nameof(ArgMin), x, axis, keepDims, largest: false);
    }

    private static Tensor Mean(Tensor x, Axes axes, bool keepDims)
    {
        Tensor numbers = x.DType.IsFloatingPoint ? x : x.To(DType.F32);
        using Tensor made = Arithmetic.Made(numbers, x);
        return Sums.Run<MeanReduction>(numbers, axes, keepDims, isMean: true);
    }

    private static int RankOf(Tensor x, string by) => x.Checked(by).Layout.Rank;

    /// <summary>The axes to reduce; none means all.</summary>
    internal static Axes Mask(Tensor x, ReadOnlySpan<int> axes, string by) => axes.IsEmpty ? Axes.All(RankOf(x, by)) : Axes.Of(axes, x.Checked(by).Layout.Shape, by);
}
