using Workspaces.Memory;

namespace Workspaces.Data.Transforms;

/// <summary>
/// Puts in the place of one feature, a whole number from 0, as many features as it has values: 1 at its own and 0 at the others. <c>(a, 2, b)</c> with 3
/// values in column 1 becomes <c>(a, 0, 0, 1, b)</c>.
/// </summary>
public sealed class OneHot : IDataTransform
{
    private readonly int _column;
    private readonly int _values;

    /// <summary>Makes the transform.</summary>
    /// <param name="column">The feature, from 0.</param>
    /// <param name="values">How many values it has, 1 to 65,536.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is out of range.</exception>
    public OneHot(int column, int values)
    {
        if (column < 0) TransformErrors.ThrowNumber(nameof(OneHot), nameof(column), column, "0 or more");
        if (values is < 1 or > 1 << 16) TransformErrors.ThrowNumber(nameof(OneHot), nameof(values), values, "1 to 65,536");
        _column = column;
        _values = values;
    }

    /// <summary>The feature, from 0.</summary>
    public int Column => _column;

    /// <summary>How many values it has.</summary>
    public int Values => _values;

    /// <inheritdoc/>
    public bool IsRandom => false;

    /// <inheritdoc/>
    public long[] ShapeOf(ReadOnlySpan<long> shape)
    {
        if (shape.Length != 1 || _column >= shape[0])
            TransformErrors.ThrowShape(nameof(OneHot), shape, $"samples of one axis with more than {_column} features are expected");
        return [shape[0] - 1 + _values];
    }

    /// <inheritdoc/>
    /// <exception cref="InvalidDataException">The feature is not one of the values.</exception>
    public void Apply(ReadOnlySpan<long> shape, ReadOnlySpan<float> source, Span<float> destination, ulong draw)
    {
        float value = source[_column];
        if (!(value >= 0 && value < _values) || value != (int)value)
            throw new InvalidDataException(WorkspaceException.Compose(
                $"spread feature {_column}", nameof(OneHot), $"it is {value}, and a whole number from 0 to {_values - 1} is expected",
                "raise the number of values, or correct the data"));
        source[.._column].CopyTo(destination);
        Span<float> spread = destination.Slice(_column, _values);
        spread.Clear();
        spread[(int)value] = 1;
        source[(_column + 1)..].CopyTo(destination[(_column + _values)..]);
    }
}
