using Workspaces.Autograd;
using Workspaces.Kernels.Indexing;
using Workspaces.Tensors;
using Workspaces.Tensors.Compute;

namespace Workspaces.Ops;

/// <summary>Running sums.</summary>
public static class CumulativeOps
{
    extension(Tensor x)
    {
        /// <summary>The sum of the elements up to each one along an axis; integers and bool in int64.</summary>
        /// <param name="axis">The axis; negative counts from the end.</param>
        /// <returns>A new tensor of the same shape.</returns>
        /// <exception cref="ShapeException">The axis does not exist.</exception>
        public Tensor CumSum(int axis = -1)
        {
            int normal = Axes.Normalize(axis, x.Checked(nameof(CumSum)).Layout.Shape, nameof(CumSum));
            Tensor numbers = x.DType.IsFloatingPoint ? x : x.To(DType.I64);
            using Tensor madeNumbers = Arithmetic.Made(numbers, x);
            Tensor y = Forward(numbers, normal, reverse: false);
            if (Tape.Records(x)) Tape.Record(CumSumBackward.Instance, y, x).Number = normal;
            return y;
        }
    }

    private static Tensor Forward(Tensor x, int axis, bool reverse)
    {
        Tensor dense = KeptAxes.Dense(x, nameof(CumSum));
        using Tensor made = Arithmetic.Made(dense, x);
        LaneShape lanes = LaneShape.Of(x.Shape, axis, nameof(CumSum));
        using var op = new OpScope(nameof(CumSum), dense);
        Tensor y = op.Allocate(x.DType, x.Shape);
        if (op.Computes) Compute(op, dense, y, lanes, reverse);
        op.Complete();
        return y;
    }

    private static void Compute(in OpScope op, Tensor x, Tensor y, LaneShape lanes, bool reverse)
    {
        switch (x.DType)
        {
            case DType.F32: AxisKernels.CumulativeSum<float, double>(op.ReadSpan<float>(x), op.WriteSpan<float>(y), lanes.Size, lanes.Inner, reverse); break;
            case DType.F64: AxisKernels.CumulativeSum<double, double>(op.ReadSpan<double>(x), op.WriteSpan<double>(y), lanes.Size, lanes.Inner, reverse); break;
            default: AxisKernels.CumulativeSum<long, long>(op.ReadSpan<long>(x), op.WriteSpan<long>(y), lanes.Size, lanes.Inner, reverse); break;
        }
    }

    /// <summary>The sum of dy from each element on.</summary>
    private sealed class CumSumBackward : Differential
    {
        internal static readonly CumSumBackward Instance = new();

        internal override string Name => nameof(CumSum);

        internal override void Backward(in BackwardContext context) => context.SendOwned(0, Forward(context.Gradient, (int)context.Node.Number, reverse: true));
    }
}
