namespace Workspaces.Memory.Passes;

/// <summary>
/// What leases of one name have needed, arena by arena in the order of their first requests; shared by all of them, so that a second lease starts
/// with it.
/// </summary>
internal sealed class LearnedSize
{
    private readonly object _sync = new();
    private long[] _bytes = [];

    /// <summary>Number of arenas known of.</summary>
    internal int Count => Volatile.Read(ref _bytes).Length;

    /// <summary>Most bytes that any lease had in use at once in its arena of this number; 0 when none had so many arenas.</summary>
    internal long this[int arena]
    {
        get
        {
            long[] known = Volatile.Read(ref _bytes);
            return arena < known.Length ? Volatile.Read(ref known[arena]) : 0;
        }
    }

    internal void Observe(int arena, long peakBytes)
    {
        if (peakBytes <= this[arena]) return;
        lock (_sync)
        {
            if (arena >= _bytes.Length)
            {
                long[] longer = new long[arena + 1];
                _bytes.CopyTo(longer, 0);
                Volatile.Write(ref _bytes, longer);
            }

            _bytes[arena] = Math.Max(_bytes[arena], peakBytes);
        }
    }
}
