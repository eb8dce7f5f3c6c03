using Workspaces.Autograd;
using Workspaces.Tensors;

namespace Workspaces.Ops;

/// <summary>Tensors joined along an axis, and taken apart into views.</summary>
public static class JoinOps
{
    extension(Tensor)
    {
        /// <summary>Tensors one after the other along an axis.</summary>
        /// <param name="tensors">At least one; equal types, and equal sizes apart from the axis.</param>
        /// <param name="axis">The axis; negative counts from the end.</param>
        /// <returns>A new tensor.</returns>
        /// <exception cref="ShapeException">The shapes do not fit.</exception>
        /// <exception cref="ArgumentException">There are no tensors, or the types differ.</exception>
        public static Tensor Concat(ReadOnlySpan<Tensor> tensors, int axis = 0)
        {
            Shape shape = Joined(tensors, axis, out int normal);
            Tensor y = default;
            try
            {
                long start = 0;
                for (int i = 0; i < tensors.Length; i++) Lay(tensors[i], ref y, shape, normal, ref start);
            }
            catch
            {
                y.Dispose();
                throw;
            }

            Record(tensors, y, normal);
            return y;
        }

        /// <summary>Tensors side by side along a new axis.</summary>
        /// <param name="tensors">At least one, of equal types and shapes.</param>
        /// <param name="axis">Position of the new axis; negative counts from the end.</param>
        /// <returns>A new tensor.</returns>
        /// <exception cref="ShapeException">The shapes differ.</exception>
        /// <exception cref="ArgumentException">There are no tensors, or the types differ.</exception>
        public static Tensor Stack(ReadOnlySpan<Tensor> tensors, int axis = 0)
        {
            if (tensors.IsEmpty) OpThrow.NothingToJoin(nameof(Stack));
            Shape shape = tensors[0].Checked(nameof(Stack)).Layout.Shape;
            int normal = Axes.NormalizeNew(axis, shape, nameof(Stack));
            Tensor y = default;
            Shape joined = default;
            for (int i = 0; i < tensors.Length; i++)
            {
                if (tensors[i].Checked(nameof(Stack)).DType != tensors[0].DType) TensorThrow.TypesDiffer(nameof(Stack), tensors[0], tensors[i]);
                if (tensors[i].Shape != shape) OpThrow.JoinShapes(nameof(Stack), shape, tensors[i].Shape, i, normal);
            }

            joined = Layout.Contiguous(shape).Unsqueeze(normal).Shape.WithSize(normal, tensors.Length);
            try
            {
                long start = 0;
                for (int i = 0; i < tensors.Length; i++) Lay(tensors[i], ref y, joined, normal, ref start, isNewAxis: true);
            }
            catch
            {
                y.Dispose();
                throw;
            }

            Record(tensors, y, normal, isNewAxis: true);
            return y;
        }
    }

    extension(Tensor x)
    {
        /// <summary>Views of parts of an axis, each of a size but the last, which takes the rest. The array is made anew by each call.</summary>
        /// <param name="size">Size of a part, 1 or more.</param>
        /// <param name="axis">The axis; negative counts from the end.</param>
        /// <returns>The views; none of an empty axis.</returns>
        /// <exception cref="ShapeException">The axis does not exist.</exception>
        /// <exception cref="ArgumentException">The size is below 1.</exception>
        public Tensor[] Split(long size, int axis = 0)
        {
            Shape shape = x.Checked(nameof(Split)).Layout.Shape;
            long length = shape[Axes.Normalize(axis, shape, nameof(Split))];
            if (size < 1) OpThrow.SizeParameter(nameof(size), nameof(Split), x, size, "a part has at least one element", "give a size of 1 or more");
            var parts = new Tensor[(length + size - 1) / size];
            for (int i = 0; i < parts.Length; i++) parts[i] = x.Slice(axis, i * size, Math.Min(size, length - (i * size)));
            return parts;
        }

        /// <summary>At most so many views of equal parts of an axis; the last may be smaller. The array is made anew by each call.</summary>
        /// <param name="count">Number of parts, 1 or more.</param>
        /// <param name="axis">The axis; negative counts from the end.</param>
        /// <returns>The views.</returns>
        /// <exception cref="ShapeException">The axis does not exist.</exception>
        /// <exception cref="ArgumentException">The count is below 1.</exception>
        public Tensor[] Chunk(int count, int axis = 0)
        {
            Shape shape = x.Checked(nameof(Chunk)).Layout.Shape;
            long length = shape[Axes.Normalize(axis, shape, nameof(Chunk))];
            if (count < 1) OpThrow.SizeParameter(nameof(count), nameof(Chunk), x, count, "there is at least one part", "give a count of 1 or more");
            return x.Split(Math.Max(1, (length + count - 1) / count), axis);
        }
    }

    private static Shape Joined(ReadOnlySpan<Tensor> tensors, int axis, out int normal)
    {
        if (tensors.IsEmpty) OpThrow.NothingToJoin(nameof(Concat));
        Shape first = tensors[0].Checked(nameof(Concat)).Layout.Shape;
        normal = Axes.Normalize(axis, first, nameof(Concat));
        long length = 0;
        for (int i = 0; i < tensors.Length; i++)
        {
            if (tensors[i].Checked(nameof(Concat)).DType != tensors[0].DType) TensorThrow.TypesDiffer(nameof(Concat), tensors[0], tensors[i]);
            Shape shape = tensors[i].Shape;
            if (shape.Rank != first.Rank || shape.WithSize(normal, 0) != first.WithSize(normal, 0))
                OpThrow.JoinShapes(nameof(Concat), first, shape, i, normal);
            length += shape[normal];
        }

        return first.WithSize(normal, length);
    }

    /// <summary>Lays one tensor into the result; the first one makes it.</summary>
    private static void Lay(Tensor x, ref Tensor y, in Shape shape, int axis, ref long start, bool isNewAxis = false)
    {
        string name = isNewAxis ? nameof(Stack) : nameof(Concat);
        using OpScope op = y.HeaderOrNull is null ? new OpScope(name, x) : new OpScope(name, x, y);
        Tensor made = y.HeaderOrNull is null ? op.Allocate(x.DType, shape) : y;
        Layout part = Part(made.Layout, axis, start, x.Shape, isNewAxis);
        TensorCopy.Run(op, x, TensorFrames.View(made, part, name));
        op.Complete();
        y = made;
        start += isNewAxis ? 1 : x.Shape[axis];
    }

    private static Layout Part(in Layout layout, int axis, long start, in Shape shape, bool isNewAxis) =>
        isNewAxis ? layout.Select(axis, start) : layout.Slice(axis, start, shape[axis]);

    /// <summary>
    /// A node has four inputs, so more tensors make a chain of nodes: each stands for laying a few tensors into the result of the one before, and its
    /// first input is that result.
    /// </summary>
    private static void Record(ReadOnlySpan<Tensor> tensors, Tensor y, int axis, bool isNewAxis = false)
    {
        if (!Tape.Records(tensors)) return;
        long start = 0;
        for (int i = 0; i < tensors.Length;)
        {
            bool first = i == 0;
            int count = Math.Min(first ? Node.MaxInputs : Node.MaxInputs - 1, tensors.Length - i);
            ReadOnlySpan<Tensor> group = tensors.Slice(i, count);
            Node node = (first, count) switch
            {
                (true, 1) => Tape.Record(JoinBackward.Instance, y, group[0]),
                (true, 2) => Tape.Record(JoinBackward.Instance, y, group[0], group[1]),
                (true, 3) => Tape.Record(JoinBackward.Instance, y, group[0], group[1], group[2]),
                (true, _) => Tape.Record(JoinBackward.Instance, y, group[0], group[1], group[2], group[3]),
                (_, 1) => Tape.Record(JoinBackward.Instance, y, y, group[0]),
                (_, 2) => Tape.Record(JoinBackward.Instance, y, y, group[0], group[1]),
                _ => Tape.Record(JoinBackward.Instance, y, y, group[0], group[1], group[2]),
            };
            node.Number = start;
            node.Factor = axis;
            node.InputShape = new Shape(first ? 0 : 1, isNewAxis ? 1 : 0);
            foreach (Tensor tensor in group) start += isNewAxis ? 1 : tensor.Shape[axis];
            i += count;
        }
    }

    /// <summary>Each tensor gets its part of dy, as a view.</summary>
    private sealed class JoinBackward : Differential
    {
        internal static readonly JoinBackward Instance = new();

        internal override string Name => nameof(Concat);

        internal override void Backward(in BackwardContext context)
        {
            Node node = context.Node;
            Tensor dY = context.Gradient;
            int axis = (int)node.Factor, own = (int)node.InputShape[0];
            bool isNewAxis = node.InputShape[1] == 1;
            long start = node.Number;
            for (int i = own; i < node.Inputs; i++)
            {
                Shape shape = node[i].Shape;
                if (context.WantsGradient(i)) context.Send(i, TensorFrames.View(dY, Part(dY.Layout, axis, start, shape, isNewAxis), Name));
                start += isNewAxis ? 1 : shape[axis];
            }

            if (own == 1) context.Send(0, dY);
        }
    }
}
