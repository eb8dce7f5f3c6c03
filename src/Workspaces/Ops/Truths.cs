using System.Numerics;
using Workspaces.Kernels.Reductions;
using Workspaces.Tensors;

namespace Workspaces.Ops;

/// <summary>Any and all over axes, and products of integers.</summary>
internal static class Truths
{
    internal static Tensor Run(string name, Tensor x, Axes axes, bool keepDims, bool all)
    {
        using var op = new OpScope(name, x);
        Tensor y = op.Allocate(DType.Bool, x.Shape.Reduce(axes, keepDims));
        if (op.Computes) Compute(op, x, axes, y, all);
        op.Complete();
        return y;
    }

    internal static Tensor Product(Tensor x, Axes axes, bool keepDims)
    {
        using var op = new OpScope("Prod", x);
        Tensor y = op.Allocate(DType.I64, x.Shape.Reduce(axes, keepDims));
        if (!op.Computes)
        {
            op.Complete();
            return y;
        }

        switch (x.DType)
        {
            case DType.I32: Product<int>(op, x, axes, y); break;
            case DType.I64: Product<long>(op, x, axes, y); break;
            default: Product<byte>(op, x, axes, y); break;
        }

        op.Complete();
        return y;
    }

    private static void Compute(in OpScope op, Tensor x, Axes axes, Tensor y, bool all)
    {
        switch (x.DType)
        {
            case DType.F32: Compute<float>(op, x, axes, y, all); break;
            case DType.F64: Compute<double>(op, x, axes, y, all); break;
            case DType.I32: Compute<int>(op, x, axes, y, all); break;
            case DType.I64: Compute<long>(op, x, axes, y, all); break;
            default: Compute<byte>(op, x, axes, y, all); break;
        }
    }

    private static void Compute<T>(in OpScope op, Tensor x, Axes axes, Tensor y, bool all)
        where T : unmanaged, INumber<T>
    {
        Layout layout = x.Layout;
        ReadOnlySpan<long> strides = layout.Strides.AsSpan(), shape = layout.Shape.AsSpan();
        if (all) Reduction.Reduce<T, byte, byte, AllTrue<T>>(op.ReadSpan<T>(x), strides, shape, (uint)axes.Mask, op.WriteSpan<byte>(y));
        else Reduction.Reduce<T, byte, byte, AnyTrue<T>>(op.ReadSpan<T>(x), strides, shape, (uint)axes.Mask, op.WriteSpan<byte>(y));
    }

    private static void Product<T>(in OpScope op, Tensor x, Axes axes, Tensor y)
        where T : unmanaged, IBinaryInteger<T>
    {
        Layout layout = x.Layout;
        Reduction.Reduce<T, long, long, IntegerProduct<T>>(
            op.ReadSpan<T>(x), layout.Strides.AsSpan(), layout.Shape.AsSpan(), (uint)axes.Mask, op.WriteSpan<long>(y));
    }
}
