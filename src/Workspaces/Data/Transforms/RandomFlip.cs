namespace Workspaces.Data.Transforms;

/// <summary>Mirrors some images, left to right or top to bottom. Samples have the shape [rows, columns] or [channels, rows, columns].</summary>
public sealed class RandomFlip : IDataTransform
{
    private readonly double _probability;
    private readonly bool _vertical;

    /// <summary>Makes the transform.</summary>
    /// <param name="probability">Share of the images that are mirrored, 0 to 1.</param>
    /// <param name="vertical">Whether top and bottom change places, instead of left and right.</param>
    /// <exception cref="ArgumentOutOfRangeException">The probability is out of range.</exception>
    public RandomFlip(double probability = 0.5, bool vertical = false)
    {
        if (!(probability is >= 0 and <= 1)) TransformErrors.ThrowNumber(nameof(RandomFlip), nameof(probability), probability, "0 to 1");
        _probability = probability;
        _vertical = vertical;
    }

    /// <inheritdoc/>
    public bool IsRandom => true;

    /// <inheritdoc/>
    public long[] ShapeOf(ReadOnlySpan<long> shape)
    {
        if (shape.Length is not (2 or 3)) TransformErrors.ThrowShape(nameof(RandomFlip), shape, "images of [rows, columns] or [channels, rows, columns] are expected");
        return shape.ToArray();
    }

    /// <inheritdoc/>
    public void Apply(ReadOnlySpan<long> shape, ReadOnlySpan<float> source, Span<float> destination, ulong draw)
    {
        source.CopyTo(destination);
        if (!((draw >> 11) * (1.0 / (1UL << 53)) < _probability)) return;
        int columns = (int)shape[^1], rows = (int)shape[^2];
        if (_vertical)
        {
            for (int row = 0; row < source.Length / columns; row++)
            {
                int mirrored = (row / rows * rows) + (rows - 1 - (row % rows));
                source.Slice(row * columns, columns).CopyTo(destination[(mirrored * columns)..]);
            }

            return;
        }

        for (int at = 0; at < destination.Length; at += columns) destination.Slice(at, columns).Reverse();
    }
}
