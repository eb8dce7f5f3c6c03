using System.Numerics;
using Workspaces.Tensors;

namespace Workspaces.IO;

/// <summary>The elements of one array in a file, from the first to the last: gives bytes in order, and fills tensors and spans with what they mean.</summary>
/// <param name="name">File and array, for messages.</param>
/// <param name="type">Type of the elements.</param>
/// <param name="bigEndian">Byte order.</param>
internal abstract class ElementSource(string name, StoredType type, bool bigEndian) : IByteReader
{
    /// <summary>The next bytes, exactly as many.</summary>
    /// <exception cref="InvalidDataException">There are fewer.</exception>
    public abstract void Read(Span<byte> bytes);

    /// <summary>Fills a tensor in row-major order; converts to its type.</summary>
    internal void Fill(Tensor tensor)
    {
        if (tensor.Layout.IsContiguous)
        {
            FillContiguous(tensor);
            return;
        }

        using Tensor flat = Tensor.Empty(tensor.Shape, tensor.DType);
        FillContiguous(flat);
        flat.CopyTo(tensor);
    }

    /// <summary>Fills a span; converts to its type.</summary>
    internal void Fill<T>(Span<T> elements)
        where T : unmanaged, INumber<T>
    {
        ElementSource self = this;
        StoredElements.Fill(ref self, name, type, bigEndian, elements);
    }

    private void FillContiguous(Tensor tensor)
    {
        using var op = new OpScope("load", tensor);
        op.BeginLoad(tensor);
        if (op.Computes && tensor.Length > 0)
        {
            switch (tensor.DType)
            {
                case DType.F32: Fill(op.WriteSpan<float>(tensor)); break;
                case DType.F64: Fill(op.WriteSpan<double>(tensor)); break;
                case DType.I32: Fill(op.WriteSpan<int>(tensor)); break;
                case DType.I64: Fill(op.WriteSpan<long>(tensor)); break;
                case DType.U8: Fill(op.WriteSpan<byte>(tensor)); break;
                default: FillTruth(op.WriteSpan<byte>(tensor)); break;
            }
        }

        op.Complete();
    }

    private void FillTruth(Span<byte> truth)
    {
        Read(truth);
        try
        {
            StoredElements.CheckTruth(name, truth);
        }
        catch
        {
            truth.Clear(); // other bytes than 0 and 1 are no truth values to any kernel
            throw;
        }
    }
}
