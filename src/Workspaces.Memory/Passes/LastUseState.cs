namespace Workspaces.Memory.Passes;

/// <summary>How last uses bear on a block.</summary>
internal enum LastUseState : byte
{
    /// <summary>Uses are not counted, or more are to come.</summary>
    Open,

    /// <summary>All uses of the record were seen; the block ends when nobody but its creator holds it.</summary>
    Due,

    /// <summary>It has ended so: handles are stale, and a later use is an error that names <c>Keep</c>.</summary>
    Ended,

    /// <summary>It stays to its release whatever its uses.</summary>
    Kept,
}
