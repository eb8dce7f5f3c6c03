using System.Numerics;
using Workspaces.Kernels.Elementwise;
using Workspaces.Tensors.Compute;

namespace Workspaces.Tensors;

/// <summary>Writes constants and progressions into tensors of every type.</summary>
internal static class TensorFill
{
    internal static void Run(in OpScope op, Tensor tensor, double value)
    {
        switch (tensor.DType)
        {
            case DType.F32: Constant(op, tensor, (float)value); break;
            case DType.F64: Constant(op, tensor, value); break;
            case DType.I32: Constant(op, tensor, Exact<int>(value)); break;
            case DType.I64: Constant(op, tensor, Exact<long>(value)); break;
            case DType.U8: Constant(op, tensor, Exact<byte>(value)); break;
            default: Constant(op, tensor, (byte)(value != 0 ? 1 : 0)); break;
        }
    }

    internal static void Progression(in OpScope op, Tensor tensor, double start, double step)
    {
        switch (tensor.DType)
        {
            case DType.F32: Steps<float>(op, tensor, start, step); break;
            case DType.F64: Steps<double>(op, tensor, start, step); break;
            case DType.I32: Steps<int>(op, tensor, start, step); break;
            case DType.I64: Steps<long>(op, tensor, start, step); break;
            default: Steps<byte>(op, tensor, start, step); break;
        }
    }

    private static T Exact<T>(double value)
        where T : unmanaged, INumber<T> => T.CreateChecked(value);

    private static void Constant<T>(in OpScope op, Tensor tensor, T value)
        where T : unmanaged
    {
        if (!op.Computes) return;
        Layout layout = tensor.Layout;
        if (layout.IsContiguous)
        {
            DenseLoop.Fill(value, op.WriteSpan<T>(tensor), OpTeams.For(op.Frame, tensor.Length * tensor.DType.SizeInBytes));
            return;
        }

        Elementwise.Fill(value, op.WriteSpan<T>(tensor), layout.Strides.AsSpan(), layout.Shape.AsSpan());
    }

    private static void Steps<T>(in OpScope op, Tensor tensor, double start, double step)
        where T : unmanaged, INumber<T>
    {
        if (!op.Computes) return;
        Span<T> span = op.WriteSpan<T>(tensor);
        for (int i = 0; i < span.Length; i++) span[i] = T.CreateChecked(start + (i * step));
    }
}
