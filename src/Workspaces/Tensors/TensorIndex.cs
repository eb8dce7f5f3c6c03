namespace Workspaces.Tensors;

/// <summary>
/// One entry between the brackets of <c>x[1, 2.., ^1]</c>: a position (its axis vanishes), a range with a step, a new
/// axis of size 1, or the ellipsis that stands for all axes not named. Out of range is an error, never clamped.
/// </summary>
public readonly struct TensorIndex
{
    private readonly long _start;
    private readonly long _end;

    private TensorIndex(TensorIndexKind kind, long start, bool startFromEnd, long end = 0, bool endFromEnd = false, long step = 1)
    {
        Kind = kind;
        _start = start;
        StartFromEnd = startFromEnd;
        _end = end;
        EndFromEnd = endFromEnd;
        Step = step;
    }

    /// <summary>A new axis of size 1 at this place.</summary>
    public static TensorIndex NewAxis => new(TensorIndexKind.NewAxis, 0, false);

    /// <summary>All axes that are not named; at most once.</summary>
    public static TensorIndex Ellipsis => new(TensorIndexKind.Ellipsis, 0, false);

    /// <summary>Every element of the axis, <c>..</c>.</summary>
    public static TensorIndex All => Range.All;

    /// <summary>Which of the four this is.</summary>
    internal TensorIndexKind Kind { get; }

    /// <summary>Every how many elements a range takes one, 1 or more.</summary>
    internal long Step { get; }

    /// <summary>Whether the position counts from the end, as <c>^1</c> does.</summary>
    internal bool StartFromEnd { get; }

    private bool EndFromEnd { get; }

    /// <summary>A position; negative counts from the end.</summary>
    public static implicit operator TensorIndex(int index) => FromInt32(index);

    /// <summary>A position; <c>^1</c> is the last one.</summary>
    public static implicit operator TensorIndex(Index index) => FromIndex(index);

    /// <summary>A range of positions, its end excluded.</summary>
    public static implicit operator TensorIndex(Range range) => FromRange(range);

    /// <summary>A position; negative counts from the end.</summary>
    public static TensorIndex FromInt32(int index) => new(TensorIndexKind.Position, index, false);

    /// <summary>A position; <c>^1</c> is the last one.</summary>
    public static TensorIndex FromIndex(Index index) => new(TensorIndexKind.Position, index.Value, index.IsFromEnd);

    /// <summary>A range of positions, its end excluded, taking every <paramref name="step"/>th.</summary>
    /// <param name="range">The range, e.g. <c>2..^1</c>.</param>
    /// <param name="step">1 or more.</param>
    /// <exception cref="ShapeException">The step is below 1.</exception>
    public static TensorIndex FromRange(Range range, long step = 1)
    {
        if (step < 1)
            ShapeThrow.StepTooSmall(step, nameof(TensorIndex));
        Index start = range.Start, end = range.End;
        return new TensorIndex(TensorIndexKind.Range, start.Value, start.IsFromEnd, end.Value, end.IsFromEnd, step);
    }

    /// <summary>The start on an axis of this size; may be out of range, and negative when the position is.</summary>
    internal long Start(long size) => StartFromEnd ? size - _start : _start;

    /// <summary>The end, excluded, on an axis of this size; may be out of range.</summary>
    internal long End(long size) => EndFromEnd ? size - _end : _end;
}
