namespace Workspaces.Memory.Planning;

/// <summary>What is wrong with a plan.</summary>
public enum PlanFlaw
{
    /// <summary>Nothing: the plan may be used.</summary>
    None,

    /// <summary>The plan has more or fewer offsets than the problem has buffers.</summary>
    Count,

    /// <summary>An offset is negative.</summary>
    NegativeOffset,

    /// <summary>An offset is no multiple of the alignment.</summary>
    Alignment,

    /// <summary>A buffer ends beyond the largest number of bytes.</summary>
    Overflow,

    /// <summary>Two buffers that live at the same time share bytes.</summary>
    Overlap,

    /// <summary>The stated peak is not the highest end of a buffer.</summary>
    Peak,

    /// <summary>The stated lower bound is not the most bytes live at one moment.</summary>
    LowerBound,
}
