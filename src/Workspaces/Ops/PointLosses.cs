using System.Numerics;
using Workspaces.Autograd;
using Workspaces.Kernels.Elementwise;
using Workspaces.Tensors;
using Workspaces.Tensors.Compute;

namespace Workspaces.Ops;

/// <summary>Losses of single elements: one pass over the data, no intermediate tensors, sums in f64.</summary>
internal static class PointLosses
{
    /// <summary>The loss of predictions x with targets t of the same shape and float type; a default weight is 1.</summary>
    internal static Tensor Run<TLoss>(Tensor x, Tensor target, LossReduction reduction, double number = 0, Tensor weight = default)
        where TLoss : struct, ILossFunction<TLoss>
    {
        string name = TLoss.Name;
        Check(name, x, target, weight, reduction);
        double divisor = reduction switch
        {
            LossReduction.Mean => x.Length,
            LossReduction.BatchMean => x.Rank == 0 ? 1 : x.Shape[0],
            _ => 1,
        };
        Tensor loss = Forward(TLoss.Of(number), x, target, weight, reduction, divisor);
        if (!Tape.Records(x, target)) return loss;
        Node node = Tape.Record(LossBackward<TLoss>.Instance, loss, x, target).Save(0, x).Save(1, target);
        if (weight.HeaderOrNull is not null) node.Save(2, weight);
        node.Factor = number;
        node.Number = BitConverter.DoubleToInt64Bits(divisor);
        return loss;
    }

    private static void Check(string name, Tensor x, Tensor target, Tensor weight, LossReduction reduction)
    {
        Shape shape = x.Checked(name).Layout.Shape;
        Dispatch.RequireFloat(x, name);
        if (target.Checked(name).DType != x.DType) TensorThrow.TypesDiffer(name, x, target);
        if (target.Shape != shape) OpThrow.TargetShape(name, shape, target.Shape);
        if (reduction is LossReduction.Mean or LossReduction.BatchMean && shape.Length == 0) OpThrow.EmptyBatch(name, shape, target.Shape);
        if (weight.HeaderOrNull is null) return;
        if (weight.Checked(name).DType != x.DType) TensorThrow.TypesDiffer(name, x, weight);
        Broadcasting.StretchedAxes(weight.Shape, shape, name);
    }

    private static Tensor Forward<TLoss>(TLoss loss, Tensor x, Tensor target, Tensor weight, LossReduction reduction, double divisor)
        where TLoss : struct, ILossFunction<TLoss>
    {
        using OpScope op = weight.HeaderOrNull is null ? new OpScope(TLoss.Name, x, target) : new OpScope(TLoss.Name, x, target, weight);
        Tensor y = op.Allocate(x.DType, reduction == LossReduction.None ? x.Shape : new Shape());
        if (op.Computes) Compute(op, loss, x, target, weight, y, reduction, divisor);
        op.Complete();
        return y;
    }

    private static void Compute<TLoss>(
        in OpScope op, TLoss loss, Tensor x, Tensor target, Tensor weight, Tensor y, LossReduction reduction, double divisor)
        where TLoss : struct, ILossFunction<TLoss>
    {
        if (x.DType == DType.F32) Compute<float, TLoss>(op, loss, x, target, weight, y, reduction, divisor);
        else Compute<double, TLoss>(op, loss, x, target, weight, y, reduction, divisor);
    }

    private static void Compute<T, TLoss>(
        in OpScope op, TLoss loss, Tensor x, Tensor target, Tensor weight, Tensor y, LossReduction reduction, double divisor)
        where T : unmanaged, IFloatingPointIeee754<T>
        where TLoss : struct, ILossFunction<TLoss>
    {
        Shape shape = x.Shape;
        Layout lx = x.Layout, lt = target.Layout, lw = WeightLayout(weight, shape), ly = y.Layout.BroadcastTo(shape);
        T one = T.One;
        var operands = new MapOperands<T>
        {
            A = op.ReadSpan<T>(x),
            AStrides = lx.Strides.AsSpan(),
            B = op.ReadSpan<T>(target),
            BStrides = lt.Strides.AsSpan(),
            C = weight.HeaderOrNull is null ? new ReadOnlySpan<T>(in one) : op.ReadSpan<T>(weight),
            CStrides = lw.Strides.AsSpan(),
        };
        Span<T> to = op.WriteSpan<T>(y);
        bool each = reduction == LossReduction.None;
        double sum = MapLoop.Sum(new LossMap<TLoss>(loss), to, ly.Strides.AsSpan(), operands, shape.AsSpan(), each);
        if (double.IsNaN(sum)) NaNTargets.Refuse(TLoss.Name, shape, op.ReadSpan<T>(target), lt);
        if (!each) to[0] = T.CreateTruncating(sum / divisor);
    }

    private static Layout WeightLayout(Tensor weight, in Shape shape) =>
        (weight.HeaderOrNull is null ? Layout.Contiguous(new Shape()) : weight.Layout).BroadcastTo(shape);

    /// <summary>dx = dy / divisor times the slope, and the same for the target.</summary>
    private sealed class LossBackward<TLoss> : Differential
        where TLoss : struct, ILossFunction<TLoss>
    {
        internal static readonly LossBackward<TLoss> Instance = new();

        internal override string Name => TLoss.Name;

        internal override void Backward(in BackwardContext context)
        {
            TLoss loss = TLoss.Of(context.Node.Factor);
            double divisor = BitConverter.Int64BitsToDouble(context.Node.Number);
            Tensor x = context.Saved(0), target = context.Saved(1), dY = context.Gradient;
            using Tensor one = context.HasSaved(2) ? default : Tensor.Scalar(1, dY.DType);
            Tensor weight = context.HasSaved(2) ? context.Saved(2) : one;
            if (context.WantsGradient(0)) context.SendOwned(0, Maps.Run(Name, new LossGradient<TLoss>(loss, divisor), x, target, weight, dY));
            if (context.WantsGradient(1)) context.SendOwned(1, Maps.Run(Name, new TargetGradient<TLoss>(loss, divisor), x, target, weight, dY));
        }
    }
}
