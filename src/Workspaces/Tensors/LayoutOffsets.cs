namespace Workspaces.Tensors;

/// <summary>The positions of a layout's elements in row-major order: an odometer over the axes, without garbage.</summary>
public struct LayoutOffsets
{
    private readonly Layout _layout;
    private AxisBuffer _index;
    private long _left;

    /// <summary>Starts before the first element.</summary>
    /// <param name="layout">The layout to walk.</param>
    public LayoutOffsets(in Layout layout)
    {
        _layout = layout;
        _left = layout.Length;
        Current = -1;
    }

    /// <summary>The position of the current element in the memory, in elements; -1 before the first one.</summary>
    public long Current { get; private set; }

    /// <summary>Goes on to the next element.</summary>
    /// <returns>False behind the last one.</returns>
    public bool MoveNext()
    {
        if (_left == 0)
            return false;
        _left--;
        if (Current < 0)
        {
            Current = _layout.Offset;
            return true;
        }

        ReadOnlySpan<long> dims = _layout.Shape.AsSpan(), steps = _layout.Strides.AsSpan();
        for (int axis = dims.Length - 1; axis >= 0; axis--)
        {
            Current += steps[axis];
            if (++_index[axis] < dims[axis])
                break;
            Current -= dims[axis] * steps[axis];
            _index[axis] = 0;
        }

        return true;
    }

    /// <summary>The walk itself, for <c>foreach</c>.</summary>
    public readonly LayoutOffsets GetEnumerator() => this;
}
