using Workspaces.Kernels.Elementwise;
using Workspaces.Tensors;

namespace Workspaces.Ops;

/// <summary>
/// Losses of predictions against targets of the same shape and float type; nothing is broadcast. Gradients flow to both. A target that is NaN is an
/// error; so is the mean of an empty batch.
/// </summary>
public static class LossOps
{
    extension(Tensor x)
    {
        /// <summary>(x - target)².</summary>
        /// <param name="target">What was right.</param>
        /// <param name="reduction">Mean over all elements, sum, or one loss an element.</param>
        /// <returns>A scalar, or a tensor of the same shape without reduction.</returns>
        /// <exception cref="ShapeException">The shapes differ.</exception>
        /// <exception cref="ArgumentException">Wrong data types, a NaN target, or the mean of nothing.</exception>
        public Tensor MeanSquaredError(Tensor target, LossReduction reduction = LossReduction.Mean) => PointLosses.Run<SquaredError>(x, target, reduction);

        /// <summary>|x - target|; slope 0 where they are equal.</summary>
        /// <param name="target">What was right.</param>
        /// <param name="reduction">Mean over all elements, sum, or one loss an element.</param>
        /// <returns>A scalar, or a tensor of the same shape without reduction.</returns>
        /// <exception cref="ShapeException">The shapes differ.</exception>
        /// <exception cref="ArgumentException">Wrong data types, a NaN target, or the mean of nothing.</exception>
        public Tensor AbsoluteError(Tensor target, LossReduction reduction = LossReduction.Mean) => PointLosses.Run<AbsoluteError>(x, target, reduction);

        /// <summary>Half the square of differences up to delta, linear beyond, with one slope where they meet.</summary>
        /// <param name="target">What was right.</param>
        /// <param name="delta">Above 0.</param>
        /// <param name="reduction">Mean over all elements, sum, or one loss an element.</param>
        /// <returns>A scalar, or a tensor of the same shape without reduction.</returns>
        /// <exception cref="ShapeException">The shapes differ.</exception>
        /// <exception cref="ArgumentException">Wrong data types, delta not above 0, a NaN target, or the mean of nothing.</exception>
        public Tensor Huber(Tensor target, double delta = 1, LossReduction reduction = LossReduction.Mean)
        {
            if (!(delta > 0)) OpThrow.Parameter(nameof(delta), nameof(Huber), x, delta, "delta is above 0", "give such a number; 1 is usual");
            return PointLosses.Run<HuberError>(x, target, reduction, delta);
        }

        /// <summary>The Huber loss over beta: |x - target| - beta / 2 beyond beta. With beta 0 the absolute error.</summary>
        /// <param name="target">What was right.</param>
        /// <param name="beta">0 or more.</param>
        /// <param name="reduction">Mean over all elements, sum, or one loss an element.</param>
        /// <returns>A scalar, or a tensor of the same shape without reduction.</returns>
        /// <exception cref="ShapeException">The shapes differ.</exception>
        /// <exception cref="ArgumentException">Wrong data types, a negative beta, a NaN target, or the mean of nothing.</exception>
        public Tensor SmoothL1(Tensor target, double beta = 1, LossReduction reduction = LossReduction.Mean)
        {
            if (!(beta >= 0)) OpThrow.Parameter(nameof(beta), nameof(SmoothL1), x, beta, "beta is 0 or more", "give such a number; 1 is usual");
            return PointLosses.Run<SmoothError>(x, target, reduction, beta);
        }

        /// <summary>Binary cross-entropy of logits with probabilities: -(w t log σ(x) + (1 - t) log(1 - σ(x))), stable for any finite logit.</summary>
        /// <param name="target">Probabilities of the positive class, 0 to 1.</param>
        /// <param name="reduction">Mean over all elements, sum, or one loss an element.</param>
        /// <param name="positiveWeight">Weights w of the positive class, broadcast to the shape of the logits; null for 1. They get no gradient.</param>
        /// <returns>A scalar, or a tensor of the same shape without reduction.</returns>
        /// <exception cref="ShapeException">The shapes differ, or the weights do not broadcast.</exception>
        /// <exception cref="ArgumentException">Wrong data types, a NaN target, or the mean of nothing.</exception>
        public Tensor BinaryCrossEntropy(Tensor target, LossReduction reduction = LossReduction.Mean, Tensor? positiveWeight = null) =>
            PointLosses.Run<BinaryError>(x, target, reduction, weight: positiveWeight is { } weight ? Given(weight) : default);

        /// <summary>Kullback-Leibler divergence of log-probabilities from a target distribution: t (log t - x), 0 where t is 0.</summary>
        /// <param name="target">Probabilities, or their logarithms.</param>
        /// <param name="reduction"><see cref="LossReduction.BatchMean"/> is the divergence a sample; the mean is over all elements.</param>
        /// <param name="logTarget">Whether targets are logarithms.</param>
        /// <returns>A scalar, or a tensor of the same shape without reduction.</returns>
        /// <exception cref="ShapeException">The shapes differ.</exception>
        /// <exception cref="ArgumentException">Wrong data types, a NaN target, or the mean of nothing.</exception>
        public Tensor KlDivergence(Tensor target, LossReduction reduction = LossReduction.BatchMean, bool logTarget = false) => logTarget
            ? PointLosses.Run<LogDivergenceError>(x, target, reduction)
            : PointLosses.Run<DivergenceError>(x, target, reduction);
    }

    /// <summary>A weight that was given must be alive: a default one would pass for none.</summary>
    private static Tensor Given(Tensor weight)
    {
        weight.Checked(nameof(BinaryCrossEntropy));
        return weight;
    }
}
