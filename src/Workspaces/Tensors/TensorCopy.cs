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
    internal static void Run(in OpScope op, Tensor source, Tensor destination)
    {
        switch (source.DType.SizeInBytes)
        {
            case 1: Run(op.ReadSpan<byte>(source), source.Layout, op.WriteSpan<byte>(destination), destination.Layout); break;
            case 4: Run(op.ReadSpan<int>(source), source.Layout, op.WriteSpan<int>(destination), destination.Layout); break;
            default: Run(op.ReadSpan<long>(source), source.Layout, op.WriteSpan<long>(destination), destination.Layout); break;
        }
    }
}
