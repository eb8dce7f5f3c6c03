using Workspaces.Autograd;
using Workspaces.Kernels.Convolution;
using Workspaces.Tensors;
using Workspaces.Tensors.Compute;

namespace Workspaces.Ops;

/// <summary>Convolutions and transposed convolutions, forward and backward.</summary>
internal static class Convolutions
{
    /// <summary>Where a rectified result is kept.</summary>
    private const int RectifiedResult = 2;

    /// <summary>A convolution, or one and the larger of each result and 0, which then is written once.</summary>
    internal static Tensor Run(string name, Tensor x, Tensor weight, Tensor? bias, PlaneWindow window, int groups, int axes, bool rectified = false)
    {
        Shape result = ConvolutionChecks.Forward(name, x, weight, bias, ref window, groups, axes);
        Tensor input = x.Contiguous();
        using Tensor madeInput = Arithmetic.Made(input, x);
        Tensor filters = weight.Contiguous();
        using Tensor madeFilters = Arithmetic.Made(filters, weight);
        Tensor shift = bias is { } b ? b.Contiguous() : default;
        using Tensor madeShift = bias is { } known ? Arithmetic.Made(shift, known) : default;
        ConvolutionShape shape = ConvolutionRuns.ShapeOf(input.Shape, filters.Shape, result, window, groups);
        Tensor y = ConvolutionRuns.Forward(name, input, filters, shift, shape, result, rectified);
        Node? node = Record(axes == 2 ? ConvolutionBackward.Plane : ConvolutionBackward.Line, y, input, filters, shift, window, groups);
        if (rectified) node?.Save(RectifiedResult, y);
        return y;
    }

    internal static Tensor RunTransposed(
        string name, Tensor x, Tensor weight, Tensor? bias, PlaneWindow window, Size2 outputPadding, int groups, int axes)
    {
        Shape result = ConvolutionChecks.Transposed(name, x, weight, bias, ref window, outputPadding, groups, axes);
        Tensor input = x.Contiguous();
        using Tensor madeInput = Arithmetic.Made(input, x);
        Tensor filters = weight.Contiguous();
        using Tensor madeFilters = Arithmetic.Made(filters, weight);
        Tensor shift = bias is { } b ? b.Contiguous() : default;
        using Tensor madeShift = bias is { } known ? Arithmetic.Made(shift, known) : default;
        ConvolutionShape shape = ConvolutionRuns.ShapeOf(result, filters.Shape, input.Shape, window, groups);
        Tensor y = ConvolutionRuns.InputGradient(name, input, filters, shift, shape, result);
        Record(axes == 2 ? TransposedBackward.Plane : TransposedBackward.Line, y, input, filters, shift, window, groups);
        return y;
    }

    /// <summary>Keeps the input only for the gradient of the weight, and the weight only for that of the input.</summary>
    private static Node? Record(Differential differential, Tensor y, Tensor x, Tensor weight, Tensor bias, in PlaneWindow window, int groups)
    {
        bool biased = bias.HeaderOrNull is not null, forInput = Tape.Records(x), forWeight = Tape.Records(weight);
        if (!forInput && !forWeight && !(biased && Tape.Records(bias))) return null;
        Node node = biased ? Tape.Record(differential, y, x, weight, bias) : Tape.Record(differential, y, x, weight);
        if (forWeight) node.Save(0, x);
        if (forInput) node.Save(1, weight);
        node.Window = window;
        node.Number = groups;
        return node;
    }

    /// <summary>dW = Σ dY · columns(X)ᵀ, db = sums of dY, dX = convᵀ(dY, W).</summary>
    private sealed class ConvolutionBackward(string name) : Differential
    {
        internal static readonly ConvolutionBackward Line = new("Conv1d");
        internal static readonly ConvolutionBackward Plane = new("Conv2d");

        internal override string Name => name;

        internal override void Backward(in BackwardContext context)
        {
            Node node = context.Node;
            ConvolutionShape shape = ConvolutionRuns.ShapeOf(node[0].Shape, node[1].Shape, context.Gradient.Shape, node.Window, (int)node.Number);
            using Tensor madeGradient = RectifiedResults.Upstream(context, Name, RectifiedResult, out Tensor given);
            Tensor dY = ConvolutionRuns.Dense(given, Name);
            using Tensor made = Arithmetic.Made(dY, given);
            if (context.WantsGradient(1))
                ConvolutionRuns.WeightGradient(Name, context.Saved(0), dY, context.Target(1, node[1].Shape, out bool accumulate), accumulate, shape);
            context.ReleaseSaved(0);
            ConvolutionRuns.SendBias(context, Name, dY);
            if (context.WantsGradient(0)) context.SendOwned(0, ConvolutionRuns.InputGradient(Name, dY, context.Saved(1), default, shape, node[0].Shape));
        }
    }

    /// <summary>As for the convolution that it is the transpose of, with the parts of input and output exchanged.</summary>
    private sealed class TransposedBackward(string name) : Differential
    {
        internal static readonly TransposedBackward Line = new("ConvTranspose1d");
        internal static readonly TransposedBackward Plane = new("ConvTranspose2d");

        internal override string Name => name;

        internal override void Backward(in BackwardContext context)
        {
            Node node = context.Node;
            Tensor given = context.Gradient;
            ConvolutionShape shape = ConvolutionRuns.ShapeOf(given.Shape, node[1].Shape, node[0].Shape, node.Window, (int)node.Number);
            Tensor dY = ConvolutionRuns.Dense(given, Name);
            using Tensor made = Arithmetic.Made(dY, given);
            if (context.WantsGradient(1))
                ConvolutionRuns.WeightGradient(Name, dY, context.Saved(0), context.Target(1, node[1].Shape, out bool accumulate), accumulate, shape);
            context.ReleaseSaved(0);
            ConvolutionRuns.SendBias(context, Name, dY);
            if (context.WantsGradient(0)) context.SendOwned(0, ConvolutionRuns.Forward(Name, dY, context.Saved(1), default, shape, node[0].Shape));
        }
    }
}
