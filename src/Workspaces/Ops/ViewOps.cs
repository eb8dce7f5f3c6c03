using Workspaces.Autograd;
using Workspaces.Tensors;
using Workspaces.Tensors.Compute;

namespace Workspaces.Ops;

/// <summary>Views: other shapes and strides over the same memory, without copies. A view lives as long as its base, at most to the end of the pass that made it.</summary>
public static class ViewOps
{
    extension(Tensor x)
    {
        /// <summary>The same elements in another shape; a view when the strides permit it, else a copy.</summary>
        /// <param name="dims">The new sizes; one may be -1 and is inferred.</param>
        /// <returns>A view or a new tensor.</returns>
        /// <exception cref="ShapeException">The number of elements differs.</exception>
        public Tensor Reshape(params ReadOnlySpan<long> dims)
        {
            bool isView = x.Described(nameof(Reshape)).Layout.TryReshape(dims, out Layout layout);
            return Reshaped(x, isView ? TensorFrames.View(x, layout, nameof(Reshape)) : CopyReshaped(x, layout));
        }

        /// <summary>All axes from one on merged into one.</summary>
        /// <param name="startAxis">First axis to merge; the ones before it stay.</param>
        /// <returns>A view, or a copy when the strides do not permit one.</returns>
        /// <exception cref="ShapeException">The axis does not exist.</exception>
        public Tensor Flatten(int startAxis = 1)
        {
            Shape shape = x.Described(nameof(Flatten)).Layout.Shape;
            int start = Axes.Normalize(startAxis, shape, nameof(Flatten));
            Span<long> dims = stackalloc long[Shape.MaxRank];
            shape.AsSpan()[..start].CopyTo(dims);
            long rest = 1;
            foreach (long size in shape.AsSpan()[start..]) rest *= size;
            dims[start] = rest;
            return x.Reshape(dims[..(start + 1)]);
        }

        /// <summary>Two axes exchanged.</summary>
        /// <param name="axis0">One axis; negative counts from the end.</param>
        /// <param name="axis1">The other.</param>
        /// <returns>A view.</returns>
        /// <exception cref="ShapeException">An axis does not exist.</exception>
        public Tensor Transpose(int axis0 = -2, int axis1 = -1)
        {
            Tensor view = TensorFrames.View(x, x.Described(nameof(Transpose)).Layout.Transpose(axis0, axis1), nameof(Transpose));
            if (!Tape.Records(x)) return view;
            Shape shape = x.Shape;
            Span<int> order = stackalloc int[Shape.MaxRank];
            for (int i = 0; i < shape.Rank; i++) order[i] = i;
            int first = Axes.Normalize(axis0, shape, nameof(Transpose)), second = Axes.Normalize(axis1, shape, nameof(Transpose));
            (order[first], order[second]) = (second, first);
            Tape.Record(ReorderBackward.Instance, view, x).Number = AxisOrder.PackInverse(order[..shape.Rank]);
            return view;
        }

        /// <summary>The axes in another order.</summary>
        /// <param name="order">Every axis once.</param>
        /// <returns>A view.</returns>
        /// <exception cref="ShapeException">Not a permutation.</exception>
        public Tensor Permute(params ReadOnlySpan<int> order)
        {
            Tensor view = TensorFrames.View(x, x.Described(nameof(Permute)).Layout.Permute(order), nameof(Permute));
            if (!Tape.Records(x)) return view;
            Shape shape = x.Shape;
            Span<int> normal = stackalloc int[Shape.MaxRank];
            for (int i = 0; i < order.Length; i++) normal[i] = Axes.Normalize(order[i], shape, nameof(Permute));
            Tape.Record(ReorderBackward.Instance, view, x).Number = AxisOrder.PackInverse(normal[..order.Length]);
            return view;
        }

        /// <summary>A part of one axis.</summary>
        /// <param name="axis">The axis; negative counts from the end.</param>
        /// <param name="start">First index.</param>
        /// <param name="length">Number of indices taken.</param>
        /// <param name="step">Distance of neighbours, 1 or more.</param>
        /// <returns>A view.</returns>
        /// <exception cref="ShapeException">The part does not lie in the axis.</exception>
        public Tensor Slice(int axis, long start, long length, long step = 1)
        {
            Tensor view = TensorFrames.View(x, x.Described(nameof(Slice)).Layout.Slice(axis, start, length, step), nameof(Slice));
            if (Tape.Records(x)) Tape.Record(PartBackward.Instance, view, x).InputLayout = Layout.Contiguous(x.Shape).Slice(axis, start, length, step);
            return view;
        }

        /// <summary>One index of an axis, which disappears.</summary>
        /// <param name="axis">The axis; negative counts from the end.</param>
        /// <param name="index">The index; negative counts from the end.</param>
        /// <returns>A view.</returns>
        /// <exception cref="ShapeException">Axis or index do not exist.</exception>
        public Tensor Select(int axis, long index)
        {
            Tensor view = TensorFrames.View(x, x.Described(nameof(Select)).Layout.Select(axis, index), nameof(Select));
            if (Tape.Records(x)) Tape.Record(PartBackward.Instance, view, x).InputLayout = Layout.Contiguous(x.Shape).Select(axis, index);
            return view;
        }

        /// <summary>Indexing as in NumPy: integers, ranges, <see cref="TensorIndex.NewAxis"/>, <see cref="TensorIndex.Ellipsis"/>.</summary>
        /// <param name="entries">One entry an axis; missing ones take all.</param>
        /// <returns>A view.</returns>
        /// <exception cref="ShapeException">An entry does not fit its axis.</exception>
        public Tensor Index(params ReadOnlySpan<TensorIndex> entries)
        {
            Tensor view = TensorFrames.View(x, x.Described(nameof(Index)).Layout.Index(entries), nameof(Index));
            if (Tape.Records(x)) Tape.Record(PartBackward.Instance, view, x).InputLayout = Layout.Contiguous(x.Shape).Index(entries);
            return view;
        }

        /// <summary>The tensor stretched to a larger shape: new axes in front, sizes of 1 repeated.</summary>
        /// <param name="shape">The larger shape.</param>
        /// <returns>A view that may not be written to.</returns>
        /// <exception cref="ShapeException">The shape cannot be reached.</exception>
        public Tensor BroadcastTo(Shape shape)
        {
            Tensor view = TensorFrames.View(x, x.Described(nameof(BroadcastTo)).Layout.BroadcastTo(shape), nameof(BroadcastTo));
            if (Tape.Records(x)) Tape.Record(AddBackward.Instance, view, x);
            return view;
        }

        /// <summary>A new axis of size 1.</summary>
        /// <param name="axis">Its position; negative counts from the end.</param>
        /// <returns>A view.</returns>
        /// <exception cref="ShapeException">No such position.</exception>
        public Tensor Unsqueeze(int axis) => Reshaped(x, TensorFrames.View(x, x.Described(nameof(Unsqueeze)).Layout.Unsqueeze(axis), nameof(Unsqueeze)));

        /// <summary>An axis of size 1 removed.</summary>
        /// <param name="axis">The axis; negative counts from the end.</param>
        /// <returns>A view.</returns>
        /// <exception cref="ShapeException">The axis does not exist or has another size.</exception>
        public Tensor Squeeze(int axis) => Reshaped(x, TensorFrames.View(x, x.Described(nameof(Squeeze)).Layout.Squeeze(axis), nameof(Squeeze)));
    }

    private static Tensor Reshaped(Tensor x, Tensor view)
    {
        if (Tape.Records(x)) Tape.Record(ReshapeBackward.Instance, view, x);
        return view;
    }

    private static Tensor CopyReshaped(Tensor x, in Layout layout)
    {
        using var op = new OpScope(nameof(Reshape), x);
        Tensor copy = op.Allocate(x.DType, layout.Shape);
        Tensor inOldShape = TensorFrames.View(copy, Layout.Contiguous(x.Shape), nameof(Reshape));
        TensorCopy.Run(op, x, inOldShape);
        op.Complete();
        return copy;
    }

    /// <summary>The gradient takes the shape of the input.</summary>
    private sealed class ReshapeBackward : Differential
    {
        internal static readonly ReshapeBackward Instance = new();

        internal override string Name => nameof(Reshape);

        internal override void Backward(in BackwardContext context)
        {
            Tensor dY = context.Gradient;
            bool isView = dY.Layout.TryReshape(context.Node[0].Shape.AsSpan(), out Layout layout);
            if (isView) context.Send(0, TensorFrames.View(dY, layout, Name));
            else context.SendOwned(0, CopyReshaped(dY, layout));
        }
    }

    /// <summary>The axes of the gradient go back to their old order.</summary>
    private sealed class ReorderBackward : Differential
    {
        internal static readonly ReorderBackward Instance = new();

        internal override string Name => nameof(Permute);

        internal override void Backward(in BackwardContext context)
        {
            Span<int> order = stackalloc int[Shape.MaxRank];
            Layout layout = context.Gradient.Layout;
            AxisOrder.Unpack(context.Node.Number, order[..layout.Rank]);
            context.Send(0, TensorFrames.View(context.Gradient, layout.Permute(order[..layout.Rank]), Name));
        }
    }

    /// <summary>The gradient is laid into its part of the input's gradient, which is 0 elsewhere.</summary>
    private sealed class PartBackward : Differential
    {
        internal static readonly PartBackward Instance = new();

        internal override string Name => nameof(Slice);

        internal override void Backward(in BackwardContext context)
        {
            Tensor dX = context.Target(0, context.Node[0].Shape, out bool accumulate);
            if (!accumulate) Arithmetic.FillInPlace(dX, 0);
            Arithmetic.CopyOrAdd(context.Gradient, TensorFrames.View(dX, context.Node.InputLayout, Name), accumulate);
        }
    }
}
