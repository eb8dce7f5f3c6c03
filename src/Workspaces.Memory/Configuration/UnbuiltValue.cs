namespace Workspaces.Memory.Configuration;

/// <summary>One value that this version does not run yet.</summary>
/// <param name="Key">The key.</param>
/// <param name="Value">The value.</param>
/// <param name="StandIn">For a default: what runs instead, in words.</param>
/// <param name="Replace">For a default: writes what runs instead.</param>
internal sealed record UnbuiltValue(
    WorkspaceKey Key,
    object Value,
    string? StandIn = null,
    Func<WorkspaceConfiguration, WorkspaceConfiguration>? Replace = null);
