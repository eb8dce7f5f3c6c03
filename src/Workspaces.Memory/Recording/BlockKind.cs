namespace Workspaces.Memory.Recording;

/// <summary>What a block of a pass was for.</summary>
public enum BlockKind
{
    /// <summary>Made on the way forward and kept for the way back: the tape or another holder had it beside its maker.</summary>
    Activation,

    /// <summary>Made by an op and needed by those that follow at once.</summary>
    Temporary,

    /// <summary>Made on the way back.</summary>
    Gradient,

    /// <summary>What a kernel needed while it ran.</summary>
    Scratch,
}
