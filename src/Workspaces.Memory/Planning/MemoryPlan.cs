namespace Workspaces.Memory.Planning;

/// <summary>Offsets for the buffers of a problem: plain data, meant to be checked by <see cref="PlanValidator"/> before use.</summary>
public sealed class MemoryPlan
{
    private readonly long[] _offsets;

    /// <summary>Creates a plan from its data; nothing is checked here.</summary>
    /// <param name="offsets">One offset in bytes for each buffer, in the order of the problem's buffers; copied.</param>
    /// <param name="peak">Bytes that the arena needs.</param>
    /// <param name="lowerBound">Most bytes live at one moment.</param>
    /// <param name="planner">Name of what made the plan.</param>
    public MemoryPlan(ReadOnlySpan<long> offsets, long peak, long lowerBound, string planner)
    {
        _offsets = offsets.ToArray();
        Peak = peak;
        LowerBound = lowerBound;
        Planner = planner;
    }

    /// <summary>Offset in bytes of each buffer, in the order of the problem's buffers.</summary>
    public ReadOnlySpan<long> Offsets => _offsets;

    /// <summary>Bytes that the arena needs: the highest end of a buffer.</summary>
    public long Peak { get; }

    /// <summary>Most bytes live at one moment. A plan with <see cref="Peak"/> equal to it is optimal.</summary>
    public long LowerBound { get; }

    /// <summary>Name of the planner, with the order or search that found this plan.</summary>
    public string Planner { get; }

    /// <summary>Peak over lower bound; 1 for a problem without buffers.</summary>
    public double Ratio => LowerBound == 0 ? 1 : (double)Peak / LowerBound;
}
