using System.Globalization;
using System.Runtime.InteropServices;

namespace Workspaces.Tensors;

/// <summary>
/// Prints tensors as NumPy's <c>str</c> does: nested brackets, aligned columns, one number format for all printed elements,
/// <c>...</c> in the middle of large tensors. Independent of the culture.
/// </summary>
public static class TensorFormatter
{
    /// <summary>The text of a tensor; lines are separated by a line feed, without one at the end.</summary>
    /// <typeparam name="T">One of the six element types of <see cref="DType"/>.</typeparam>
    /// <param name="data">
    /// Memory that starts at the tensor's first element and holds at least <see cref="Layout.Extent"/> elements.
    /// </param>
    /// <param name="layout">Shape and strides; the offset is not used.</param>
    /// <param name="options">How to print; null for <see cref="TensorFormatOptions.Default"/>.</param>
    /// <exception cref="ShapeException">The memory is shorter than the layout spans.</exception>
    /// <exception cref="ArgumentException">No dtype has elements of type <typeparamref name="T"/>.</exception>
    public static string Format<T>(ReadOnlySpan<T> data, in Layout layout, TensorFormatOptions? options = null)
        where T : unmanaged
    {
        options ??= TensorFormatOptions.Default;
        DType dtype = DTypes.Of<T>();
        if (layout.Extent > data.Length)
            ShapeThrow.TooLittleData(layout, data.Length, nameof(Format));
        if (layout.Length == 0)
            return "[]";

        bool isScalar = layout.Rank == 0;
        bool summarise = layout.Length > options.Threshold;
        List<int> positions = [];
        Collect(layout, 0, 0, summarise ? options.EdgeItems : int.MaxValue, positions);
        string[] words = dtype switch
        {
            DType.F32 => FloatFormat.Words(Pick<float, double>(data, positions, x => x), isScalar, true, options.Precision),
            DType.F64 => FloatFormat.Words(Pick<double, double>(data, positions, x => x), isScalar, false, options.Precision),
            DType.I32 => IntegerWords(Pick<int, long>(data, positions, x => x)),
            DType.I64 => IntegerWords(Pick<long, long>(data, positions, x => x)),
            DType.U8 => IntegerWords(Pick<byte, long>(data, positions, x => x)),
            _ => Pick<byte, string>(data, positions, x => x == 0 ? "False" : isScalar ? "True" : " True"),
        };
        return isScalar ? words[0] : new BracketWriter(words, layout.Shape, summarise, options).Write();

        TResult[] Pick<TElement, TResult>(ReadOnlySpan<T> memory, List<int> at, Func<TElement, TResult> convert)
            where TElement : unmanaged
        {
            ReadOnlySpan<TElement> elements = MemoryMarshal.Cast<T, TElement>(memory);
            var picked = new TResult[at.Count];
            for (int k = 0; k < picked.Length; k++)
                picked[k] = convert(elements[at[k]]);
            return picked;
        }
    }

    // The positions of the printed elements in row-major order; an int holds them because a span holds the elements.
    private static void Collect(in Layout layout, int axis, long position, int edgeItems, List<int> positions)
    {
        if (axis == layout.Rank)
        {
            positions.Add((int)position);
            return;
        }

        long size = layout.Shape[axis], step = layout.Strides[axis];
        bool cut = size > 2L * edgeItems;
        for (long index = 0; index < size; index++)
        {
            if (cut && index == edgeItems)
                index = size - edgeItems;
            Collect(layout, axis + 1, position + (index * step), edgeItems, positions);
        }
    }

    private static string[] IntegerWords(long[] values)
    {
        var words = new string[values.Length];
        int width = 0;
        for (int k = 0; k < values.Length; k++)
        {
            words[k] = values[k].ToString(CultureInfo.InvariantCulture);
            width = Math.Max(width, words[k].Length);
        }

        for (int k = 0; k < words.Length; k++)
            words[k] = words[k].PadLeft(width);
        return words;
    }
}
