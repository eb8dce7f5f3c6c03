namespace Workspaces.Memory.Tracking;

/// <summary>Something the memory core noticed and handled: a scope closed out of order, a lane never joined, a workspace that nobody closed.</summary>
/// <param name="Code">Stable code, e.g. <c>WSF001</c>; see <see cref="FindingCodes"/>.</param>
/// <param name="Severity">How much it matters.</param>
/// <param name="Workspace">Name of the workspace concerned.</param>
/// <param name="Text">The four parts: what was asked, by whom, the numbers, the remedy.</param>
public sealed record Finding(string Code, FindingSeverity Severity, string Workspace, string Text);
