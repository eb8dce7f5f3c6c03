using System.Runtime.CompilerServices;
using Workspaces.Kernels.Elementwise;
using Workspaces.Kernels.Reductions;

namespace Workspaces.Tensors.Compute;

/// <summary>Elementwise computation without the tape: what forward halves run and backward halves are built from.</summary>
internal static class Arithmetic
{
    /// <summary>A new tensor from two, broadcast and brought to their common type.</summary>
    internal static Tensor Binary<TKernel>(string name, Tensor a, Tensor b)
        where TKernel : INumberKernel
    {
        DType dtype = DTypes.Promote(a.Checked(name).DType, b.Checked(name).DType);
        using Tensor convertedA = Converted(a, dtype), convertedB = Converted(b, dtype);
        Tensor x = Or(convertedA, a), y = Or(convertedB, b);
        using var op = new OpScope(name, x, y);
        Dispatch.RequireNumber(x, name);
        Tensor result = op.Allocate(dtype, Broadcasting.Shapes(x.Shape, y.Shape, name));
        Dispatch.Numbers<TKernel>(op, dtype, KernelCall.Binary(x, y, result));
        op.Complete();
        return result;
    }

    /// <summary>A new tensor from two of the same float type, broadcast.</summary>
    internal static Tensor BinaryFloat<TKernel>(string name, Tensor a, Tensor b)
        where TKernel : IFloatKernel
    {
        using var op = new OpScope(name, a, b);
        Dispatch.RequireFloat(a, name);
        if (a.DType != b.DType) TensorThrow.TypesDiffer(name, a, b);
        Tensor result = op.Allocate(a.DType, Broadcasting.Shapes(a.Shape, b.Shape, name));
        Dispatch.Floats<TKernel>(op, a.DType, KernelCall.Binary(a, b, result));
        op.Complete();
        return result;
    }

    /// <summary>A new tensor from one and a number.</summary>
    internal static Tensor WithScalar<TKernel>(string name, Tensor a, double scalar)
        where TKernel : INumberKernel
    {
        using var op = new OpScope(name, a);
        Dispatch.RequireNumber(a, name);
        Dispatch.RequireExact(a, scalar, name);
        Tensor result = op.Allocate(a.DType, a.Shape);
        Dispatch.Numbers<TKernel>(op, a.DType, KernelCall.WithScalar(a, scalar, result));
        op.Complete();
        return result;
    }

    /// <summary>A new float tensor from one and a number.</summary>
    internal static Tensor WithScalarFloat<TKernel>(string name, Tensor a, double scalar)
        where TKernel : IFloatKernel
    {
        using var op = new OpScope(name, a);
        Dispatch.RequireFloat(a, name);
        Tensor result = op.Allocate(a.DType, a.Shape);
        Dispatch.Floats<TKernel>(op, a.DType, KernelCall.WithScalar(a, scalar, result));
        op.Complete();
        return result;
    }

    /// <summary>A new tensor from one, for all numbers.</summary>
    internal static Tensor Unary<TKernel>(string name, Tensor x)
        where TKernel : INumberKernel
    {
        using var op = new OpScope(name, x);
        Dispatch.RequireNumber(x, name);
        Tensor result = op.Allocate(x.DType, x.Shape);
        Dispatch.Numbers<TKernel>(op, x.DType, KernelCall.Unary(x, result));
        op.Complete();
        return result;
    }

    /// <summary>A new tensor from one, for float types.</summary>
    internal static Tensor UnaryFloat<TKernel>(string name, Tensor x)
        where TKernel : IFloatKernel
    {
        using var op = new OpScope(name, x);
        Dispatch.RequireFloat(x, name);
        Tensor result = op.Allocate(x.DType, x.Shape);
        Dispatch.Floats<TKernel>(op, x.DType, KernelCall.Unary(x, result));
        op.Complete();
        return result;
    }

    /// <summary>target = target ∘ b, b broadcast to the target.</summary>
    internal static void InPlace<TKernel>(string name, Tensor target, Tensor b, bool mayBeLeaf = false)
        where TKernel : INumberKernel
    {
        using Tensor converted = Converted(b, DTypes.Promote(target.Checked(name).DType, b.Checked(name).DType));
        Tensor y = Or(converted, b);
        using Tensor apart = CopyIfOverlapping(y, target, name);
        y = Or(apart, y);
        using var op = new OpScope(name, target, y);
        Dispatch.RequireNumber(target, name);
        if (y.DType != target.DType) TensorThrow.TypesDiffer(name, target, y);
        if (Broadcasting.Shapes(target.Shape, y.Shape, name) != target.Shape)
            throw new ShapeException($"write {y.Shape} into {target.Shape}", name, "the result would be larger than the target", "use the form that makes a new tensor");
        op.BeginWrite(target, mayBeLeaf);
        Dispatch.Numbers<TKernel>(op, target.DType, KernelCall.Binary(target, y, target));
        op.Complete();
    }

    /// <summary>target = target ∘ number.</summary>
    internal static void InPlaceScalar<TKernel>(string name, Tensor target, double scalar, bool mayBeLeaf = false)
        where TKernel : INumberKernel
    {
        using var op = new OpScope(name, target);
        Dispatch.RequireNumber(target, name);
        Dispatch.RequireExact(target, scalar, name);
        op.BeginWrite(target, mayBeLeaf);
        Dispatch.Numbers<TKernel>(op, target.DType, KernelCall.WithScalar(target, scalar, target));
        op.Complete();
    }

    internal static void FillInPlace(Tensor target, double value, bool mayBeLeaf = true)
    {
        using var op = new OpScope("FillInPlace", target);
        op.BeginWrite(target, mayBeLeaf);
        TensorFill.Run(op, target, value);
        op.Complete();
    }

    internal static Tensor AddRaw(Tensor a, Tensor b) => Binary<AddKernel>("Add", a, b);

    internal static void AddInPlaceRaw(Tensor target, Tensor b) => InPlace<AddKernel>("Add", target, b, mayBeLeaf: true);

    /// <summary>Writes a gradient into a target of the same shape, or adds it.</summary>
    internal static void CopyOrAdd(Tensor gradient, Tensor target, bool accumulate)
    {
        if (accumulate) AddInPlaceRaw(target, gradient);
        else gradient.CopyTo(target);
    }

    /// <summary>A contiguous copy.</summary>
    internal static Tensor Copy(Tensor x, string name)
    {
        using var op = new OpScope(name, x);
        Tensor result = op.Allocate(x.DType, x.Shape);
        TensorCopy.Run(op, x, result);
        op.Complete();
        return result;
    }

    /// <summary>The gradient of a broadcast: sums over the axes in which an operand was stretched. A view of the input when there are none.</summary>
    internal static Tensor SumTo(Tensor gradient, in Shape shape)
    {
        Shape from = gradient.Shape;
        if (from == shape) return gradient;
        Axes axes = Broadcasting.StretchedAxes(shape, from, "SumTo");
        using var op = new OpScope("SumTo", gradient);
        Tensor sum = op.Allocate(gradient.DType, shape);
        ReductionCall.Run<SumReduction>(in op, gradient, axes, sum);
        op.Complete();
        return sum;
    }

    /// <summary>A copy of an operand that shares memory with the target of a write in another layout, else a default tensor: no element is read after it was written.</summary>
    internal static Tensor CopyIfOverlapping(Tensor operand, Tensor target, string name)
    {
        TensorHeader source = operand.Checked(name), destination = target.Checked(name);
        return ReferenceEquals(source.Storage, destination.Storage) && source.Layout != destination.Layout ? Copy(operand, name) : default;
    }

    /// <summary>A tensor to dispose after an op: what the op made of its operand, or nothing when it used the operand itself.</summary>
    internal static Tensor Made(Tensor used, Tensor operand) => ReferenceEquals(used.HeaderOrNull, operand.HeaderOrNull) ? default : used;

    /// <summary>A converted tensor, or a default one when the type is right already.</summary>
    internal static Tensor Converted(Tensor x, DType dtype) => x.DType == dtype ? default : Cast.Run(x, dtype);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Tensor Or(Tensor converted, Tensor original) => converted.HeaderOrNull is null ? original : converted;
}
