namespace Workspaces.Memory;

/// <summary>Switches that make memory easier to reason about while a fault is hunted.</summary>
public enum DebugMode
{
    /// <summary>Nothing special.</summary>
    Disabled,

    /// <summary>Every request is treated as one that passed the cap.</summary>
    SpillEverything,

    /// <summary>Every request goes past the workspace to ordinary memory.</summary>
    BypassEverything,
}
