namespace Workspaces.Memory.Budgets;

/// <summary>What all workspaces of a manager hold together, and who holds it. All figures are of one moment: the holders always add up.</summary>
/// <param name="LimitBytes">The cap, <c>Workspaces:Manager:MemoryLimit</c>; 0 for none.</param>
/// <param name="UsedBytes">Bytes committed or reserved for a commit that is under way, and bytes of blocks that own their memory.</param>
/// <param name="PeakBytes">The most that <paramref name="UsedBytes"/> ever was.</param>
/// <param name="Holders">The holders by name, the biggest first.</param>
public sealed record BudgetReport(long LimitBytes, long UsedBytes, long PeakBytes, IReadOnlyList<BudgetShare> Holders);
