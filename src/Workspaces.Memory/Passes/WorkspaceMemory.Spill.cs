using Workspaces.Memory.Arenas;
using Workspaces.Memory.Spill;
using Workspaces.Memory.Tracking;

namespace Workspaces.Memory.Passes;

/// <summary>What lies outside the arenas, and what of it counts under the cap.</summary>
internal sealed partial class WorkspaceMemory
{
    /// <summary>Passes in a row that spill before it is called a habit.</summary>
    private const int PassesBeforeFinding = 8;
    private long _spilledRequests;
    private long _spilledOutside;
    private long _spillingPasses;
    private bool _spillsTold;

    internal WorkspaceConfiguration Configuration { get; } = workspace.Configuration;

    internal WorkspaceManager Manager => workspace.Manager;

    internal MappedFiles Files => workspace.Manager.Files;

    /// <summary>True when no request is to be served by the arena.</summary>
    internal bool SpillsEverything { get; } = workspace.Configuration.DebugMode == DebugMode.SpillEverything;

    /// <summary>True when what does not fit the arenas is taken from the manager's allocator.</summary>
    internal bool SpillsToAllocator => (Configuration.MaxSize > 0 || SpillsEverything) && Configuration.PolicySpill == SpillPolicy.Reallocate;

    /// <summary>Why the last spill was refused, or null.</summary>
    internal string? SpillProblem
    {
        get
        {
            lock (_sync)
            {
                foreach (ArenaSource arena in _arenas)
                {
                    if (arena.Spill?.Problem is { } problem) return problem;
                }

                return null;
            }
        }
    }

    /// <summary>Disk space that temporary files of spills hold.</summary>
    internal long SpillFileBytes
    {
        get
        {
            lock (_sync)
            {
                long bytes = 0;
                foreach (ArenaSource arena in _arenas) bytes += arena.Spill?.DiskBytes ?? 0;
                return bytes;
            }
        }
    }

    /// <summary>Commits for a plan that is too large what the cap leaves for this arena; the others give way first.</summary>
    /// <returns>Usable bytes that the plan may lie in, in whole granules.</returns>
    internal long CommitMost(ArenaSource asking, long wanted)
    {
        lock (_sync)
        {
            if (Limit(asking) < Math.Min(Configuration.MaxSize, wanted)) OthersGiveWay(asking);
            long limit = Math.Min(Limit(asking), wanted) & -Granule.Bytes;
            if (limit > asking.UsableBytes) asking.TryCommit(limit, limit);
            return Math.Min(limit, asking.UsableBytes & -Granule.Bytes);
        }
    }

    /// <summary>Bytes by which a block outside the arenas would pass the cap, after the other arenas have given back what they do not need.</summary>
    internal long MissingUnderCap(ArenaSource asking, long bytes)
    {
        lock (_sync)
        {
            if (Configuration.MaxSize == 0) return 0;
            if (UsedUnderCap() + bytes > Configuration.MaxSize) OthersGiveWay(asking);
            return UsedUnderCap() + bytes - Configuration.MaxSize;
        }
    }

    /// <summary>A pass has ended in which so many requests were served outside its arena.</summary>
    /// <param name="requests">Requests.</param>
    /// <param name="bytes">Their bytes.</param>
    /// <param name="planned">Those of them that are not counted as deviations already.</param>
    /// <param name="inRow">Passes in a row that spilled.</param>
    internal void CountSpills(long requests, long bytes, long planned, int inRow)
    {
        lock (_sync)
        {
            SpilledBytes += planned;
            _spilledRequests += requests;
            _spilledOutside += bytes;
            _spillingPasses++;
            if (inRow >= PassesBeforeFinding) TellOfSpills();
        }
    }

    /// <summary>At the end of a lease: says what spills have cost, once for this memory.</summary>
    internal void ReportSpills()
    {
        lock (_sync)
        {
            if (_spillingPasses > 0) TellOfSpills();
        }
    }

    private void TellOfSpills()
    {
        if (_spillsTold) return;
        _spillsTold = true;
        long peak = 0, need = PeakOwnBytes;
        double milliseconds = 0;
        foreach (ArenaSource arena in _arenas)
        {
            peak += arena.Spill?.PeakBytes ?? 0;
            need += arena.NeededBytes > 0 ? arena.NeededBytes : arena.PeakBytes;
            if (arena.Spill is FileSpill file) milliseconds += file.Time.TotalMilliseconds;
        }

        Manager.QueueFinding(SpillFindings.SpillsEveryPass(Configuration, _spillingPasses, _spilledRequests, _spilledOutside, peak, need, milliseconds));
    }

    /// <summary>Bytes that count under the cap: of all arenas, and of blocks that own their memory.</summary>
    private long UsedUnderCap()
    {
        long used = Interlocked.Read(ref _ownBytes);
        foreach (ArenaSource arena in _arenas) used += arena.HeldBytes;
        return used;
    }

    private Arena NewArena()
    {
        long reserve = Configuration.MaxSize > 0 ? Math.Min(Configuration.MaxSize, DefaultReserve) : DefaultReserve;
        if (Configuration.PolicyLocation == LocationPolicy.Ram)
            return new Arena(reserve, Arena.DefaultMinimumReserveBytes, workspace.Manager.Surroundings.Pages, Budget);
        return TempFiles.TryMap(Files, Configuration, reserve, Budget, out string? problem) ?? throw new OutOfWorkspaceException(
            "map an arena of a workspace", $"workspace '{workspace.DisplayName}'", problem!,
            $"name a folder with space in Workspaces:{workspace.DisplayName}:TempFilePath, or set PolicyLocation to Ram");
    }

    private SpillSource? NewSpill()
    {
        if (SpillsToAllocator) return new MemorySpill(this);
        return (Configuration.MaxSize > 0 || SpillsEverything) && Configuration.PolicySpill == SpillPolicy.External ? new FileSpill(this) : null;
    }
}
