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
        int normal = Axes.Normalize(axis, x.Rank, log ? "LogSoftmax" : "Softmax");
        if (normal != x.Rank - 1) return AlongLast(x.Transpose(normal, -1), -1, log).Transpose(normal, -1);
        Tensor input = x.Contiguous();
        Tensor y = Forward(input, log);
        if (Tape.Records(input)) Tape.Record(SoftmaxBackward.Instance, y, input).Save(0, y).Number = log ? 1 : 0;
        return y;
    }

    private static Tensor Forward(Tensor x, bool log)
    {
        string name = log ? "LogSoftmax" : "Softmax";
        using var op = new OpScope(name, x);
        Dispatch.RequireFloat(x, name);
        Tensor y = op.Allocate(x.DType, x.Shape);
        int columns = (int)x.Shape[-1], rows = columns == 0 ? 0 : (int)(x.Length / columns);
        if (x.DType == DType.F32) Rows(op.ReadSpan<float>(x), op.WriteSpan<float>(y), rows, columns, log);
        else Rows(op.ReadSpan<double>(x), op.WriteSpan<double>(y), rows, columns, log);
        op.Complete();
        return y;
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
            Tensor y = context.Saved(0);
            Tensor dY = context.Gradient.Layout.IsContiguous ? default : Arithmetic.Copy(context.Gradient, Name);
            context.SendOwned(0, Run(y, dY.HeaderOrNull is null ? context.Gradient : dY, context.Node.Number == 1));
            if (dY.HeaderOrNull is not null) dY.Dispose();
        }

        private static Tensor Run(Tensor y, Tensor dY, bool log)
        {
            using var op = new OpScope("Softmax", y, dY);
            Tensor dX = op.Allocate(y.DType, y.Shape);
            int columns = (int)y.Shape[-1], rows = columns == 0 ? 0 : (int)(y.Length / columns);
            if (y.DType == DType.F32) Rows(op.ReadSpan<float>(y), op.ReadSpan<float>(dY), op.WriteSpan<float>(dX), rows, columns, log);
            else Rows(op.ReadSpan<double>(y), op.ReadSpan<double>(dY), op.WriteSpan<double>(dX), rows, columns, log);
            op.Complete();
            return dX;
        }

        private static void Rows<T>(ReadOnlySpan<T> y, ReadOnlySpan<T> dY, Span<T> dX, int rows, int columns, bool log)
            where T : unmanaged, System.Numerics.IFloatingPointIeee754<T>
        {
            if (log) Kernels.Rows.Softmax.LogBackward(y, dY, dX, rows, columns);
            else Kernels.Rows.Softmax.Backward(y, dY, dX, rows, columns);
        }
    }
}
