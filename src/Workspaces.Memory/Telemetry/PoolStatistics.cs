namespace Workspaces.Memory.Telemetry;

/// <summary>What a pool of workspaces does now; pools of one name are added up.</summary>
/// <param name="Name">The name of its workspaces.</param>
/// <param name="Rented">Workspaces that are rented.</param>
/// <param name="Capacity">Most that may be rented at once.</param>
/// <param name="Waiting">Callers that wait for one.</param>
public sealed record PoolStatistics(string Name, int Rented, int Capacity, int Waiting);
