using System.Numerics;
using Workspaces.Kernels.Elementwise;

namespace Workspaces.Tensors.Compute;

internal readonly struct EqualKernel : INumberKernel
{
    public static void Run<T>(scoped in KernelCall call)
        where T : unmanaged, INumber<T> => call.Compare<T, Equal<T>>();
}

internal readonly struct NotEqualKernel : INumberKernel
{
    public static void Run<T>(scoped in KernelCall call)
        where T : unmanaged, INumber<T> => call.Compare<T, NotEqual<T>>();
}

internal readonly struct LessKernel : INumberKernel
{
    public static void Run<T>(scoped in KernelCall call)
        where T : unmanaged, INumber<T> => call.Compare<T, Less<T>>();
}

internal readonly struct LessOrEqualKernel : INumberKernel
{
    public static void Run<T>(scoped in KernelCall call)
        where T : unmanaged, INumber<T> => call.Compare<T, LessOrEqual<T>>();
}

internal readonly struct GreaterKernel : INumberKernel
{
    public static void Run<T>(scoped in KernelCall call)
        where T : unmanaged, INumber<T> => call.Compare<T, Greater<T>>();
}

internal readonly struct GreaterOrEqualKernel : INumberKernel
{
    public static void Run<T>(scoped in KernelCall call)
        where T : unmanaged, INumber<T> => call.Compare<T, GreaterOrEqual<T>>();
}

/// <summary>Comparisons without the tape (they have no gradient).</summary>
internal static class Comparison
{
    internal static Tensor Run<TKernel>(string name, Tensor a, Tensor b)
        where TKernel : INumberKernel
    {
        DType dtype = DTypes.Promote(a.Checked(name).DType, b.Checked(name).DType);
        using Tensor convertedA = Arithmetic.Converted(a, dtype), convertedB = Arithmetic.Converted(b, dtype);
        Tensor x = convertedA.HeaderOrNull is null ? a : convertedA, y = convertedB.HeaderOrNull is null ? b : convertedB;
        using var op = new OpScope(name, x, y);
        Tensor result = op.Allocate(DType.Bool, Broadcasting.Shapes(x.Shape, y.Shape, name));
        Dispatch.Numbers<TKernel>(op, dtype, KernelCall.Binary(x, y, result));
        op.Complete();
        return result;
    }

    /// <summary>Compares each element with a number.</summary>
    internal static Tensor WithScalar<TKernel>(string name, Tensor a, double scalar)
        where TKernel : INumberKernel
    {
        using var op = new OpScope(name, a);
        Dispatch.RequireNumber(a, name);
        Dispatch.RequireExact(a, scalar, name);
        Tensor result = op.Allocate(DType.Bool, a.Shape);
        Dispatch.Numbers<TKernel>(op, a.DType, KernelCall.WithScalar(a, scalar, result));
        op.Complete();
        return result;
    }

    /// <summary>Tests each element alone.</summary>
    internal static Tensor Test<TKernel>(string name, Tensor a)
        where TKernel : INumberKernel
    {
        using var op = new OpScope(name, a);
        Tensor result = op.Allocate(DType.Bool, a.Shape);
        Dispatch.Numbers<TKernel>(op, a.DType, KernelCall.WithScalar(a, 0, result));
        op.Complete();
        return result;
    }
}
