using System.Numerics;
using Workspaces.Kernels.Elementwise;

namespace Workspaces.Tensors.Compute;

internal readonly struct DivideKernel : IFloatKernel
{
    public static void Run<T>(scoped in KernelCall call)
        where T : unmanaged, IFloatingPointIeee754<T> => call.Binary<T, Divide<T>>();
}

internal readonly struct PowKernel : IFloatKernel
{
    public static void Run<T>(scoped in KernelCall call)
        where T : unmanaged, IFloatingPointIeee754<T> => call.Binary<T, Pow<T>>();
}

internal readonly struct ExpKernel : IFloatKernel
{
    public static void Run<T>(scoped in KernelCall call)
        where T : unmanaged, IFloatingPointIeee754<T> => call.Unary<T, Exp<T>>();
}

internal readonly struct LogKernel : IFloatKernel
{
    public static void Run<T>(scoped in KernelCall call)
        where T : unmanaged, IFloatingPointIeee754<T> => call.Unary<T, Log<T>>();
}

internal readonly struct SqrtKernel : IFloatKernel
{
    public static void Run<T>(scoped in KernelCall call)
        where T : unmanaged, IFloatingPointIeee754<T> => call.Unary<T, Sqrt<T>>();
}

internal readonly struct TanhKernel : IFloatKernel
{
    public static void Run<T>(scoped in KernelCall call)
        where T : unmanaged, IFloatingPointIeee754<T> => call.Unary<T, Tanh<T>>();
}

internal readonly struct SigmoidKernel : IFloatKernel
{
    public static void Run<T>(scoped in KernelCall call)
        where T : unmanaged, IFloatingPointIeee754<T> => call.Unary<T, Sigmoid<T>>();
}

internal readonly struct ReluGradientKernel : IFloatKernel
{
    public static void Run<T>(scoped in KernelCall call)
        where T : unmanaged, IFloatingPointIeee754<T> => call.Binary<T, ReluGradient<T>>();
}

internal readonly struct TanhGradientKernel : IFloatKernel
{
    public static void Run<T>(scoped in KernelCall call)
        where T : unmanaged, IFloatingPointIeee754<T> => call.Binary<T, TanhGradient<T>>();
}

internal readonly struct SigmoidGradientKernel : IFloatKernel
{
    public static void Run<T>(scoped in KernelCall call)
        where T : unmanaged, IFloatingPointIeee754<T> => call.Binary<T, SigmoidGradient<T>>();
}

internal readonly struct AbsGradientKernel : IFloatKernel
{
    public static void Run<T>(scoped in KernelCall call)
        where T : unmanaged, IFloatingPointIeee754<T> => call.Binary<T, AbsGradient<T>>();
}

internal readonly struct SinKernel : IFloatKernel
{
    public static void Run<T>(scoped in KernelCall call)
        where T : unmanaged, IFloatingPointIeee754<T> => call.Unary<T, Sin<T>>();
}

internal readonly struct CosKernel : IFloatKernel
{
    public static void Run<T>(scoped in KernelCall call)
        where T : unmanaged, IFloatingPointIeee754<T> => call.Unary<T, Cos<T>>();
}

internal readonly struct ReciprocalKernel : IFloatKernel
{
    public static void Run<T>(scoped in KernelCall call)
        where T : unmanaged, IFloatingPointIeee754<T> => call.Unary<T, Reciprocal<T>>();
}
