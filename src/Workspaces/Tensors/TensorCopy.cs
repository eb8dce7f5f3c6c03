using Workspaces.Kernels.Elementwise;

namespace Workspaces.Tensors;

/// <summary>Copies elements between two layouts of the same shape.</summary>
internal static class TensorCopy
{
    /// <summary>Copies; both spans begin at the first element of their layout.</summary>
    internal static void Run<T>(ReadOnlySpan<T> source, in Layout from, Span<T> destination, in Layout to)
        where T : unmanaged
    {
        if (from.IsContiguous && to.IsContiguous) source[..(int)from.Length].CopyTo(destination);
        else ElementwiseCopy.Copy(source, from.Strides.AsSpan(), destination, to.Strides.AsSpan(), from.Shape.AsSpan());
    }

    /// <summary>Copies the elements of one tensor into another of the same shape and type; both are operands or outputs of the op.</summary>
    internal static void Run(in OpScope op, Tensor source, Tensor destination) => Run(op, source, source.Layout, destination);

    /// <summary>Repeats the elements of a tensor over a larger one of the same type.</summary>
    internal static void RunBroadcast(in OpScope op, Tensor source, Tensor destination) =>
        Run(op, source, source.Layout.BroadcastTo(destination.Shape), destination);

    private static void Run(in OpScope op, Tensor source, in Layout from, Tensor destination)
    {
        if (!op.Computes) return;
        switch (source.DType.SizeInBytes)
        {
            case 1: Run(op.ReadSpan<byte>(source), from, op.WriteSpan<byte>(destination), destination.Layout); break;
            case 4: Run(op.ReadSpan<int>(source), from, op.WriteSpan<int>(destination), destination.Layout); break;
            default: Run(op.ReadSpan<long>(source), from, op.WriteSpan<long>(destination), destination.Layout); break;
        }
    }
}
