using Workspaces.Ops;
using Workspaces.Tensors;

namespace Workspaces.IO;

/// <summary>Makes tensors of arrays whose head has been read and checked.</summary>
internal static class NpyArrays
{
    /// <summary>A new tensor in the ambient pass. Of Fortran's order the file holds the transposed array, row by row.</summary>
    internal static Tensor Load(ElementSource elements, NpyHeader header)
    {
        if (!header.IsFortran || header.Shape.Rank < 2) return Fill(elements, header.Shape, header.DType);
        int rank = header.Shape.Rank;
        Span<long> reversed = stackalloc long[rank];
        Span<int> order = stackalloc int[rank];
        for (int i = 0; i < rank; i++)
        {
            reversed[i] = header.Shape[rank - 1 - i];
            order[i] = rank - 1 - i;
        }

        using Tensor transposed = Fill(elements, new Shape(reversed), header.DType);
        Tensor result = Tensor.Empty(header.Shape, header.DType);
        transposed.Permute(order).CopyTo(result);
        return result;
    }

    private static Tensor Fill(ElementSource elements, Shape shape, DType dtype)
    {
        Tensor tensor = Tensor.Empty(shape, dtype);
        try
        {
            elements.Fill(tensor);
            return tensor;
        }
        catch
        {
            tensor.Dispose();
            throw;
        }
    }
}
