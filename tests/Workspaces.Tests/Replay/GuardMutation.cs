namespace Workspaces.Tests.Replay;

/// <summary>A mistake that the guard could make; the tests make it for the guard, by tampering with its stamps.</summary>
public enum GuardMutation
{
    /// <summary>No mistake.</summary>
    None,

    /// <summary>A slot that was skipped or spilled counts as clear without a look at what lies under it.</summary>
    UnplacedIsClear,

    /// <summary>Only the first two predecessors are asked.</summary>
    MoreIsIgnored,

    /// <summary>After a skip the skipped slots may still be placed.</summary>
    CursorStaysOnSkip,

    /// <summary>Bytes are taken from a block whose handles stay valid.</summary>
    LiveBlockIsCleared,

    /// <summary>A straggler of the last pass stamps the epoch of this one.</summary>
    StragglerStampsNow,
}
