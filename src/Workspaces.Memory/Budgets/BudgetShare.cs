namespace Workspaces.Memory.Budgets;

/// <summary>What one name holds of a manager's memory.</summary>
/// <param name="Name">Name of the workspace; <c>persistent</c> and <c>scratch</c> for memory outside of them.</param>
/// <param name="UsedBytes">Bytes committed, and bytes of blocks that own their memory, over all leases of the name.</param>
/// <param name="QuotaBytes">The most it may hold, 0 without a quota of its own.</param>
public readonly record struct BudgetShare(string Name, long UsedBytes, long QuotaBytes);
