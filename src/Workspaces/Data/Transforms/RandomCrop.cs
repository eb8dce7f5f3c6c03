namespace Workspaces.Data.Transforms;

/// <summary>
/// Cuts a window out of an image at a random place, after a border of zeros was put around it. Samples have the shape [rows, columns] or [channels, rows,
/// columns].
/// </summary>
public sealed class RandomCrop : IDataTransform
{
    private readonly int _rows;
    private readonly int _columns;
    private readonly int _padding;

    /// <summary>Makes the transform.</summary>
    /// <param name="rows">Rows of the window, at least 1.</param>
    /// <param name="columns">Columns of the window, at least 1.</param>
    /// <param name="padding">Width of the border, 0 or more.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is out of range.</exception>
    public RandomCrop(int rows, int columns, int padding = 0)
    {
        const int most = 1 << 15;
        if (rows is < 1 or > most) TransformErrors.ThrowNumber(nameof(RandomCrop), nameof(rows), rows, $"1 to {most}");
        if (columns is < 1 or > most) TransformErrors.ThrowNumber(nameof(RandomCrop), nameof(columns), columns, $"1 to {most}");
        if (padding is < 0 or > most) TransformErrors.ThrowNumber(nameof(RandomCrop), nameof(padding), padding, $"0 to {most}");
        _rows = rows;
        _columns = columns;
        _padding = padding;
    }

    /// <summary>Rows of the window.</summary>
    public int Rows => _rows;

    /// <summary>Columns of the window.</summary>
    public int Columns => _columns;

    /// <summary>Width of the border.</summary>
    public int Padding => _padding;

    /// <inheritdoc/>
    public bool IsRandom => true;

    /// <inheritdoc/>
    public long[] ShapeOf(ReadOnlySpan<long> shape)
    {
        if (shape.Length is not (2 or 3) || shape[^2] + (2 * _padding) < _rows || shape[^1] + (2 * _padding) < _columns)
            TransformErrors.ThrowShape(
                nameof(RandomCrop), shape, $"images of [rows, columns] or [channels, rows, columns] that hold {_rows}×{_columns} with a border of {_padding} are expected");
        return shape.Length == 3 ? [shape[0], _rows, _columns] : [_rows, _columns];
    }

    /// <inheritdoc/>
    public void Apply(ReadOnlySpan<long> shape, ReadOnlySpan<float> source, Span<float> destination, ulong draw)
    {
        int height = (int)shape[^2], width = (int)shape[^1], channels = source.Length / (height * width);
        var random = new SplitMix64(draw);
        int top = (int)random.Below((uint)(height + (2 * _padding) - _rows + 1)) - _padding;
        int left = (int)random.Below((uint)(width + (2 * _padding) - _columns + 1)) - _padding;
        int from = Math.Clamp(left, 0, width), to = Math.Clamp(left + _columns, 0, width);
        destination.Clear();
        for (int channel = 0; channel < channels; channel++)
        {
            for (int row = 0; row < _rows; row++)
            {
                int y = top + row;
                if ((uint)y >= (uint)height || to <= from) continue;
                source.Slice((((channel * height) + y) * width) + from, to - from).CopyTo(destination[((((channel * _rows) + row) * _columns) + (from - left))..]);
            }
        }
    }
}
