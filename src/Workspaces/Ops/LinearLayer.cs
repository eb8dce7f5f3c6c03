using System.Numerics;
using Workspaces.Autograd;
using Workspaces.Kernels.Reductions;
using Workspaces.Memory;
using Workspaces.Tensors;
using Workspaces.Tensors.Compute;

namespace Workspaces.Ops;

/// <summary>x · weightᵀ + bias, or the larger of that and 0: checks, the tape, and the backward half.</summary>
internal static class LinearLayer
{
    private const string Name = "Linear";

    /// <summary>Where a rectified result is kept.</summary>
    private const int RectifiedResult = 2;

    /// <summary>Runs the layer; see <see cref="MatMulOps"/>.</summary>
    internal static Tensor Run(Tensor input, Tensor weight, Tensor? bias, bool rectified)
    {
        CheckLinear(input, weight, in weight.Checked(Name).Layout.Shape, bias);
        ref readonly Shape given = ref input.HeaderOrNull!.Layout.Shape;
        long outputs = weight.HeaderOrNull!.Layout.Shape[0];
        Tensor x = given.Rank == 2 ? input : input.Reshape(given.WithSize(-1, 1).Length, given[-1]);
        using Tensor made = Arithmetic.Made(x, input);
        Tensor y = LinearForward.Run(x, weight, bias, given.Rank == 2 ? Shape.Matrix(given[0], outputs, Name) : given.WithSize(-1, outputs), rectified);
        if (bias is { } b ? Tape.Records(x, weight, b) : Tape.Records(x, weight))
        {
            Node node = bias is { } known ? Tape.Record(LinearBackward.Instance, y, x, weight, known) : Tape.Record(LinearBackward.Instance, y, x, weight);
            node.Save(0, x).Save(1, weight);
            if (rectified) node.Save(RectifiedResult, y);
        }

        return y;
    }

    /// <summary>Runs the layer with a packed weight, which is not recorded.</summary>
    internal static Tensor Run(Tensor input, PackedWeight weight, Tensor? bias, bool rectified)
    {
        ArgumentNullException.ThrowIfNull(weight);
        Shape given = input.Checked(Name).Layout.Shape;
        weight.Panels.Checked(Name);
        CheckLinear(input, weight.Panels, weight.Shape, bias);
        if (bias is { } b ? Tape.Records(input, b) : Tape.Records(input))
            throw new InvalidOperationException(WorkspaceException.Compose(
                "record a linear layer", Name, "its weight is packed, and gradients do not reach a packed weight",
                "compute in Gradients.Off(), or with the weight itself"));
        Tensor x = given.Rank == 2 ? input : input.Reshape(given.WithSize(-1, 1).Length, given[-1]);
        using Tensor made = Arithmetic.Made(x, input);
        return LinearForward.Run(x, weight, bias, given.WithSize(-1, weight.Shape[0]), rectified);
    }

    private static void CheckLinear(Tensor input, Tensor matrix, in Shape weight, Tensor? bias)
    {
        ref readonly Shape x = ref input.Checked(Name).Layout.Shape;
        if (weight.Rank != 2 || x.Rank < 1 || x[-1] != weight[1])
            throw new ShapeException(
                $"apply a linear layer with weight {weight} to {x}", Name,
                weight.Rank != 2 || x.Rank < 1 ? "the weight has two axes [out, in], the input at least one" : $"the input has {x[-1]} features, the weight takes {weight[1]}",
                "Flatten the input, or make the layer with the input's number of features");
        MatrixProduct.Check(Name, input, matrix);
        if (bias is not { } b) return;
        TensorHeader row = b.Checked(Name);
        if (row.DType != input.HeaderOrNull!.DType) TensorThrow.TypesDiffer(Name, input, b);
        if (row.Layout.Rank != 1 || row.Layout.Shape[0] != weight[0])
            throw new ShapeException(
                $"apply a linear layer with weight {weight} and bias {row.Layout.Shape} to {x}", Name, $"the layer has {weight[0]} outputs",
                "give the bias one element an output");
    }

    /// <summary>dX = dY · W, dW = dYᵀ · X, db = sum of the rows of dY.</summary>
    private sealed class LinearBackward : Differential
    {
        internal static readonly LinearBackward Instance = new();

        internal override string Name => LinearLayer.Name;

        internal override void Backward(in BackwardContext context)
        {
            using Tensor madeGradient = RectifiedResults.Upstream(context, Name, RectifiedResult, out Tensor given);
            Tensor saved = context.Saved(0), dY = AsMatrix(given, saved.Shape[0]);
            using Tensor made = given.Rank == 2 ? default : dY;
            if (context.WantsGradient(1))
                MatrixProduct.Into(Name, Transposed(dY), saved, context.Target(1, context.Node[1].Shape, out bool accumulate), accumulate);
            context.ReleaseSaved(0);
            if (context.Node.Inputs == 3) SendBias(context, dY);
            if (context.WantsGradient(0))
                MatrixProduct.Into(Name, dY, context.Saved(1), context.Target(0, context.Node[0].Shape, out bool accumulateX), accumulateX);
        }
    }

    /// <summary>The sums of the columns of dY.</summary>
    private static void SendBias(in BackwardContext context, Tensor dY)
    {
        Edge edge = context.Node[2];
        if (!edge.WantsGradient) return;
        if (edge.DType != dY.DType || !MatrixOperand.TryOf(dY.Layout, out MatrixOperand rows) || rows.Transposed)
        {
            BroadcastGradient.Send(context, 2, dY, owned: false);
            return;
        }

        Tensor target = context.Target(2, edge.Shape, out bool accumulate);
        using var op = new OpScope(Name, dY, target);
        op.BeginWrite(target, mayBeLeaf: true);
        if (op.Computes)
        {
            if (dY.DType == DType.F32) Sum<float>(op, dY, rows.LeadingDimension, target, accumulate);
            else Sum<double>(op, dY, rows.LeadingDimension, target, accumulate);
        }

        op.Complete();
    }

    private static void Sum<T>(in OpScope op, Tensor dY, int ld, Tensor target, bool accumulate)
        where T : unmanaged, IFloatingPointIeee754<T> =>
        ColumnSums.Run(
            op.ReadSpan<T>(dY), ld, (int)dY.Shape[0], op.WriteSpan<T>(target), accumulate, ComputeTeams.For(op.Frame, dY.Length * dY.DType.SizeInBytes));

    /// <summary>All axes but the last merged: a view of the gradient, or a copy where its strides do not permit one.</summary>
    private static Tensor AsMatrix(Tensor dY, long rows)
    {
        if (dY.Rank == 2) return dY;
        bool isView = dY.Layout.TryReshape([rows, dY.Shape[-1]], out Layout layout);
        if (isView) return TensorFrames.View(dY, layout, Name);
        Tensor dense = Tensor.Empty(layout.Shape, dY.DType);
        dY.CopyTo(TensorFrames.View(dense, Layout.Contiguous(dY.Shape), Name));
        return dense;
    }

    private static Tensor Transposed(Tensor x) => TensorFrames.View(x, x.Layout.Transpose(-2, -1), "Transpose");
}
