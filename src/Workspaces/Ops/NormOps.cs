using Workspaces.Autograd;
using Workspaces.Kernels.Elementwise;
using Workspaces.Kernels.Reductions;
using Workspaces.Tensors;
using Workspaces.Tensors.Compute;

namespace Workspaces.Ops;

/// <summary>Lengths of vectors.</summary>
public static class NormOps
{
    extension(Tensor x)
    {
        /// <summary>The p-norm over axes, (Σ |x|ᵖ)^(1/p); for p = ∞ the largest magnitude, whose gradient is shared evenly by elements that have it.</summary>
        /// <param name="p">Above 0; 1, 2 and ∞ are fastest.</param>
        /// <param name="axes">The axes; none means all.</param>
        /// <param name="keepDims">True to keep reduced axes with size 1.</param>
        /// <returns>A new tensor; 0 where there is nothing.</returns>
        /// <exception cref="ShapeException">An axis does not exist or is named twice.</exception>
        /// <exception cref="ArgumentException">Not a float type, or p is not above 0.</exception>
        public Tensor Norm(double p = 2, ReadOnlySpan<int> axes = default, bool keepDims = false)
        {
            Axes reduced = ReductionOps.Mask(x, axes, nameof(Norm));
            if (!(p > 0)) OpThrow.Parameter(nameof(p), nameof(Norm), x, p, "norms have p above 0", "give such a number, or double.PositiveInfinity");
            Tensor y = p switch
            {
                1 => StatisticsOps.Reduce<NormReduction<AbsoluteSum>>(nameof(Norm), x, reduced, keepDims),
                2 => StatisticsOps.Reduce<NormReduction<EuclideanLength>>(nameof(Norm), x, reduced, keepDims),
                double.PositiveInfinity => StatisticsOps.Reduce<NormReduction<LargestMagnitude>>(nameof(Norm), x, reduced, keepDims),
                _ => General(x, p, reduced, keepDims),
            };
            if (!Tape.Records(x)) return y;
            Node node = Tape.Record(NormBackward.Instance, y, x).Save(0, x);
            if (p != 1) node.Save(1, y);
            node.Factor = p;
            node.InputShape = x.Shape.Reduce(reduced, keepDims: true);
            return y;
        }
    }

    /// <summary>
    /// m (Σ (|x| / m)^p)^(1/p) with the largest magnitude m. It comes between two halves of the root, which is far above 1 for small p: so nothing leaves the range of
    /// the type before the norm does.
    /// </summary>
    private static Tensor General(Tensor x, double p, Axes axes, bool keepDims)
    {
        using Tensor largest = StatisticsOps.Reduce<NormReduction<LargestMagnitude>>(nameof(Norm), x, axes, keepDims: true);
        Tensor sum;
        using (Tensor shares = Maps.Run(nameof(Norm), new PowerOfShare(p), x, largest)) sum = StatisticsOps.Reduce<SumReduction>(nameof(Norm), shares, axes, keepDims);
        using (sum)
        {
            Tensor root = Arithmetic.WithScalarFloat<PowKernel>(nameof(Norm), sum, 0.5 / p);
            using (root)
            {
                Tensor y = Arithmetic.Copy(root, nameof(Norm));
                Arithmetic.InPlace<MultiplyKernel>(nameof(Norm), y, TensorFrames.View(largest, Layout.Contiguous(y.Shape), nameof(Norm)));
                Arithmetic.InPlace<MultiplyKernel>(nameof(Norm), y, root);
                return y;
            }
        }
    }

    private sealed class NormBackward : Differential
    {
        internal static readonly NormBackward Instance = new();

        internal override string Name => nameof(Norm);

        internal override void Backward(in BackwardContext context)
        {
            Tensor x = context.Saved(0), dense = KeptAxes.Dense(context.Gradient, Name), dY = KeptAxes.View(dense, context.Node, Name);
            using Tensor made = Arithmetic.Made(dense, context.Gradient);
            double p = context.Node.Factor;
            if (p == 1)
            {
                context.SendOwned(0, Arithmetic.BinaryFloat<AbsGradientKernel>(Name, x, dY));
                return;
            }

            Tensor y = KeptAxes.View(context.Saved(1), context.Node, Name);
            context.SendOwned(0, p switch
            {
                2 => Maps.Run(Name, default(EuclideanGradient), x, y, dY),
                double.PositiveInfinity => Largest(x, y, dY),
                _ => Maps.Run(Name, new PowerGradient(p), x, y, dY),
            });
        }

        private Tensor Largest(Tensor x, Tensor y, Tensor dY)
        {
            Tensor dX = Maps.Run(Name, default(SignedHits), x, y), count;
            using (Tensor hits = Arithmetic.Unary<AbsKernel>(Name, dX)) count = Counted(hits, y.Shape);
            using (count)
            {
                using Tensor share = Arithmetic.BinaryFloat<DivideKernel>(Name, dY, count);
                Arithmetic.InPlace<MultiplyKernel>(Name, dX, share);
            }

            return dX;
        }

        /// <summary>The sum over what was reduced; at least 1, so that nothing is divided by 0 where all elements are 0.</summary>
        private Tensor Counted(Tensor hits, in Shape kept)
        {
            Tensor count = Arithmetic.SumTo(hits, kept);
            using Tensor made = Arithmetic.Made(count, hits);
            return Arithmetic.WithScalar<MaximumKernel>(Name, count, 1);
        }
    }
}
