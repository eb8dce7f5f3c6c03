namespace Workspaces.Memory.Replay;

/// <summary>One request of a plan: what is expected, where it goes, and whose bytes it takes over. 24 bytes.</summary>
internal struct PlanSlot
{
    /// <summary>Tag and size, see <see cref="RequestKey"/>.</summary>
    internal ulong Key;

    /// <summary>First byte, in granules from the start of the arena.</summary>
    internal uint Offset;

    /// <summary>The slots whose blocks lay in these bytes last: two here, 0 for none.</summary>
    internal int P0;

    /// <summary>The second predecessor, or 0.</summary>
    internal int P1;

    /// <summary>Where the list of further predecessors begins in the plan, or 0.</summary>
    internal int More;
}
