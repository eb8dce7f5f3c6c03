using Workspaces.Autograd;
using Workspaces.Kernels.Rows;
using Workspaces.Tensors;
using Workspaces.Tensors.Compute;

namespace Workspaces.Ops;

/// <summary>Softmax and its logarithm, stable for any finite input.</summary>
public static class SoftmaxOps
{
    extension(Tensor x)
    {
        /// <summary>e^x over its sum along an axis.</summary>
        /// <param name="axis">The axis.</param>
        /// <returns>A new tensor.</returns>
        /// <exception cref="ShapeException">The axis does not exist.</exception>
        /// <exception cref="ArgumentException">Not a float type.</exception>
        public Tensor Softmax(int axis = -1) => AlongLast(x, axis, log: false);

        /// <summary>Logarithm of the softmax along an axis.</summary>
        /// <param name="axis">The axis.</param>
        /// <returns>A new tensor.</returns>
        /// <exception cref="ShapeException">The axis does not exist.</exception>
        /// <exception cref="ArgumentException">Not a float type.</exception>
        public Tensor LogSoftmax(int axis = -1) => AlongLast(x, axis, log: true);
    }

    private static Tensor AlongLast(Tensor x, int axis, bool log)
    {
        string name = log ? "LogSoftmax" : "Softmax";
        int normal = Axes.Normalize(axis, x.Checked(name).Layout.Shape, name);
        Dispatch.RequireFloat(x, name);
        Tensor rows = AsRows(x, normal, name);
        Tensor made;
        using (Arithmetic.Made(rows, x)) made = Forward(rows, name, log);
        Tensor y = FromRows(made, normal, name);
        if (Tape.Records(x))
        {
            Node node = Tape.Record(SoftmaxBackward.Instance, y, x).Save(0, y);
            node.Number = normal;
            node.Factor = log ? 1 : 0;
        }

        return y;
    }

    /// <summary>The axis brought to the end, contiguous: the tensor itself, or a copy.</summary>
    private static Tensor AsRows(Tensor x, int axis, string name)
    {
        Layout layout = x.Layout.Transpose(axis, -1);
        return axis == x.Rank - 1 && layout.IsContiguous ? x : Arithmetic.Copy(TensorFrames.View(x, layout, name), name);
    }

    /// <summary>The axis brought back to its place; takes the tensor over.</summary>
    private static Tensor FromRows(Tensor rows, int axis, string name)
    {
        if (axis == rows.Rank - 1) return rows;
        using (rows) return Arithmetic.Copy(TensorFrames.View(rows, rows.Layout.Transpose(axis, -1), name), name);
    }

    private static Tensor Forward(Tensor x, string name, bool log)
    {
        using var op = new OpScope(name, x);
        Tensor y = op.Allocate(x.DType, x.Shape);
        if (op.Computes) Compute(op, x, y, log);
        op.Complete();
        return y;
    }

    private static void Compute(in OpScope op, Tensor x, Tensor y, bool log)
    {
        int columns = (int)x.Shape[-1], rows = columns == 0 ? 0 : (int)(x.Length / columns);
        if (x.DType == DType.F32) Rows(op.ReadSpan<float>(x), op.WriteSpan<float>(y), rows, columns, log);
        else Rows(op.ReadSpan<double>(x), op.WriteSpan<double>(y), rows, columns, log);
    }

    private static void Rows<T>(ReadOnlySpan<T> x, Span<T> y, int rows, int columns, bool log)
        where T : unmanaged, System.Numerics.IFloatingPointIeee754<T>
    {
        if (log) Kernels.Rows.Softmax.LogForward(x, y, rows, columns);
        else Kernels.Rows.Softmax.Forward(x, y, rows, columns);
    }

    /// <summary>Softmax: dx = y (dy - Σ y dy); its logarithm: dx = dy - e^y Σ dy.</summary>
    private sealed class SoftmaxBackward : Differential
    {
        internal static readonly SoftmaxBackward Instance = new();

        internal override string Name => "Softmax";

        internal override void Backward(in BackwardContext context)
        {
            int axis = (int)context.Node.Number;
            Tensor saved = context.Saved(0), given = context.Gradient;
            bool log = context.Node.Factor == 1;
            Tensor y = AsRows(saved, axis, Name), dX;
            using (Tensor madeY = Arithmetic.Made(y, saved))
            {
                if (madeY.HeaderOrNull is not null) context.ReleaseSaved(0);
                Tensor dY = AsRows(given, axis, Name);
                using Tensor madeDY = Arithmetic.Made(dY, given);
                if (madeDY.HeaderOrNull is not null) context.ReleaseGradient();
                dX = Run(y, dY, log);
            }

            context.SendOwned(0, FromRows(dX, axis, Name));
        }

        private static Tensor Run(Tensor y, Tensor dY, bool log)
        {
            using var op = new OpScope("Softmax", y, dY);
            Tensor dX = op.Allocate(y.DType, y.Shape);
            if (op.Computes) Compute(op, y, dY, dX, log);
            op.Complete();
            return dX;
        }

        private static void Compute(in OpScope op, Tensor y, Tensor dY, Tensor dX, bool log)
        {
            int columns = (int)y.Shape[-1], rows = columns == 0 ? 0 : (int)(y.Length / columns);
            if (y.DType == DType.F32) Rows(op.ReadSpan<float>(y), op.ReadSpan<float>(dY), op.WriteSpan<float>(dX), rows, columns, log);
            else Rows(op.ReadSpan<double>(y), op.ReadSpan<double>(dY), op.WriteSpan<double>(dX), rows, columns, log);
        }

        private static void Rows<T>(ReadOnlySpan<T> y, ReadOnlySpan<T> dY, Span<T> dX, int rows, int columns, bool log)
            where T : unmanaged, System.Numerics.IFloatingPointIeee754<T>
        {
            if (log) Kernels.Rows.Softmax.LogBackward(y, dY, dX, rows, columns);
            else Kernels.Rows.Softmax.Backward(y, dY, dX, rows, columns);
        }
    }
}
