using Workspaces.Memory.Arenas;
using Workspaces.Memory.Budgets;
using Workspaces.Memory.Spill;
using Workspaces.Memory.Tracking;

namespace Workspaces.Memory.Passes;

/// <summary>
/// The arenas of one lease. An open frame that has asked for memory holds one of them; a frame takes the first idle arena at its first request,
/// so an outer pass without tensors costs none. Pages are granted here, so the cap over all arenas is exact.
/// </summary>
internal sealed partial class WorkspaceMemory(Workspace workspace)
{
    private const long DefaultReserve = 64L << 30;

    /// <summary>How often a request under a cap asks again whether others have pages to spare while they are at work.</summary>
    private const int MostTurns = 200;
    private readonly object _sync = new();
    private readonly List<ArenaSource> _arenas = [];
    private readonly List<OwnSource> _own = [];
    private OwnMemory? _ownMemory;
    private long _systemCalls;
    private long _ownBytes;
    private long _peakOwnBytes;

    /// <summary>What every byte of this lease is reserved in.</summary>
    internal MemoryBudget Budget { get; } = workspace.Manager.NewBudget(workspace.Name);

    /// <summary>The arenas of this lease, for those who compare the books with the system's.</summary>
    internal IReadOnlyList<ArenaSource> Arenas => _arenas;

    /// <summary>The memory of blocks that own theirs.</summary>
    internal OwnMemory Own => _ownMemory ??= new OwnMemory(workspace.Manager.Allocator, this);

    internal long SystemCalls => Interlocked.Read(ref _systemCalls);

    /// <summary>Most bytes that blocks which own their memory had at once.</summary>
    internal long PeakOwnBytes => Interlocked.Read(ref _peakOwnBytes);

    internal long PeakBytes
    {
        get
        {
            lock (_sync)
            {
                long peak = 0;
                foreach (ArenaSource arena in _arenas) peak += arena.PeakBytes;
                return peak;
            }
        }
    }

    /// <summary>True when dead bytes are poisoned and never handed out again in their pass.</summary>
    internal bool NeverReuses { get; } = workspace.Configuration.PolicyAllocation == AllocationPolicy.Always;

    /// <summary>True when nothing is learned: passes bump through the initial size, and what goes beyond counts as a deviation.</summary>
    internal bool IsFixed { get; } = workspace.Configuration.PolicyLearning == LearningPolicy.None;

    /// <summary>Requests of ended passes that their plans could not serve.</summary>
    internal long Deviations { get; private set; }

    /// <summary>Bytes of those requests.</summary>
    internal long SpilledBytes { get; private set; }

    /// <summary>Highest byte in use over the passes that ran on a plan, and over the others, summed over the arenas.</summary>
    internal (long Planned, long Learning) Peaks
    {
        get
        {
            lock (_sync)
            {
                long planned = 0, learning = 0;
                foreach (ArenaSource arena in _arenas)
                {
                    planned += arena.PlannedPeakBytes;
                    learning += arena.LearningPeakBytes;
                }

                return (planned, learning);
            }
        }
    }

    /// <summary>True for a request that ends here and is to get bytes that its pass has not used yet.</summary>
    internal bool Bumps(long end) =>
        NeverReuses || (IsFixed && end <= workspace.Configuration.InitialSize);

    /// <summary>Bytes that an arena should keep committed when the largest plan needs so many.</summary>
    internal long Wanted(ArenaSource arena, long planned)
    {
        WorkspaceConfiguration configuration = workspace.Configuration;
        long floor = 0;
        lock (_sync)
        {
            if (_arenas.Count > 0 && ReferenceEquals(_arenas[0], arena)) floor = Math.Max(configuration.InitialSize, configuration.MinSize);
        }

        return Math.Max(floor, WithHeadroom(planned));
    }

    /// <summary>Commits head-room above a plan, as far as the cap and the system allow; returns what plan and head-room take.</summary>
    internal long AddHeadroom(ArenaSource arena, long planned)
    {
        long wanted = WithHeadroom(planned);
        if (wanted <= arena.UsableBytes) return wanted;
        lock (_sync) arena.TryPrepare(wanted, Limit(arena));
        return wanted;
    }

    /// <summary>A pass has ended in which so many requests spilled.</summary>
    internal void CountDeviations(long requests, long bytes)
    {
        lock (_sync)
        {
            Deviations += requests;
            SpilledBytes += bytes;
        }
    }

    /// <summary>Commits what leases of this name have needed in each arena, and at least so much in the first one; never more than the cap.</summary>
    internal void Prepare(long first, LearnedSize learned)
    {
        if (workspace.Configuration.WorkspaceMode == WorkspaceMode.None) return;
        for (int i = 0; i == 0 || i < learned.Count; i++)
        {
            long asked = i == 0 ? first : 0, bytes = Math.Max(learned[i], asked);
            if (bytes > 0 && !TryPrepare(i, bytes, asked) && asked > 0 && !TryCommitAtLeast(_arenas[i], asked)) ThrowNotCommitted(asked);
        }
    }

    private bool TryPrepare(int index, long bytes, long asked)
    {
        ArenaSource arena;
        lock (_sync)
        {
            while (_arenas.Count <= index) AddArena();
            arena = _arenas[index];
        }

        if (arena.UsableBytes < bytes) bytes = Math.Max(asked, WithoutOutliers(bytes));
        if (bytes > arena.ReservedBytes) return false;
        Borrow(arena, bytes);
        lock (_sync) return arena.TryPrepare(bytes, Limit(arena));
    }

    /// <summary>What passes have needed, but no more than the plans need that are left of them: pages of an outlier that they have forgotten stay with the system.</summary>
    private long WithoutOutliers(long learned) =>
        workspace.Learned.Plans.LargestPeak is > 0 and long planned ? Math.Min(learned, WithHeadroom(planned)) : learned;

    private bool TryCommitAtLeast(ArenaSource arena, long bytes) => arena.UsableBytes >= bytes || TryCommit(arena, bytes);

    /// <summary>Tells what each arena has needed, and gives back what was borrowed beyond that.</summary>
    internal void Teach(LearnedSize learned)
    {
        lock (_sync)
        {
            for (int i = 0; i < _arenas.Count; i++)
            {
                learned.Observe(i, _arenas[i].PeakBytes);
                if (_trimsAtEnd) _arenas[i].TrimIfIdle(learned[i]);
            }

            _trimsAtEnd = false;
            foreach (OwnSource source in _own) source.Trim();
        }
    }

    internal BlockSource Lease(Frame frame, int ownOps)
    {
        lock (_sync)
        {
            if (workspace.Configuration.WorkspaceMode == WorkspaceMode.None) return LeaseOwn(frame, ownOps);
            foreach (ArenaSource arena in _arenas)
            {
                if (arena.TryLease(frame, ownOps)) return arena;
            }

            ArenaSource added = AddArena();
            added.TryLease(frame, ownOps);
            return added;
        }
    }

    /// <summary>Commits up to a byte of an arena. Under a cap one arena grows at a time, and the others give way before it is refused.</summary>
    internal bool TryCommit(ArenaSource asking, long end)
    {
        long max = workspace.Configuration.MaxSize;
        Budget.ForgetRefusal();
        Borrow(asking, end);
        if (asking.UsableBytes >= end) return true;
        var spin = new SpinWait();
        for (int turn = 0; turn < MostTurns; turn++)
        {
            bool all;
            CommitStatus status;
            lock (_sync)
            {
                all = max == 0 || end > max || Limit(asking) >= end || OthersGiveWay(asking);
                status = asking.TryCommit(end, Limit(asking));
            }

            if (status == CommitStatus.Committed) return true;
            if (status == CommitStatus.PastBudget)
            {
                ReclaimOutcome outcome = workspace.Manager.Reclaim(Budget, asking.Arena.MissingBytes(end), asking);
                if (outcome == ReclaimOutcome.Room) continue;
                all &= outcome == ReclaimOutcome.Nothing;
            }

            if (all || (status == CommitStatus.PastLimit && Configuration.PolicySpill == SpillPolicy.External)) return false; // a file is there at once
            lock (_sync) asking.Shrink(); // two that wait for each other must not do so for pages that neither needs
            spin.SpinOnce(); // sleeps after some turns: a thread that is at work there may have lost its core
        }

        return false;
    }

    /// <summary>False when some arena could not be asked, because its frame is at work in it, perhaps waiting here.</summary>
    private bool OthersGiveWay(ArenaSource asking)
    {
        bool all = true;
        foreach (ArenaSource arena in _arenas)
        {
            if (!ReferenceEquals(arena, asking)) all &= arena.GiveWay();
        }

        return all;
    }

    internal long Trim(long keep)
    {
        lock (_sync)
        {
            long freed = 0;
            foreach (OwnSource source in _own) source.Trim(); // freed once no lock is held
            for (int i = 0; i < _arenas.Count; i++) freed += _arenas[i].TrimIfIdle(i == 0 ? keep : 0, spills: true);
            return freed;
        }
    }

    internal MemoryReport Report()
    {
        lock (_sync)
        {
            MemoryReport sum = default;
            foreach (ArenaSource arena in _arenas) sum += arena.Report();
            return sum with { External = sum.External + Interlocked.Read(ref _ownBytes) };
        }
    }

    internal void CountSystemCall() => Interlocked.Increment(ref _systemCalls);

    /// <summary>Frees everything that no op of an ended pass is using; false when something had to stay.</summary>
    internal bool TryDestroy()
    {
        bool all;
        lock (_sync)
        {
            _arenas.RemoveAll(static arena => arena.TryRelease());
            _own.RemoveAll(static source => source.TryRelease());
            all = _arenas.Count == 0 && _own.Count == 0;
        }

        FreeDead();
        if (!all) return false;
        lock (_sync) Budget.Leave();
        return true;
    }

    /// <summary>Frees the blocks with memory of their own that have died; called outside every lock.</summary>
    internal void FreeDead() => _ownMemory?.Drain();

    /// <summary>Takes bytes for blocks that own their memory; false above the cap.</summary>
    internal bool TryTakeOwn(long bytes)
    {
        long max = workspace.Configuration.MaxSize, live;
        if (max == 0)
        {
            live = Interlocked.Add(ref _ownBytes, bytes);
        }
        else
        {
            lock (_sync)
            {
                Budget.ForgetRefusal();
                if (bytes > max || UsedUnderCap() + bytes > max) return false;
                live = Interlocked.Add(ref _ownBytes, bytes);
            }
        }

        if (!workspace.Manager.TryReserve(Budget, bytes)) // outside the lock: it may ask other workspaces
        {
            Interlocked.Add(ref _ownBytes, -bytes);
            return false;
        }

        long peak = Interlocked.Read(ref _peakOwnBytes);
        while (peak < live)
        {
            long seen = Interlocked.CompareExchange(ref _peakOwnBytes, live, peak);
            if (seen == peak) break;
            peak = seen;
        }

        return true;
    }

    /// <summary>The allocator has the memory of a block back.</summary>
    internal void GiveOwn(long bytes)
    {
        Interlocked.Add(ref _ownBytes, -bytes);
        Budget.Give(bytes);
    }

    private long WithHeadroom(long planned)
    {
        WorkspaceConfiguration configuration = workspace.Configuration;
        return configuration.PolicyAllocation == AllocationPolicy.Overallocate
            ? Granule.RoundUp((long)Math.Min(planned * (1 + configuration.OverallocationLimit), Arena.MaxReserveBytes))
            : planned;
    }

    private long Limit(ArenaSource asking)
    {
        long max = workspace.Configuration.MaxSize;
        return max == 0 ? asking.ReservedBytes : Math.Min(asking.ReservedBytes, max - UsedUnderCap() + asking.UsableBytes);
    }

    private ArenaSource AddArena()
    {
        CountSystemCall();
        var arena = new ArenaSource(this, NewArena(), NewSpill());
        _arenas.Add(arena);
        return arena;
    }

    private OwnSource LeaseOwn(Frame frame, int ownOps)
    {
        foreach (OwnSource source in _own)
        {
            if (source.TryLease(frame, ownOps)) return source;
        }

        var added = new OwnSource(Own);
        added.TryLease(frame, ownOps);
        _own.Add(added);
        return added;
    }

    private void ThrowNotCommitted(long bytes)
    {
        string asked = $"commit {bytes} bytes when the workspace is created", by = $"workspace '{workspace.DisplayName}'";
        if (Budget.LastRefusal is { } full) BudgetErrors.Throw(asked, by, full, workspace.Manager);
        throw new OutOfWorkspaceException(
            asked, by, "the system or the arena's address range refused them", $"lower Workspaces:{workspace.DisplayName}:InitialSize; a workspace grows by itself");
    }
}
