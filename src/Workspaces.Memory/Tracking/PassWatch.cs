using System.Runtime.CompilerServices;

namespace Workspaces.Memory.Tracking;

/// <summary>
/// What a pass sees of the passes inside it: whether something grows from each to the next. Most of them cost one increment; each sixteenth has a look at a
/// few counters.
/// </summary>
internal struct PassWatch
{
    /// <summary>Passes from one look to the next; a power of two.</summary>
    internal const int Period = 16;

    private int _passes;

    /// <summary>Live bytes of the pass that contains the others.</summary>
    internal GrowthWatch Bytes;

    /// <summary>Live bytes of memory that outlives passes.</summary>
    internal GrowthWatch Persistent;

    /// <summary>Recorded ops that the containing pass keeps.</summary>
    internal GrowthWatch Chain;

    /// <summary>Requests beyond a fixed size.</summary>
    internal GrowthWatch Overflows;

    /// <summary>Requests of threads that the pass does not belong to.</summary>
    internal GrowthWatch Foreign;

    /// <summary>Passes since the containing one began.</summary>
    internal readonly int Passes => _passes;

    /// <summary>Counts a pass; true when it is time to look.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal bool Count() => (++_passes & (Period - 1)) == 0;

    /// <summary>The containing pass begins anew.</summary>
    internal void Restart()
    {
        if (_passes != 0) this = default;
    }
}
