namespace Workspaces.Memory.Tracking;

/// <summary>How much a finding matters.</summary>
public enum FindingSeverity
{
    /// <summary>Worth knowing; nothing is wrong.</summary>
    Information,

    /// <summary>The program works, but not as its author thinks.</summary>
    Warning,
}
