using Workspaces.Autograd;
using Workspaces.Kernels.Normalization;
using Workspaces.Tensors;
using Workspaces.Tensors.Compute;

namespace Workspaces.Ops;

/// <summary>Batch and group norm. The tape keeps the input, and of each set its mean and inverse deviation.</summary>
internal static class Normalizations
{
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
    internal static Tensor Run(
        string name, Tensor x, Tensor? weight, Tensor? bias, in NormalizationShape shape, double epsilon, Tensor runningMean, Tensor runningVariance, double momentum,
        bool given)
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
        Tensor y = NormalizationRuns.Apply(name, input, mean, inverse, scale, shift, shape);
        Record(y, input, scale, shift, mean, inverse, shape, given);
        return y;
    }

    private static void Record(Tensor y, Tensor x, Tensor scale, Tensor shift, Tensor mean, Tensor inverse, in NormalizationShape shape, bool given)
    {
        bool scaled = scale.HeaderOrNull is not null, shifted = shift.HeaderOrNull is not null;
        if (!(Tape.Records(x) || (scaled && Tape.Records(scale)) || (shifted && Tape.Records(shift)))) return;
        Node node = shifted ? Tape.Record(NormalizationGradient.Instance, y, x, scale, shift)
            : scaled ? Tape.Record(NormalizationGradient.Instance, y, x, scale)
            : Tape.Record(NormalizationGradient.Instance, y, x);
        node.Save(0, x).Save(1, mean).Save(2, inverse);
        if (scaled) node.Save(3, scale);
        node.Number = shape.Groups;
        node.Factor = given ? 1 : 0;
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
            Tensor upstream = context.Gradient, dY = ConvolutionRuns.Dense(upstream, Name);
            using Tensor made = Arithmetic.Made(dY, upstream);
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
