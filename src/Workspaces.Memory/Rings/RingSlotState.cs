namespace Workspaces.Memory.Rings;

/// <summary>Who has a slot now.</summary>
internal enum RingSlotState
{
    /// <summary>Nobody.</summary>
    Idle,

    /// <summary>A producer.</summary>
    Filling,

    /// <summary>Nobody any more: its memory is being ended by the one who had it.</summary>
    Ending,

    /// <summary>Given up by its producer; skipped when its turn comes.</summary>
    Abandoned,

    /// <summary>Its producer has failed; whoever takes it gets the exception.</summary>
    Failed,

    /// <summary>Nobody: filled, waiting for a consumer.</summary>
    Published,

    /// <summary>A consumer.</summary>
    Leased,

    /// <summary>A pass that is open.</summary>
    Entered,

    /// <summary>A pass that was left, whose tensors stay readable until the slot's turn comes again.</summary>
    Kept,
}
