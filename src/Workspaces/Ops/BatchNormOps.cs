using Workspaces.Kernels.Normalization;
using Workspaces.Tensors;

namespace Workspaces.Ops;

/// <summary>Batch, group and instance norm of [n, channels, …].</summary>
public static class BatchNormOps
{
    extension(Tensor x)
    {
        /// <summary>
        /// Batch norm with the statistics of this batch: each channel is brought to mean 0 and variance 1 over samples and positions, then scaled and shifted.
        /// Running statistics, where given, take a step towards those of the batch; the variance that they keep is the unbiased one, as in PyTorch.
        /// </summary>
        /// <param name="weight">[channels], or null for 1.</param>
        /// <param name="bias">[channels], or null for 0; together with a weight only.</param>
        /// <param name="runningMean">[channels] of the same type, changed in place; or null.</param>
        /// <param name="runningVariance">As the mean; both or none.</param>
        /// <param name="momentum">Share of the batch in the running statistics, 0 to 1.</param>
        /// <param name="epsilon">Added to the variance; at least 0.</param>
        /// <returns>A new tensor of the same shape.</returns>
        /// <exception cref="ShapeException">Below two axes, parameters that are not [channels], or a single element a channel.</exception>
        /// <exception cref="ArgumentException">Not the same float type, or a number out of range.</exception>
        public Tensor BatchNorm(
            Tensor? weight = null, Tensor? bias = null, Tensor? runningMean = null, Tensor? runningVariance = null, double momentum = 0.1, double epsilon = 1e-5)
            => Normalizations.OfBatch(x, weight, bias, runningMean, runningVariance, momentum, epsilon, rectified: false);

        /// <summary>Batch norm with given statistics, as in evaluation.</summary>
        /// <param name="mean">[channels] of the same type.</param>
        /// <param name="variance">[channels] of the same type.</param>
        /// <param name="weight">[channels], or null for 1.</param>
        /// <param name="bias">[channels], or null for 0; together with a weight only.</param>
        /// <param name="epsilon">Added to the variance; at least 0.</param>
        /// <returns>A new tensor of the same shape.</returns>
        /// <exception cref="ShapeException">Below two axes, or parameters that are not [channels].</exception>
        /// <exception cref="ArgumentException">Not the same float type, or a number out of range.</exception>
        public Tensor BatchNormBy(Tensor mean, Tensor variance, Tensor? weight = null, Tensor? bias = null, double epsilon = 1e-5)
            => Normalizations.By(x, mean, variance, weight, bias, epsilon, rectified: false);

        /// <summary>Group norm: the channels of a sample fall into groups, each brought to mean 0 and variance 1, then scaled and shifted by channel.</summary>
        /// <param name="groups">Groups; divides the channels. 1 takes all channels together, as many as channels is instance norm.</param>
        /// <param name="weight">[channels], or null for 1.</param>
        /// <param name="bias">[channels], or null for 0; together with a weight only.</param>
        /// <param name="epsilon">Added to the variance; at least 0.</param>
        /// <returns>A new tensor of the same shape.</returns>
        /// <exception cref="ShapeException">Below two axes, parameters that are not [channels], or groups that do not divide the channels.</exception>
        /// <exception cref="ArgumentException">Not the same float type, or a number out of range.</exception>
        public Tensor GroupNorm(int groups, Tensor? weight = null, Tensor? bias = null, double epsilon = 1e-5)
        {
            Windows.Require("GroupNorm", x.Checked("GroupNorm").Layout.Shape, "number of groups", groups, 1);
            NormalizationShape shape = NormalizationChecks.Of("GroupNorm", x, weight, bias, groups, epsilon);
            return Normalizations.Run("GroupNorm", x, weight, bias, shape, epsilon, default, default, 0, given: false);
        }

        /// <summary>Instance norm: each channel of each sample by itself, a group norm with as many groups as channels.</summary>
        /// <param name="weight">[channels], or null for 1.</param>
        /// <param name="bias">[channels], or null for 0; together with a weight only.</param>
        /// <param name="epsilon">Added to the variance; at least 0.</param>
        /// <returns>A new tensor of the same shape.</returns>
        /// <exception cref="ShapeException">Below two axes, or parameters that are not [channels].</exception>
        /// <exception cref="ArgumentException">Not the same float type, or a number out of range.</exception>
        public Tensor InstanceNorm(Tensor? weight = null, Tensor? bias = null, double epsilon = 1e-5)
        {
            long channels = x.Checked("InstanceNorm").Layout.Rank < 2 ? 1 : x.Shape[1];
            NormalizationShape shape = NormalizationChecks.Of("InstanceNorm", x, weight, bias, (int)Math.Max(1, channels), epsilon);
            return Normalizations.Run("InstanceNorm", x, weight, bias, shape, epsilon, default, default, 0, given: false);
        }
    }
}
