/// <summary>
/// What the service has done and holds, in bytes: <paramref name="Garbage"/> is managed memory that our part made, <paramref name="Committed"/> that of all workspaces,
/// <paramref name="Managed"/> and <paramref name="WorkingSet"/> that of the whole process.
/// </summary>
internal sealed record Statistics(long Requests, long Garbage, long Committed, int Collections, long Managed, long WorkingSet);
