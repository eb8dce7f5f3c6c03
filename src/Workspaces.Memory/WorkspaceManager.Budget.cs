using Workspaces.Memory.Allocators;
using Workspaces.Memory.Arenas;
using Workspaces.Memory.Budgets;
using Workspaces.Memory.Passes;
using Workspaces.Memory.Pressure;

namespace Workspaces.Memory;

/// <summary>One limit over everything that a manager owns, pages that go from idle workspaces to busy ones, and trimming.</summary>
public sealed partial class WorkspaceManager
{
    /// <summary>How often a request asks again while somebody who has pages to spare is at work.</summary>
    private const int MostTurns = 200;

    private readonly MemoryBudget _total;
    private readonly Dictionary<string, MemoryBudget> _quotas = new(StringComparer.OrdinalIgnoreCase);
    private readonly IdleTrimmer _trimmer;

    /// <summary>What everything that this manager owns holds together, against <c>MemoryLimit</c> and <c>Quotas</c>, and who holds it.</summary>
    public BudgetReport Budget => _total.Report();

    /// <summary>What this manager takes from the system.</summary>
    internal ManagerSurroundings Surroundings { get; }

    /// <summary>A node for what one workspace holds, under the quota of its name if there is one.</summary>
    internal MemoryBudget NewBudget(string? name) =>
        (name is not null && _quotas.TryGetValue(name, out MemoryBudget? quota) ? quota : _total).NewChild(name ?? "(unnamed)");

    /// <summary>Makes bytes of an arena usable, and asks everybody else for idle pages before the budget refuses.</summary>
    internal bool TryCommit(Arena arena, long usableBytes)
    {
        var spin = new SpinWait();
        for (int turn = 0; turn < MostTurns; turn++)
        {
            if (arena.TryCommit(usableBytes, arena.CapacityBytes, out CommitStatus status)) return true;
            if (status != CommitStatus.PastBudget || !MayRetry(arena.Budget!, arena.MissingBytes(usableBytes), ref spin)) return false;
        }

        return false;
    }

    /// <summary>Reserves bytes for memory outside the arenas; the caller gives them back to the budget once that memory is freed.</summary>
    internal bool TryReserve(MemoryBudget budget, long bytes)
    {
        var spin = new SpinWait();
        for (int turn = 0; turn < MostTurns; turn++)
        {
            if (budget.TryTake(bytes)) return true;
            if (!MayRetry(budget, bytes, ref spin)) return false;
        }

        return false;
    }

    /// <summary>
    /// Looks for pages that are not in use, until a request fits: idle scratch, pages above persistent blocks, workspaces that nobody has leased, arenas that
    /// no pass has; then what lies above the plans of open passes; then what their plans have still to come, and they go on without a plan.
    /// </summary>
    /// <param name="asking">The node that the request was made at.</param>
    /// <param name="bytes">What it asked for.</param>
    /// <param name="source">The arena that is to grow, which is not asked itself.</param>
    internal ReclaimOutcome Reclaim(MemoryBudget asking, long bytes, ArenaSource? source)
    {
        DestroyEnding();
        lock (_sync)
        {
            if (asking.FindFull(bytes, out _) is not { } full) return ReclaimOutcome.Room;
            if (full.IsRoot && bytes > full.Limit) return ReclaimOutcome.Nothing; // no trimming makes it fit
            Scratch.Trim();
            Persistent.Trim();
            foreach (NamedWorkspace named in _named.Values)
            {
                foreach (Workspace idle in named.Idle)
                {
                    if (FitsAfterTrim(idle.Arenas, asking, bytes)) return ReclaimOutcome.Room;
                }
            }

            foreach (Workspace open in _open)
            {
                if (FitsAfterTrim(open.Arenas, asking, bytes)) return ReclaimOutcome.Room;
            }

            bool all = true;
            if (FitsAfterGiveWay(asking, bytes, source, keepsPlans: true, ref all)) return ReclaimOutcome.Room;
            if (FitsAfterGiveWay(asking, bytes, source, keepsPlans: false, ref all)) return ReclaimOutcome.Room;
            return all ? ReclaimOutcome.Nothing : ReclaimOutcome.Busy;
        }
    }

    /// <summary>Gives an arena without pages those of an idle workspace: the fewest that suffice, else the most there are.</summary>
    internal void LendIdle(WorkspaceMemory borrower, ArenaSource asking, long bytes)
    {
        lock (_sync)
        {
            WorkspaceMemory? best = null;
            long bestBytes = 0;
            foreach (NamedWorkspace named in _named.Values)
            {
                foreach (Workspace idle in named.Idle)
                {
                    long has = idle.Arenas.LargestIdle();
                    bool isBetter = bestBytes >= bytes ? has >= bytes && has < bestBytes : has > bestBytes;
                    if (isBetter) (best, bestBytes) = (idle.Arenas, has);
                }
            }

            if (best is not null && !ReferenceEquals(best, borrower)) borrower.TakePages(best, asking);
        }
    }

    /// <summary>Gives back the pages of workspaces that came back before a moment and were not leased since.</summary>
    /// <param name="round">The moment, in rounds of the trimmer.</param>
    internal long TrimUnused(long round)
    {
        lock (_sync)
        {
            long freed = 0;
            foreach (NamedWorkspace named in _named.Values)
            {
                foreach (Workspace idle in named.Idle)
                {
                    if (idle.IdleSince < round) freed += idle.Trim();
                }
            }

            return freed;
        }
    }

    /// <summary>Frees blocks with memory of their own that ops had outlived the pass on; called outside every lock.</summary>
    private void FreeDead()
    {
        var memories = new List<WorkspaceMemory>();
        lock (_sync)
        {
            foreach (Workspace workspace in _open) memories.Add(workspace.Arenas);
            foreach (NamedWorkspace named in _named.Values) memories.AddRange(named.Idle.Select(static workspace => workspace.Arenas));
        }

        var failures = default(Failures);
        foreach (WorkspaceMemory memory in memories) failures.Try(memory.FreeDead);
        failures.ThrowIfAny();
    }

    private bool MayRetry(MemoryBudget budget, long bytes, ref SpinWait spin)
    {
        ReclaimOutcome outcome = Reclaim(budget, bytes, null);
        if (outcome == ReclaimOutcome.Busy) spin.SpinOnce();
        return outcome != ReclaimOutcome.Nothing;
    }

    private static bool FitsAfterTrim(WorkspaceMemory memory, MemoryBudget asking, long bytes)
    {
        if (asking.FindFull(bytes, out long missing) is not { } full) return true;
        if (!memory.Budget.IsUnder(full)) return false;
        memory.TrimIdle(missing);
        return asking.FindFull(bytes, out _) is null;
    }

    private bool FitsAfterGiveWay(MemoryBudget asking, long bytes, ArenaSource? source, bool keepsPlans, ref bool all)
    {
        foreach (Workspace open in _open)
        {
            if (asking.FindFull(bytes, out _) is not { } full) return true;
            if (open.Arenas.Budget.IsUnder(full)) all &= open.Arenas.GiveWay(source, keepsPlans);
        }

        return asking.FindFull(bytes, out _) is null;
    }
}
