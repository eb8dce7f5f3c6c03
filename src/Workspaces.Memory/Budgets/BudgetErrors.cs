using System.Diagnostics.CodeAnalysis;

namespace Workspaces.Memory.Budgets;

/// <summary>The error of a request that the whole process has no room for.</summary>
internal static class BudgetErrors
{
    private const int MostHolders = 5;

    /// <summary>Throws with the limit that was met and the biggest holders under it.</summary>
    /// <param name="asked">The request.</param>
    /// <param name="by">Who made it.</param>
    /// <param name="full">The node that refused.</param>
    /// <param name="manager">Whose workspaces are the holders.</param>
    [DoesNotReturn]
    internal static void Throw(string asked, string by, MemoryBudget full, WorkspaceManager manager)
    {
        BudgetReport report = manager.Budget;
        IEnumerable<string> holders = report.Holders.Where(static share => share.UsedBytes > 0).Take(MostHolders)
            .Select(static share => $"'{share.Name}' {share.UsedBytes}");
        string taken = report.UsedBytes == 0 ? "nobody holds any" : $"the biggest holders of {report.UsedBytes} bytes: {string.Join(", ", holders)}";
        throw new OutOfWorkspaceException(
            asked, by,
            $"{full.Key} is {full.Limit} bytes, {full.Used} of them are taken, and what is idle has been given back; {taken}",
            $"raise {full.Key}, end passes or workspaces that hold much, use smaller batches, or dispose tensors earlier; smaller requests still succeed");
    }
}
