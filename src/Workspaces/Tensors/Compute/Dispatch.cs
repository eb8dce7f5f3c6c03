using System.Numerics;
using Workspaces.Memory;

namespace Workspaces.Tensors.Compute;

/// <summary>A kernel for every number type, chosen by <see cref="DType"/> at run time.</summary>
internal interface INumberKernel
{
    /// <summary>Runs the kernel on elements of type <typeparamref name="T"/>.</summary>
    static abstract void Run<T>(scoped in KernelCall call)
        where T : unmanaged, INumber<T>;
}

/// <summary>A kernel for float32 and float64.</summary>
internal interface IFloatKernel
{
    /// <inheritdoc cref="INumberKernel.Run{T}"/>
    static abstract void Run<T>(scoped in KernelCall call)
        where T : unmanaged, IFloatingPointIeee754<T>;
}

/// <summary>Goes from a data type to the generic kernel; runs nothing inside an op that does not compute.</summary>
internal static class Dispatch
{
    internal static void Numbers<TKernel>(scoped in OpScope op, DType dtype, scoped in KernelCall call)
        where TKernel : INumberKernel
    {
        if (!op.Computes) return;
        KernelCall onTeam = call.On(op.Frame);
        switch (dtype)
        {
            case DType.F32: TKernel.Run<float>(onTeam); break;
            case DType.F64: TKernel.Run<double>(onTeam); break;
            case DType.I32: TKernel.Run<int>(onTeam); break;
            case DType.I64: TKernel.Run<long>(onTeam); break;
            default: TKernel.Run<byte>(onTeam); break;
        }
    }

    internal static void Floats<TKernel>(scoped in OpScope op, DType dtype, scoped in KernelCall call)
        where TKernel : IFloatKernel
    {
        if (!op.Computes) return;
        KernelCall onTeam = call.On(op.Frame);
        if (dtype == DType.F32) TKernel.Run<float>(onTeam);
        else TKernel.Run<double>(onTeam);
    }

    /// <summary>Refuses data types that an op is not defined for.</summary>
    internal static void RequireFloat(Tensor tensor, string op)
    {
        DType dtype = tensor.DType;
        if (dtype.IsFloatingPoint) return;
        throw new ArgumentException(WorkspaceException.Compose(
            $"run {op} on {dtype.Name}", TensorThrow.Describe(tensor.Checked(op)), "it is defined for float32 and float64", "convert the tensor first with To(DType.F32)"));
    }

    /// <summary>Refuses numbers that an integer tensor would round or wrap.</summary>
    internal static void RequireExact(Tensor tensor, double number, string op)
    {
        DType dtype = tensor.DType;
        if (dtype.IsFloatingPoint) return;
        bool exact = dtype switch
        {
            DType.I32 => number >= int.MinValue && number <= int.MaxValue,
            DType.I64 => number >= long.MinValue && number < long.MaxValue, // the bound itself is 2^63 as a double
            _ => number >= byte.MinValue && number <= byte.MaxValue,
        };
        if (exact && double.IsInteger(number)) return;
        throw new ArgumentException(WorkspaceException.Compose(
            $"run {op} with the number {number}", TensorThrow.Describe(tensor.Checked(op)), $"{dtype.Name} cannot hold it exactly", "convert the tensor first with To(DType.F32)"));
    }

    /// <summary>Refuses bool, on which arithmetic has no one meaning.</summary>
    internal static void RequireNumber(Tensor tensor, string op)
    {
        if (tensor.DType != DType.Bool) return;
        throw new ArgumentException(WorkspaceException.Compose(
            $"run {op} on bool", TensorThrow.Describe(tensor.Checked(op)), "arithmetic is defined for numbers", "convert the tensor first with To(DType.I32), or use Where"));
    }
}
