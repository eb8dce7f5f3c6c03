namespace Workspaces.Hosting.Top;

/// <summary>What the pools of one name do.</summary>
/// <param name="Name">The name of their workspaces.</param>
/// <param name="Rented">Workspaces that are rented.</param>
/// <param name="Capacity">Most that may be.</param>
/// <param name="Waiting">Callers that wait for one.</param>
public sealed record TopPool(string Name, int Rented, int Capacity, int Waiting);
