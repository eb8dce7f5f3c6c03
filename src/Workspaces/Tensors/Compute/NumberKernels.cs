using System.Numerics;
using Workspaces.Kernels.Elementwise;

namespace Workspaces.Tensors.Compute;

internal readonly struct AddKernel : INumberKernel
{
    public static void Run<T>(scoped in KernelCall call)
        where T : unmanaged, INumber<T> => call.Binary<T, Add<T>>();
}

internal readonly struct SubtractKernel : INumberKernel
{
    public static void Run<T>(scoped in KernelCall call)
        where T : unmanaged, INumber<T> => call.Binary<T, Subtract<T>>();
}

internal readonly struct MultiplyKernel : INumberKernel
{
    public static void Run<T>(scoped in KernelCall call)
        where T : unmanaged, INumber<T> => call.Binary<T, Multiply<T>>();
}

internal readonly struct MaximumKernel : INumberKernel
{
    public static void Run<T>(scoped in KernelCall call)
        where T : unmanaged, INumber<T> => call.Binary<T, Maximum<T>>();
}

internal readonly struct MinimumKernel : INumberKernel
{
    public static void Run<T>(scoped in KernelCall call)
        where T : unmanaged, INumber<T> => call.Binary<T, Minimum<T>>();
}

internal readonly struct ReluKernel : INumberKernel
{
    public static void Run<T>(scoped in KernelCall call)
        where T : unmanaged, INumber<T> => call.Unary<T, Relu<T>>();
}

internal readonly struct NegateKernel : INumberKernel
{
    public static void Run<T>(scoped in KernelCall call)
        where T : unmanaged, INumber<T> => call.Unary<T, Negate<T>>();
}

internal readonly struct AbsKernel : INumberKernel
{
    public static void Run<T>(scoped in KernelCall call)
        where T : unmanaged, INumber<T> => call.Unary<T, Abs<T>>();
}

internal readonly struct SquareKernel : INumberKernel
{
    public static void Run<T>(scoped in KernelCall call)
        where T : unmanaged, INumber<T> => call.Unary<T, Square<T>>();
}

internal readonly struct SignKernel : INumberKernel
{
    public static void Run<T>(scoped in KernelCall call)
        where T : unmanaged, INumber<T> => call.Unary<T, Sign<T>>();
}
