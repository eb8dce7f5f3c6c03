using Workspaces.Autograd;
using Workspaces.Kernels.Normalization;
using Workspaces.Tensors;
using Workspaces.Tensors.Compute;

namespace Workspaces.Ops;

/// <summary>Batch and group norm. The tape keeps the input, and of each set its mean and inverse deviation.</summary>
internal static class Normalizations
{
    /// <summary>Where a rectified result is kept.</summary>
    private const int RectifiedResult = 4;

    /// <summary>Batch norm with the statistics of the batch; see <see cref="BatchNormOps"/>.</summary>
    internal static Tensor OfBatch(
        Tensor x, Tensor? weight, Tensor? bias, Tensor? runningMean, Tensor? runningVariance, double momentum, double epsilon, bool rectified)
    {
        const string name = "BatchNorm";
        NormalizationShape shape = NormalizationChecks.Of(name, x, weight, bias, groups: 0, epsilon);
        NormalizationChecks.Running(name, x, runningMean, runningVariance);
        if (!(momentum is >= 0 and <= 1))
            OpThrow.Parameter(nameof(momentum), name, x, momentum, "it is a share from 0 to 1", "give one in range");
        if (shape.SetLength == 1)
            throw new ShapeException(
                $"normalise {x.Shape} over the batch", name, "each channel has a single element, whose variance is 0",
                "use a larger batch, or Eval() to normalise by the running statistics");
        return Run(name, x, weight, bias, shape, epsilon, runningMean ?? default, runningVariance ?? default, momentum, given: false, rectified);
    }

    /// <summary>Batch norm with given statistics; see <see cref="BatchNormOps"/>.</summary>
    internal static Tensor By(Tensor x, Tensor mean, Tensor variance, Tensor? weight, Tensor? bias, double epsilon, bool rectified)
    {
        const string name = "BatchNormBy";
        NormalizationShape shape = NormalizationChecks.Of(name, x, weight, bias, groups: 0, epsilon);
        NormalizationChecks.Statistics(name, x, mean, variance);
        Tensor denseMean = mean.Contiguous(), denseVariance = variance.Contiguous();
        using Tensor madeMean = Arithmetic.Made(denseMean, mean), madeVariance = Arithmetic.Made(denseVariance, variance);
        return Run(name, x, weight, bias, shape, epsilon, denseMean, denseVariance, 0, given: true, rectified);
    }

    /// <summary>Normalises; the running statistics are default tensors where there are none.</summary>
    /// <param name="name">The op.</param>
    /// <param name="x">The input.</param>
    /// <param name="weight">A factor a channel, or null.</param>
    /// <param name="bias">An addend a channel, or null.</param>
    /// <param name="shape">The sizes.</param>
    /// <param name="epsilon">Added to the variance.</param>
    /// <param name="runningMean">Changed, or what is normalised by when <paramref name="given"/>.</param>
    /// <param name="runningVariance">As the mean.</param>
    /// <param name="momentum">Share of the batch in the running statistics.</param>
    /// <param name="given">True to normalise by the running statistics.</param>
    /// <param name="rectified">True for the larger of each result and 0, which then is written once.</param>
    internal static Tensor Run(
        string name, Tensor x, Tensor? weight, Tensor? bias, in NormalizationShape shape, double epsilon, Tensor runningMean, Tensor runningVariance, double momentum,
        bool given, bool rectified = false)
    {
        Tensor input = x.Contiguous();
        using Tensor madeInput = Arithmetic.Made(input, x);
        Tensor scale = weight is { } w ? w.Contiguous() : default;
        using Tensor madeScale = weight is { } knownWeight ? Arithmetic.Made(scale, knownWeight) : default;
        Tensor shift = bias is { } b ? b.Contiguous() : default;
        using Tensor madeShift = bias is { } knownBias ? Arithmetic.Made(shift, knownBias) : default;
        Tensor mean = given
            ? NormalizationRuns.Given(name, runningMean, runningVariance, epsilon, out Tensor inverse)
            : NormalizationRuns.Statistics(name, input, runningMean, runningVariance, shape, epsilon, momentum, out inverse);
        using Tensor madeMean = mean, madeInverse = inverse;
        Tensor y = NormalizationRuns.Apply(name, input, mean, inverse, scale, shift, shape, rectified);
        Node? node = Record(y, input, scale, shift, mean, inverse, shape, given);
        if (rectified) node?.Save(RectifiedResult, y);
        return y;
    }

    private static Node? Record(Tensor y, Tensor x, Tensor scale, Tensor shift, Tensor mean, Tensor inverse, in NormalizationShape shape, bool given)
    {
        bool scaled = scale.HeaderOrNull is not null, shifted = shift.HeaderOrNull is not null;
        if (!(Tape.Records(x) || (scaled && Tape.Records(scale)) || (shifted && Tape.Records(shift)))) return null;
        Node node = shifted ? Tape.Record(NormalizationGradient.Instance, y, x, scale, shift)
            : scaled ? Tape.Record(NormalizationGradient.Instance, y, x, scale)
            : Tape.Record(NormalizationGradient.Instance, y, x);
        node.Save(0, x).Save(1, mean).Save(2, inverse);
        if (scaled) node.Save(3, scale);
        node.Number = shape.Groups;
        node.Factor = given ? 1 : 0;
        return node;
    }

    /// <summary>Gradients of input, weight and bias in one go; see <see cref="NormalizationBackward"/>.</summary>
    private sealed class NormalizationGradient : Differential
    {
        internal static readonly NormalizationGradient Instance = new();

        internal override string Name => "Normalize";

        internal override void Backward(in BackwardContext context)
        {
            Node node = context.Node;
            Shape x = node[0].Shape;
            var shape = new NormalizationShape
            {
                Batch = (int)x[0], Channels = (int)x[1], Groups = (int)node.Number, Inner = x.Length == 0 ? 0 : (int)(x.Length / x[0] / x[1]),
            };
            using Tensor madeGradient = RectifiedResults.Upstream(context, Name, RectifiedResult, out Tensor given);
            Tensor dY = ConvolutionRuns.Dense(given, Name);
            using Tensor made = Arithmetic.Made(dY, given);
            bool addScale = false, addShift = false;
            Tensor dScale = node.Inputs > 1 && context.WantsGradient(1) ? context.Target(1, node[1].Shape, out addScale) : default;
            Tensor dShift = node.Inputs > 2 && context.WantsGradient(2) ? context.Target(2, node[2].Shape, out addShift) : default;
            Tensor scale = node.Inputs > 1 ? context.Saved(3) : default;
            var saved = new NormalizationRuns.Saved(context.Saved(0), context.Saved(1), context.Saved(2), scale);
            Tensor dX = NormalizationRuns.Gradients(Name, dY, saved, shape, node.Factor == 1, dScale, addScale, dShift, addShift);
            if (context.WantsGradient(0)) context.SendOwned(0, dX);
            else GradientHold.Drop(dX);
        }
    }
}
