using Workspaces.Memory.Passes;
using Workspaces.Tensors;

namespace Workspaces.Autograd;

/// <summary>
/// The numbers of the masks that random layers draw inside segments that will be recomputed: written down the first time, handed out again in the same
/// order the second time. A layer draws with <see cref="Next"/>, which outside such segments only counts.
/// </summary>
internal sealed class RandomDraws
{
    private readonly List<long> _numbers = [];
    private int _recording;
    private int _next;
    private int _end = -1;

    /// <summary>A place in the sequence, to return to.</summary>
    internal readonly record struct Place(int Next, int End);

    /// <summary>Where the next number is written or read.</summary>
    internal int Position => IsRepeating ? _next : _numbers.Count;

    private bool IsRepeating => _end >= 0;

    /// <summary>Takes the next number of a counter, or repeats the one that was taken at this place the first time. While a pass is traced on shapes alone it takes none.</summary>
    internal static long Next(ref long counter)
    {
        if (TensorFrames.IsTracing) return Interlocked.Read(ref counter);
        return Active(TensorFrames.Current) is { } draws ? draws.Draw(ref counter) : Take(ref counter);
    }

    /// <summary>The sequence that a frame's segment writes or reads, or null outside of segments.</summary>
    internal static RandomDraws? Active(Frame frame)
    {
        for (Frame? pass = frame; pass is not null; pass = pass.Scope.OuterIfSame)
        {
            if (pass.Attachment is NodePool pool && (pool.Draws.IsRepeating || pool.Draws._recording > 0)) return pool.Draws;
        }

        return null;
    }

    /// <summary>True while what runs in a frame has run before.</summary>
    internal static bool Repeats(Frame frame) => Active(frame) is { IsRepeating: true };

    internal void BeginSegment() => _recording++;

    internal void EndSegment() => _recording--;

    /// <summary>Hands out a part of the sequence again.</summary>
    /// <returns>What to give to <see cref="EndRepetition"/>.</returns>
    internal Place BeginRepetition(int first, int count)
    {
        var before = new Place(_next, _end);
        (_next, _end) = (first, first + count);
        return before;
    }

    /// <summary>Ends a repetition; false when it has drawn fewer numbers than the first time.</summary>
    internal bool EndRepetition(in Place before)
    {
        bool complete = _next == _end;
        (_next, _end) = before;
        return complete;
    }

    /// <summary>The pass is over.</summary>
    internal void Clear()
    {
        _numbers.Clear();
        _recording = 0;
        _end = -1;
    }

    private static long Take(ref long counter) => Interlocked.Increment(ref counter) - 1;

    private long Draw(ref long counter)
    {
        if (IsRepeating)
        {
            if (_next == _end) RecomputeThrow.OtherDraws();
            return _numbers[_next++];
        }

        long number = Take(ref counter);
        _numbers.Add(number);
        return number;
    }
}
