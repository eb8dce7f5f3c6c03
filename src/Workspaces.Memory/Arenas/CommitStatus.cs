namespace Workspaces.Memory.Arenas;

/// <summary>Why <see cref="Arena.TryCommit(long, long, out CommitStatus)"/> said yes or no.</summary>
internal enum CommitStatus
{
    /// <summary>The bytes are usable.</summary>
    Committed,

    /// <summary>The request lies above the limit that the caller gave.</summary>
    PastLimit,

    /// <summary>The request lies above <see cref="Arena.CapacityBytes"/>, the address space that was reserved.</summary>
    PastCapacity,

    /// <summary>The operating system has no more memory for this process; <see cref="Arena.LastSystemError"/> has its number.</summary>
    RefusedBySystem,

    /// <summary>All workspaces together, or all of one name, would hold more than the manager's configuration allows.</summary>
    PastBudget,
}
