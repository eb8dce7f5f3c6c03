using System.Numerics;
using Workspaces.Kernels.Elementwise;

namespace Workspaces.Tensors.Compute;

/// <summary>Conversion between data types, as C# converts unchecked numbers with saturation; to bool: is not 0.</summary>
internal static class Cast
{
    internal static Tensor Run(Tensor x, DType dtype)
    {
        using var op = new OpScope("To", x);
        Tensor result = op.Allocate(dtype, x.Shape);
        if (op.Computes) From(op, x, result);
        op.Complete();
        return result;
    }

    private static void From(in OpScope op, Tensor x, Tensor result)
    {
        switch (x.DType)
        {
            case DType.F32: From<float>(op, x, result); break;
            case DType.F64: From<double>(op, x, result); break;
            case DType.I32: From<int>(op, x, result); break;
            case DType.I64: From<long>(op, x, result); break;
            default: From<byte>(op, x, result); break;
        }
    }

    private static void From<TFrom>(in OpScope op, Tensor x, Tensor result)
        where TFrom : unmanaged, INumber<TFrom>
    {
        switch (result.DType)
        {
            case DType.F32: Convert<TFrom, float>(op, x, result); break;
            case DType.F64: Convert<TFrom, double>(op, x, result); break;
            case DType.I32: Convert<TFrom, int>(op, x, result); break;
            case DType.I64: Convert<TFrom, long>(op, x, result); break;
            case DType.U8: Convert<TFrom, byte>(op, x, result); break;
            default: ToBool<TFrom>(op, x, result); break;
        }
    }

    private static void Convert<TFrom, TTo>(in OpScope op, Tensor x, Tensor result)
        where TFrom : unmanaged, INumber<TFrom>
        where TTo : unmanaged, INumber<TTo>
    {
        Layout from = x.Layout, to = result.Layout;
        ElementwiseCopy.Cast<TFrom, TTo>(op.ReadSpan<TFrom>(x), from.Strides.AsSpan(), op.WriteSpan<TTo>(result), to.Strides.AsSpan(), from.Shape.AsSpan());
    }

    private static void ToBool<T>(in OpScope op, Tensor x, Tensor result)
        where T : unmanaged, INumber<T>
    {
        Layout from = x.Layout, to = result.Layout;
        T zero = T.Zero;
        Strides none = Layout.Contiguous(new Shape()).BroadcastTo(from.Shape).Strides;
        Elementwise.Compare<T, NotEqual<T>>(
            op.ReadSpan<T>(x), from.Strides.AsSpan(), new ReadOnlySpan<T>(in zero), none.AsSpan(), op.WriteSpan<byte>(result), to.Strides.AsSpan(), from.Shape.AsSpan());
    }
}
