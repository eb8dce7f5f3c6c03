using System.Numerics;
using Workspaces.Autograd;
using Workspaces.Kernels.Indexing;
using Workspaces.Tensors;
using Workspaces.Tensors.Compute;

namespace Workspaces.Ops;

/// <summary>Order along one axis. Sorting is stable, a NaN is larger than every number, and gradients go to where values came from.</summary>
public static class SortOps
{
    extension(Tensor x)
    {
        /// <summary>The elements along an axis in order.</summary>
        /// <param name="axis">The axis; negative counts from the end.</param>
        /// <param name="descending">Whether the largest come first.</param>
        /// <returns>The values, and where each was (int64).</returns>
        /// <exception cref="ShapeException">The axis does not exist.</exception>
        public (Tensor Values, Tensor Indices) Sort(int axis = -1, bool descending = false) => Run(nameof(Sort), x, axis, kept: -1, descending);

        /// <summary>The positions that put an axis in order.</summary>
        /// <param name="axis">The axis; negative counts from the end.</param>
        /// <param name="descending">Whether the largest come first.</param>
        /// <returns>An int64 tensor of the same shape.</returns>
        /// <exception cref="ShapeException">The axis does not exist.</exception>
        public Tensor ArgSort(int axis = -1, bool descending = false)
        {
            Tensor values, indices;
            using (Gradients.Off()) (values, indices) = Run(nameof(ArgSort), x, axis, kept: -1, descending);
            values.Dispose();
            return indices;
        }

        /// <summary>The k largest or smallest elements along an axis, in order.</summary>
        /// <param name="k">How many, 0 to the axis's size.</param>
        /// <param name="axis">The axis; negative counts from the end.</param>
        /// <param name="largest">Whether the largest are wanted.</param>
        /// <returns>The values, and where each was (int64); of equal ones the first.</returns>
        /// <exception cref="ShapeException">The axis does not exist.</exception>
        /// <exception cref="ArgumentException">k is out of range.</exception>
        public (Tensor Values, Tensor Indices) TopK(int k, int axis = -1, bool largest = true)
        {
            Shape shape = x.Checked(nameof(TopK)).Layout.Shape;
            long size = shape[Axes.Normalize(axis, shape, nameof(TopK))];
            if (k < 0 || k > size) OpThrow.SizeParameter(nameof(k), nameof(TopK), x, k, $"axis {axis} has {size} elements", "give a number from 0 to that");
            return Run(nameof(TopK), x, axis, k, largest);
        }

        /// <summary>The largest element along an axis and where it is; the gradient goes to that one alone.</summary>
        /// <param name="axis">The axis; negative counts from the end.</param>
        /// <param name="keepDims">True to keep the axis with size 1.</param>
        /// <returns>The values, and the first position of each (int64).</returns>
        /// <exception cref="ShapeException">The axis does not exist.</exception>
        /// <exception cref="ArgumentException">Nothing to choose from.</exception>
        public (Tensor Values, Tensor Indices) MaxWithIndices(int axis = -1, bool keepDims = false) => Extreme(nameof(MaxWithIndices), x, axis, keepDims, largest: true);

        /// <summary>The smallest element along an axis and where it is; the gradient goes to that one alone.</summary>
        /// <param name="axis">The axis; negative counts from the end.</param>
        /// <param name="keepDims">True to keep the axis with size 1.</param>
        /// <returns>The values, and the first position of each (int64).</returns>
        /// <exception cref="ShapeException">The axis does not exist.</exception>
        /// <exception cref="ArgumentException">Nothing to choose from.</exception>
        public (Tensor Values, Tensor Indices) MinWithIndices(int axis = -1, bool keepDims = false) => Extreme(nameof(MinWithIndices), x, axis, keepDims, largest: false);
    }

    private static (Tensor Values, Tensor Indices) Extreme(string name, Tensor x, int axis, bool keepDims, bool largest)
    {
        Tensor indices = Extremes.Position(name, x, axis, keepDims: true, largest);
        int normal = Axes.Normalize(axis, x.Shape, name);
        Tensor values;
        try
        {
            values = x.Gather(normal, indices);
        }
        catch
        {
            indices.Dispose();
            throw;
        }

        return keepDims ? (values, indices) : (values.Squeeze(normal), indices.Squeeze(normal));
    }

    private static (Tensor Values, Tensor Indices) Run(string name, Tensor x, int axis, int kept, bool descending)
    {
        LaneShape lanes = LaneShape.Of(x.Checked(name).Layout.Shape, axis, name);
        int count = kept < 0 ? lanes.Size : kept;
        Tensor dense = KeptAxes.Dense(x, name), values, indices;
        using Tensor made = Arithmetic.Made(dense, x);
        using (var op = new OpScope(name, dense))
        {
            Shape shape = x.Shape.WithSize(lanes.Axis, count);
            values = op.Allocate(x.DType, shape);
            indices = op.Allocate(DType.I64, shape);
            Sort(op, dense, values, indices, lanes, descending);
            op.Complete();
        }

        if (Tape.Records(x)) Tape.Record(IndexedReadBackward.Sort, values, x).Save(0, indices).Number = lanes.Axis;
        return (values, indices);
    }

    private static void Sort(in OpScope op, Tensor x, Tensor values, Tensor indices, LaneShape lanes, bool descending)
    {
        switch (x.DType)
        {
            case DType.F32: Sort<float>(op, x, values, indices, lanes, descending); break;
            case DType.F64: Sort<double>(op, x, values, indices, lanes, descending); break;
            case DType.I32: Sort<int>(op, x, values, indices, lanes, descending); break;
            case DType.I64: Sort<long>(op, x, values, indices, lanes, descending); break;
            default: Sort<byte>(op, x, values, indices, lanes, descending); break;
        }
    }

    private static void Sort<T>(in OpScope op, Tensor x, Tensor values, Tensor indices, LaneShape lanes, bool descending)
        where T : unmanaged, INumber<T>
    {
        using OpScratch<T> keys = op.Scratch<T>(lanes.Size);
        using OpScratch<int> order = op.Scratch<int>(2 * lanes.Size);
        if (!op.Computes) return;
        SortKernel.Sort(
            op.ReadSpan<T>(x), op.WriteSpan<T>(values), op.WriteSpan<long>(indices), lanes.Size, (int)values.Shape[lanes.Axis], lanes.Inner, descending,
            keys.Span, order.Span);
    }
}
