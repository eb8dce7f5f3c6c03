using System.Numerics;
using Workspaces.Autograd;
using Workspaces.Kernels.Indexing;
using Workspaces.Tensors;

namespace Workspaces.Ops;

/// <summary>Reads and additions at positions along one axis, without the tape.</summary>
internal static class IndexedReads
{
    internal static Tensor Gather(string name, Tensor x, int axis, Tensor index)
    {
        using var op = new OpScope(name, x, index);
        Tensor y = op.Allocate(x.DType, index.Shape);
        if (op.Computes) Gather(op, name, x, axis, index, y);
        op.Complete();
        return y;
    }

    /// <summary>Zeros of a shape with the source added at positions along an axis.</summary>
    internal static Tensor ScatterToZeros(string name, in Shape shape, int axis, Tensor index, Tensor source)
    {
        using var op = new OpScope(name, index, source);
        Tensor y = op.Allocate(source.DType, shape, zeroed: true);
        if (op.Computes) Scatter(op, name, y, axis, index, source);
        op.Complete();
        return y;
    }

    /// <summary>Adds the source to a tensor of the op at positions along an axis.</summary>
    internal static void Scatter(in OpScope op, string name, Tensor y, int axis, Tensor index, Tensor source)
    {
        switch (y.DType)
        {
            case DType.F32: Scatter<float>(op, name, y, axis, index, source); break;
            case DType.F64: Scatter<double>(op, name, y, axis, index, source); break;
            case DType.I32: Scatter<int>(op, name, y, axis, index, source); break;
            case DType.I64: Scatter<long>(op, name, y, axis, index, source); break;
            default: Scatter<byte>(op, name, y, axis, index, source); break;
        }
    }

    private static void Gather(in OpScope op, string name, Tensor x, int axis, Tensor index, Tensor y)
    {
        switch (x.DType.SizeInBytes)
        {
            case 1: Gather<byte>(op, name, x, axis, index, y); break;
            case 4: Gather<int>(op, name, x, axis, index, y); break;
            default: Gather<long>(op, name, x, axis, index, y); break;
        }
    }

    private static void Gather<T>(in OpScope op, string name, Tensor x, int axis, Tensor index, Tensor y)
        where T : unmanaged
    {
        Layout from = x.Layout, at = index.Layout, to = y.Layout;
        if (to.Length > 0 && from.Shape[axis] == 0) OpThrow.Position(name, from.Shape, axis, op.ReadSpan<long>(index)[0]);
        Span<long> steps = stackalloc long[Shape.MaxRank];
        from.Strides.AsSpan().CopyTo(steps);
        steps[axis] = 0;
        bool inside = Indexed.Gather(
            op.ReadSpan<T>(x), steps[..from.Rank], from.Strides[axis], from.Shape[axis], op.ReadSpan<long>(index), at.Strides.AsSpan(),
            op.WriteSpan<T>(y), to.Strides.AsSpan(), to.Shape.AsSpan(), out long bad);
        if (!inside) OpThrow.Position(name, from.Shape, axis, bad);
    }

    private static void Scatter<T>(in OpScope op, string name, Tensor y, int axis, Tensor index, Tensor source)
        where T : unmanaged, INumber<T>
    {
        Layout from = source.Layout, at = index.Layout, to = y.Layout;
        if (at.Length > 0 && to.Shape[axis] == 0) OpThrow.Position(name, to.Shape, axis, op.ReadSpan<long>(index)[0]);
        Span<long> steps = stackalloc long[Shape.MaxRank];
        to.Strides.AsSpan().CopyTo(steps);
        steps[axis] = 0;
        bool inside = Indexed.ScatterAdd(
            op.WriteSpan<T>(y), steps[..to.Rank], to.Strides[axis], to.Shape[axis], op.ReadSpan<long>(index), at.Strides.AsSpan(),
            op.ReadSpan<T>(source), from.Strides.AsSpan(), at.Shape.AsSpan(), out long bad);
        if (!inside) OpThrow.Position(name, to.Shape, axis, bad);
    }
}

/// <summary>The gradient of what was read at positions (saved as 0) along an axis (the node's number): dy added at those positions.</summary>
internal sealed class IndexedReadBackward(string name) : Differential
{
    internal static readonly IndexedReadBackward Gather = new("Gather");

    internal static readonly IndexedReadBackward Sort = new("Sort");

    internal override string Name => name;

    internal override void Backward(in BackwardContext context) =>
        context.SendOwned(0, IndexedReads.ScatterToZeros(name, context.Node[0].Shape, (int)context.Node.Number, context.Saved(0), context.Gradient));
}
