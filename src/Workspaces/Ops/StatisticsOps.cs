using System.Numerics;
using Workspaces.Autograd;
using Workspaces.Kernels.Elementwise;
using Workspaces.Kernels.Reductions;
using Workspaces.Tensors;
using Workspaces.Tensors.Compute;

namespace Workspaces.Ops;

/// <summary>More reductions of float tensors over axes; without axes over all. Negative axes count from the end.</summary>
public static class StatisticsOps
{
    extension(Tensor x)
    {
        /// <summary>Variance over axes, stable however far the mean is from 0.</summary>
        /// <param name="axes">The axes; none means all.</param>
        /// <param name="unbiased">True to divide by n - 1, false by n.</param>
        /// <param name="keepDims">True to keep reduced axes with size 1.</param>
        /// <returns>A new tensor; NaN where there are too few elements.</returns>
        /// <exception cref="ShapeException">An axis does not exist or is named twice.</exception>
        /// <exception cref="ArgumentException">Not a float type.</exception>
        public Tensor Var(ReadOnlySpan<int> axes = default, bool unbiased = true, bool keepDims = false) => unbiased
            ? Spread<SpreadReduction<SampleVariance>>(nameof(Var), x, axes, unbiased, keepDims, VarianceBackward.Instance)
            : Spread<SpreadReduction<PopulationVariance>>(nameof(Var), x, axes, unbiased, keepDims, VarianceBackward.Instance);

        /// <summary>Standard deviation over axes, the square root of <see cref="Var"/>. Where it is 0, so is its gradient.</summary>
        /// <param name="axes">The axes; none means all.</param>
        /// <param name="unbiased">True to divide by n - 1, false by n.</param>
        /// <param name="keepDims">True to keep reduced axes with size 1.</param>
        /// <returns>A new tensor; NaN where there are too few elements.</returns>
        /// <exception cref="ShapeException">An axis does not exist or is named twice.</exception>
        /// <exception cref="ArgumentException">Not a float type.</exception>
        public Tensor Std(ReadOnlySpan<int> axes = default, bool unbiased = true, bool keepDims = false) => unbiased
            ? Spread<SpreadReduction<SampleDeviation>>(nameof(Std), x, axes, unbiased, keepDims, DeviationBackward.Instance)
            : Spread<SpreadReduction<PopulationDeviation>>(nameof(Std), x, axes, unbiased, keepDims, DeviationBackward.Instance);

        /// <summary>log Σ eˣ over axes, without overflow.</summary>
        /// <param name="axes">The axes; none means all.</param>
        /// <param name="keepDims">True to keep reduced axes with size 1.</param>
        /// <returns>A new tensor; -∞ where there is nothing.</returns>
        /// <exception cref="ShapeException">An axis does not exist or is named twice.</exception>
        /// <exception cref="ArgumentException">Not a float type.</exception>
        public Tensor LogSumExp(ReadOnlySpan<int> axes = default, bool keepDims = false)
        {
            Axes reduced = ReductionOps.Mask(x, axes, nameof(LogSumExp));
            Tensor y = Reduce<LogSumExpReduction>(nameof(LogSumExp), x, reduced, keepDims);
            if (Tape.Records(x)) Tape.Record(LogSumExpBackward.Instance, y, x).Save(0, x).Save(1, y).InputShape = x.Shape.Reduce(reduced, keepDims: true);
            return y;
        }

        /// <summary>Product over axes; integers in int64. Gradients are exact at zeros too.</summary>
        /// <param name="axes">The axes; none means all.</param>
        /// <param name="keepDims">True to keep reduced axes with size 1.</param>
        /// <returns>A new tensor; 1 where nothing is multiplied.</returns>
        /// <exception cref="ShapeException">An axis does not exist or is named twice.</exception>
        public Tensor Prod(ReadOnlySpan<int> axes = default, bool keepDims = false)
        {
            Axes reduced = ReductionOps.Mask(x, axes, nameof(Prod));
            if (!x.DType.IsFloatingPoint) return Truths.Product(x, reduced, keepDims);
            Tensor y = Reduce<ProductReduction>(nameof(Prod), x, reduced, keepDims);
            if (Tape.Records(x)) Tape.Record(ProductBackward.Instance, y, x).Save(0, x).InputShape = x.Shape.Reduce(reduced, keepDims: true);
            return y;
        }

        /// <summary>Where any element over the axes is true or not 0.</summary>
        /// <param name="axes">The axes; none means all.</param>
        /// <param name="keepDims">True to keep reduced axes with size 1.</param>
        /// <returns>A bool tensor; false where there is nothing.</returns>
        /// <exception cref="ShapeException">An axis does not exist or is named twice.</exception>
        public Tensor Any(ReadOnlySpan<int> axes = default, bool keepDims = false) =>
            Truths.Run(nameof(Any), x, ReductionOps.Mask(x, axes, nameof(Any)), keepDims, all: false);

        /// <summary>Where all elements over the axes are true or not 0.</summary>
        /// <param name="axes">The axes; none means all.</param>
        /// <param name="keepDims">True to keep reduced axes with size 1.</param>
        /// <returns>A bool tensor; true where there is nothing.</returns>
        /// <exception cref="ShapeException">An axis does not exist or is named twice.</exception>
        public Tensor All(ReadOnlySpan<int> axes = default, bool keepDims = false) =>
            Truths.Run(nameof(All), x, ReductionOps.Mask(x, axes, nameof(All)), keepDims, all: true);
    }

    /// <summary>A reduction of a float tensor, not recorded.</summary>
    internal static Tensor Reduce<TReduction>(string name, Tensor x, Axes axes, bool keepDims)
        where TReduction : IFloatReduction
    {
        using var op = new OpScope(name, x);
        Dispatch.RequireFloat(x, name);
        Tensor y = op.Allocate(x.DType, x.Shape.Reduce(axes, keepDims));
        ReductionCall.Run<TReduction>(in op, x, axes, y);
        op.Complete();
        return y;
    }

    private static Tensor Spread<TReduction>(string name, Tensor x, ReadOnlySpan<int> axes, bool unbiased, bool keepDims, Differential differential)
        where TReduction : IFloatReduction
    {
        Axes reduced = ReductionOps.Mask(x, axes, name);
        Tensor y = Reduce<TReduction>(name, x, reduced, keepDims);
        if (!Tape.Records(x)) return y;
        Node node = Tape.Record(differential, y, x).Save(0, x);
        if (ReferenceEquals(differential, DeviationBackward.Instance)) node.Save(1, y);
        Shape kept = x.Shape.Reduce(reduced, keepDims: true);
        node.InputShape = kept;
        node.Number = x.Length / Math.Max(1, kept.Length);
        node.Factor = 1.0 / (node.Number - (unbiased ? 1 : 0));
        return y;
    }

    private readonly struct SpreadReduction<TForm> : IFloatReduction
        where TForm : ISpreadForm
    {
        public static void Run<T>(ReadOnlySpan<T> x, ReadOnlySpan<long> strides, ReadOnlySpan<long> shape, uint axes, Span<T> destination)
            where T : unmanaged, IFloatingPointIeee754<T>, IMinMaxValue<T> => Reduction.Reduce<T, Moments, T, Spread<T, TForm>>(x, strides, shape, axes, destination);
    }

    private readonly struct LogSumExpReduction : IFloatReduction
    {
        public static void Run<T>(ReadOnlySpan<T> x, ReadOnlySpan<long> strides, ReadOnlySpan<long> shape, uint axes, Span<T> destination)
            where T : unmanaged, IFloatingPointIeee754<T>, IMinMaxValue<T> => Reduction.Reduce<T, ExponentialSum, T, LogSumExp<T>>(x, strides, shape, axes, destination);
    }

    private readonly struct ProductReduction : IFloatReduction
    {
        public static void Run<T>(ReadOnlySpan<T> x, ReadOnlySpan<long> strides, ReadOnlySpan<long> shape, uint axes, Span<T> destination)
            where T : unmanaged, IFloatingPointIeee754<T>, IMinMaxValue<T> => Reduction.Reduce<T, double, T, Product<T>>(x, strides, shape, axes, destination);
    }

    /// <summary>The mean of what becomes one, with kept axes; a new tensor unless nothing is reduced.</summary>
    private static Tensor MeanOf(Tensor x, Node node)
    {
        Tensor mean = Arithmetic.SumTo(x, node.InputShape);
        if (!ReferenceEquals(mean.HeaderOrNull, x.HeaderOrNull)) Arithmetic.InPlaceScalar<MultiplyKernel>(node.OpName, mean, 1.0 / node.Number);
        return mean;
    }

    /// <summary>dx = 2 (x - mean) dy / (n - 1), or over n.</summary>
    private sealed class VarianceBackward : Differential
    {
        internal static readonly VarianceBackward Instance = new();

        internal override string Name => nameof(Var);

        internal override void Backward(in BackwardContext context) => context.SendOwned(0, Run(context));

        private Tensor Run(in BackwardContext context)
        {
            Tensor x = context.Saved(0), mean = MeanOf(x, context.Node), dY = KeptAxes.Dense(context.Gradient, Name);
            using Tensor madeMean = Arithmetic.Made(mean, x), madeDY = Arithmetic.Made(dY, context.Gradient);
            var map = new VarianceGradient(2 * context.Node.Factor);
            return Maps.Run(Name, map, x, mean, KeptAxes.View(dY, context.Node, Name));
        }
    }

    /// <summary>dx = (x - mean) dy / (n - 1) / y, or over n.</summary>
    private sealed class DeviationBackward : Differential
    {
        internal static readonly DeviationBackward Instance = new();

        internal override string Name => nameof(Std);

        internal override void Backward(in BackwardContext context) => context.SendOwned(0, Run(context));

        private Tensor Run(in BackwardContext context)
        {
            Tensor x = context.Saved(0), mean = MeanOf(x, context.Node), dY = KeptAxes.Dense(context.Gradient, Name);
            using Tensor madeMean = Arithmetic.Made(mean, x), madeDY = Arithmetic.Made(dY, context.Gradient);
            Tensor deviation = KeptAxes.View(context.Saved(1), context.Node, Name);
            return Maps.Run(Name, new DeviationGradient(context.Node.Factor), x, mean, KeptAxes.View(dY, context.Node, Name), deviation);
        }
    }

    /// <summary>dx = e^(x - y) dy.</summary>
    private sealed class LogSumExpBackward : Differential
    {
        internal static readonly LogSumExpBackward Instance = new();

        internal override string Name => nameof(LogSumExp);

        internal override void Backward(in BackwardContext context)
        {
            Tensor dY = KeptAxes.Dense(context.Gradient, Name), y = KeptAxes.View(context.Saved(1), context.Node, Name);
            using Tensor made = Arithmetic.Made(dY, context.Gradient);
            context.SendOwned(0, Maps.Run(Name, default(LogSumExpGradient), context.Saved(0), y, KeptAxes.View(dY, context.Node, Name)));
        }
    }

    /// <summary>dx = dy times the product of all others, which is 0 beside a zero.</summary>
    private sealed class ProductBackward : Differential
    {
        internal static readonly ProductBackward Instance = new();

        internal override string Name => nameof(Prod);

        internal override void Backward(in BackwardContext context) => context.SendOwned(0, Run(context));

        private Tensor Run(in BackwardContext context)
        {
            Tensor x = context.Saved(0), dY = KeptAxes.Dense(context.Gradient, Name);
            Axes axes = KeptAxes.Of(x.Shape, context.Node.InputShape);
            using Tensor made = Arithmetic.Made(dY, context.Gradient);
            using Tensor product = Reduce<NonzeroReduction>(Name, x, axes, keepDims: true), zeros = Reduce<NormReduction<Zeros>>(Name, x, axes, keepDims: true);
            return Maps.Run(Name, default(ProductGradient), x, product, zeros, KeptAxes.View(dY, context.Node, Name));
        }
    }

    private readonly struct NonzeroReduction : IFloatReduction
    {
        public static void Run<T>(ReadOnlySpan<T> x, ReadOnlySpan<long> strides, ReadOnlySpan<long> shape, uint axes, Span<T> destination)
            where T : unmanaged, IFloatingPointIeee754<T>, IMinMaxValue<T> => Reduction.Reduce<T, double, T, NonzeroProduct<T>>(x, strides, shape, axes, destination);
    }
}
