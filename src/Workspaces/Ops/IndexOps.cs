using System.Numerics;
using Workspaces.Autograd;
using Workspaces.Kernels.Indexing;
using Workspaces.Tensors;
using Workspaces.Tensors.Compute;

namespace Workspaces.Ops;

/// <summary>Reads and additions at positions along an axis. Positions are int64 or int32, 0 to the axis's size - 1; negative ones are refused.</summary>
public static class IndexOps
{
    extension(Tensor x)
    {
        /// <summary>y[i, j, k] = x[i, index[i, j, k], k], for the axis 1 of three.</summary>
        /// <param name="axis">The axis; negative counts from the end.</param>
        /// <param name="index">Positions: as many axes as x, nowhere larger than it apart from this one.</param>
        /// <returns>A new tensor of the positions' shape.</returns>
        /// <exception cref="ShapeException">The axis does not exist, or the positions do not fit.</exception>
        /// <exception cref="ArgumentException">A position is out of range, or positions are no integers.</exception>
        public Tensor Gather(int axis, Tensor index)
        {
            int normal = Check(nameof(Gather), x, axis, index);
            Tensor positions = index.To(DType.I64);
            using Tensor made = Arithmetic.Made(positions, index);
            Tensor y = IndexedReads.Gather(nameof(Gather), x, normal, positions);
            if (Tape.Records(x)) Tape.Record(IndexedReadBackward.Gather, y, x).Save(0, positions).Number = normal;
            return y;
        }

        /// <summary>A copy of x with y[i, index[i, j, k], k] += source[i, j, k], for the axis 1 of three.</summary>
        /// <param name="axis">The axis; negative counts from the end.</param>
        /// <param name="index">Positions: as many axes as x, nowhere larger than it apart from this one.</param>
        /// <param name="source">What is added: of the positions' shape and x's type.</param>
        /// <returns>A new tensor of x's shape.</returns>
        /// <exception cref="ShapeException">The axis does not exist, or positions or source do not fit.</exception>
        /// <exception cref="ArgumentException">A position is out of range, positions are no integers, or the types differ.</exception>
        public Tensor ScatterAdd(int axis, Tensor index, Tensor source)
        {
            int normal = Check(nameof(ScatterAdd), x, axis, index);
            if (source.Checked(nameof(ScatterAdd)).DType != x.DType) TensorThrow.TypesDiffer(nameof(ScatterAdd), x, source);
            Dispatch.RequireNumber(x, nameof(ScatterAdd));
            if (source.Shape != index.Shape) OpThrow.Positions(nameof(ScatterAdd), source.Shape, index.Shape, normal);
            Tensor positions = index.To(DType.I64), y;
            using Tensor made = Arithmetic.Made(positions, index);
            using (var op = new OpScope(nameof(ScatterAdd), x, positions, source))
            {
                y = op.Allocate(x.DType, x.Shape);
                TensorCopy.Run(op, x, y);
                if (op.Computes) IndexedReads.Scatter(op, nameof(ScatterAdd), y, normal, positions, source);
                op.Complete();
            }

            if (!Tape.Records(x, source)) return y;
            Node node = Tape.Record(ScatterAddBackward.Instance, y, x, source);
            if (Tape.Records(source)) node.Save(0, positions);
            node.Number = normal;
            return y;
        }

        /// <summary>Whole slices at positions of an axis, in the order of the positions.</summary>
        /// <param name="axis">The axis; negative counts from the end.</param>
        /// <param name="index">[n] positions.</param>
        /// <returns>A new tensor with n instead of the axis's size.</returns>
        /// <exception cref="ShapeException">The axis does not exist, or the positions have not one axis.</exception>
        /// <exception cref="ArgumentException">A position is out of range, or positions are no integers.</exception>
        public Tensor IndexSelect(int axis, Tensor index)
        {
            Shape shape = x.Checked(nameof(IndexSelect)).Layout.Shape;
            int normal = Axes.Normalize(axis, shape, nameof(IndexSelect));
            RequirePositions(nameof(IndexSelect), x, index);
            if (index.Rank != 1) OpThrow.Positions(nameof(IndexSelect), shape, index.Shape, normal);
            Tensor integers = index.To(DType.I64), positions = integers.Contiguous(), dense = KeptAxes.Dense(x, nameof(IndexSelect));
            using Tensor madeIntegers = Arithmetic.Made(integers, index), madePositions = Arithmetic.Made(positions, integers), madeX = Arithmetic.Made(dense, x);
            Tensor y = Select(dense, normal, positions);
            if (Tape.Records(x)) Tape.Record(IndexSelectBackward.Instance, y, x).Save(0, positions).Number = normal;
            return y;
        }

        /// <summary>Labels as rows of zeros with a one at the label.</summary>
        /// <param name="classes">Number of classes, the size of the new last axis.</param>
        /// <param name="dtype">Type of the result.</param>
        /// <returns>A new tensor with one axis more.</returns>
        /// <exception cref="ArgumentException">A label is out of range, labels are no integers, or the type is bool.</exception>
        public Tensor OneHot(int classes, DType dtype = DType.I64)
        {
            if (x.Checked(nameof(OneHot)).DType is not (DType.I64 or DType.I32)) OpThrow.NotIntegers(nameof(OneHot), x, x, "labels");
            if (classes < 1) OpThrow.SizeParameter(nameof(classes), nameof(OneHot), x, classes, "there is at least one class", "give the number of classes");
            Tensor integers = x.To(DType.I64), labels = integers.Contiguous();
            using Tensor madeIntegers = Arithmetic.Made(integers, x), made = Arithmetic.Made(labels, integers);
            using var op = new OpScope(nameof(OneHot), labels);
            Span<long> dims = stackalloc long[Shape.MaxRank + 1];
            x.Shape.AsSpan().CopyTo(dims);
            dims[x.Rank] = classes;
            Tensor y = op.Allocate(dtype, new Shape(dims[..(x.Rank + 1)]));
            int bad = op.Computes ? OneHot(op, labels, y, classes) : -1;
            if (bad >= 0) OpThrow.Label(nameof(OneHot), x.Shape, op.ReadSpan<long>(labels)[bad], bad, classes);
            op.Complete();
            return y;
        }
    }

    private static int OneHot(in OpScope op, Tensor labels, Tensor y, int classes) => y.DType switch
    {
        DType.F32 => Indexed.OneHot(op.ReadSpan<long>(labels), op.WriteSpan<float>(y), classes),
        DType.F64 => Indexed.OneHot(op.ReadSpan<long>(labels), op.WriteSpan<double>(y), classes),
        DType.I32 => Indexed.OneHot(op.ReadSpan<long>(labels), op.WriteSpan<int>(y), classes),
        DType.I64 => Indexed.OneHot(op.ReadSpan<long>(labels), op.WriteSpan<long>(y), classes),
        _ => Indexed.OneHot(op.ReadSpan<long>(labels), op.WriteSpan<byte>(y), classes),
    };

    private static void RequirePositions(string name, Tensor x, Tensor index)
    {
        if (index.Checked(name).DType is not (DType.I64 or DType.I32)) OpThrow.NotIntegers(name, x, index, "positions");
    }

    private static int Check(string name, Tensor x, int axis, Tensor index)
    {
        Shape shape = x.Checked(name).Layout.Shape;
        int normal = Axes.Normalize(axis, shape, name);
        RequirePositions(name, x, index);
        Shape positions = index.Shape;
        bool fits = positions.Rank == shape.Rank;
        for (int i = 0; fits && i < shape.Rank; i++) fits = i == normal || positions[i] <= shape[i];
        if (!fits) OpThrow.Positions(name, shape, positions, normal);
        return normal;
    }

    private static Tensor Select(Tensor x, int axis, Tensor positions)
    {
        LaneShape lanes = LaneShape.Of(x.Shape, axis, nameof(IndexSelect));
        using var op = new OpScope(nameof(IndexSelect), x, positions);
        Tensor y = op.Allocate(x.DType, x.Shape.WithSize(axis, positions.Length));
        if (op.Computes)
        {
            ReadOnlySpan<long> map = op.ReadSpan<long>(positions);
            foreach (long position in map)
            {
                if ((ulong)position >= (ulong)lanes.Size) OpThrow.Position(nameof(IndexSelect), x.Shape, axis, position);
            }

            switch (x.DType.SizeInBytes)
            {
                case 1: AxisKernels.Select<byte>(op.ReadSpan<byte>(x), op.WriteSpan<byte>(y), map, lanes.Size, lanes.Inner, 0); break;
                case 4: AxisKernels.Select(op.ReadSpan<int>(x), op.WriteSpan<int>(y), map, lanes.Size, lanes.Inner, 0); break;
                default: AxisKernels.Select(op.ReadSpan<long>(x), op.WriteSpan<long>(y), map, lanes.Size, lanes.Inner, 0L); break;
            }
        }

        op.Complete();
        return y;
    }

    /// <summary>dx = dy; the source gets dy at its positions.</summary>
    private sealed class ScatterAddBackward : Differential
    {
        internal static readonly ScatterAddBackward Instance = new();

        internal override string Name => nameof(ScatterAdd);

        internal override void Backward(in BackwardContext context)
        {
            if (context.WantsGradient(1)) context.SendOwned(1, IndexedReads.Gather(Name, context.Gradient, (int)context.Node.Number, context.Saved(0)));
            if (context.WantsGradient(0)) context.Send(0, context.Gradient);
        }
    }

    /// <summary>The slices of dy, added where they came from.</summary>
    private sealed class IndexSelectBackward : Differential
    {
        internal static readonly IndexSelectBackward Instance = new();

        internal override string Name => nameof(IndexSelect);

        internal override void Backward(in BackwardContext context)
        {
            Tensor dY = KeptAxes.Dense(context.Gradient, Name);
            using Tensor made = Arithmetic.Made(dY, context.Gradient);
            context.SendOwned(0, Run(context.Node, dY, context.Saved(0)));
        }

        private Tensor Run(Node node, Tensor dY, Tensor positions)
        {
            LaneShape lanes = LaneShape.Of(node[0].Shape, (int)node.Number, Name);
            using var op = new OpScope(Name, dY, positions);
            Tensor dX = op.Allocate(dY.DType, node[0].Shape);
            if (op.Computes && dY.DType == DType.F32)
                AxisKernels.AddBack(op.ReadSpan<float>(dY), op.WriteSpan<float>(dX), op.ReadSpan<long>(positions), lanes.Size, lanes.Inner);
            else if (op.Computes)
                AxisKernels.AddBack(op.ReadSpan<double>(dY), op.WriteSpan<double>(dX), op.ReadSpan<long>(positions), lanes.Size, lanes.Inner);
            op.Complete();
            return dX;
        }
    }
}
