using System.Numerics;
using Workspaces.Autograd;
using Workspaces.Kernels.Reductions;
using Workspaces.Tensors;
using Workspaces.Tensors.Compute;

namespace Workspaces.Ops;

/// <summary>Matrix products.</summary>
public static class MatMulOps
{
    extension(Tensor a)
    {
        /// <summary>a · b over the last two axes: [..., m, k] by [..., k, n] gives [..., m, n]; axes before them are broadcast. Transposed views are read in place.</summary>
        /// <param name="b">The right operand, of the same float type.</param>
        /// <returns>A new tensor.</returns>
        /// <exception cref="ShapeException">Rank below 2, inner sizes differ, or batches do not broadcast.</exception>
        /// <exception cref="ArgumentException">Not the same float type.</exception>
        public Tensor MatMul(Tensor b)
        {
            Tensor y = MatrixProduct.Run(nameof(MatMul), a, b);
            if (Tape.Records(a, b)) Tape.Record(MatMulBackward.Instance, y, a, b).Save(0, a).Save(1, b);
            return y;
        }

        /// <summary>x · weightᵀ + bias: [..., in] by [out, in] gives [..., out].</summary>
        /// <param name="weight">[out, in].</param>
        /// <param name="bias">[out], or null.</param>
        /// <returns>A new tensor.</returns>
        /// <exception cref="ShapeException">The shapes do not fit.</exception>
        /// <exception cref="ArgumentException">Not the same float type.</exception>
        public Tensor Linear(Tensor weight, Tensor? bias = null)
        {
            CheckLinear(a, weight, bias);
            ref readonly Shape given = ref a.HeaderOrNull!.Layout.Shape;
            long outputs = weight.HeaderOrNull!.Layout.Shape[0];
            Tensor x = given.Rank == 2 ? a : a.Reshape(given.WithSize(-1, 1).Length, given[-1]);
            using Tensor made = Arithmetic.Made(x, a);
            Tensor y = LinearForward.Run(x, weight, bias, given.Rank == 2 ? Shape.Matrix(given[0], outputs, nameof(Linear)) : given.WithSize(-1, outputs));
            if (bias is { } b ? Tape.Records(x, weight, b) : Tape.Records(x, weight))
            {
                Node node = bias is { } known ? Tape.Record(LinearBackward.Instance, y, x, weight, known) : Tape.Record(LinearBackward.Instance, y, x, weight);
                node.Save(0, x).Save(1, weight);
            }

            return y;
        }
    }

    private static void CheckLinear(Tensor input, Tensor matrix, Tensor? bias)
    {
        ref readonly Shape x = ref input.Checked("Linear").Layout.Shape, weight = ref matrix.Checked("Linear").Layout.Shape;
        if (weight.Rank != 2 || x.Rank < 1 || x[-1] != weight[1])
            throw new ShapeException(
                $"apply a linear layer with weight {weight} to {x}", "Linear",
                weight.Rank != 2 || x.Rank < 1 ? "the weight has two axes [out, in], the input at least one" : $"the input has {x[-1]} features, the weight takes {weight[1]}",
                "Flatten the input, or make the layer with the input's number of features");
        MatrixProduct.Check("Linear", input, matrix);
        if (bias is not { } b) return;
        TensorHeader row = b.Checked("Linear");
        if (row.DType != input.HeaderOrNull!.DType) TensorThrow.TypesDiffer("Linear", input, b);
        if (row.Layout.Rank != 1 || row.Layout.Shape[0] != weight[0])
            throw new ShapeException(
                $"apply a linear layer with weight {weight} and bias {row.Layout.Shape} to {x}", "Linear",
                $"the layer has {weight[0]} outputs", "give the bias one element an output");
    }

    /// <summary>dA = dY · Bᵀ, dB = Aᵀ · dY.</summary>
    private sealed class MatMulBackward : Differential
    {
        internal static readonly MatMulBackward Instance = new();

        internal override string Name => nameof(MatMul);

        internal override void Backward(in BackwardContext context)
        {
            Tensor dY = context.Gradient;
            if (context.WantsGradient(0)) Send(context, 0, dY, Transposed(context.Saved(1)));
            context.ReleaseSaved(1);
            if (context.WantsGradient(1)) Send(context, 1, Transposed(context.Saved(0)), dY);
        }

        private static void Send(in BackwardContext context, int input, Tensor left, Tensor right)
        {
            Shape shape = context.Node[input].Shape;
            if (MatrixProduct.ResultShape(nameof(MatMul), left.Shape, right.Shape) == shape)
                MatrixProduct.Into(nameof(MatMul), left, right, context.Target(input, shape, out bool accumulate), accumulate);
            else
                BroadcastGradient.Send(context, input, MatrixProduct.Run(nameof(MatMul), left, right), owned: true);
        }
    }

    /// <summary>dX = dY · W, dW = dYᵀ · X, db = sum of the rows of dY.</summary>
    private sealed class LinearBackward : Differential
    {
        internal static readonly LinearBackward Instance = new();

        internal override string Name => nameof(Linear);

        internal override void Backward(in BackwardContext context)
        {
            Tensor saved = context.Saved(0), given = context.Gradient, dY = AsMatrix(given, saved.Shape[0]);
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
        using var op = new OpScope("Linear", dY, target);
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
        if (isView) return TensorFrames.View(dY, layout, nameof(Linear));
        Tensor dense = Tensor.Empty(layout.Shape, dY.DType);
        dY.CopyTo(TensorFrames.View(dense, Layout.Contiguous(dY.Shape), nameof(Linear)));
        return dense;
    }

    private static Tensor Transposed(Tensor x) => TensorFrames.View(x, x.Layout.Transpose(-2, -1), "Transpose");
}
