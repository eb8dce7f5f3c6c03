namespace Workspaces.Hosting.Top;

/// <summary>Something that the memory core noticed.</summary>
/// <param name="Code">Its stable code.</param>
/// <param name="Severity"><c>Information</c> or <c>Warning</c>.</param>
/// <param name="Workspace">The workspace concerned.</param>
/// <param name="Text">What, with the numbers and the remedy; long texts are cut.</param>
public sealed record TopFinding(string Code, string Severity, string Workspace, string Text);
