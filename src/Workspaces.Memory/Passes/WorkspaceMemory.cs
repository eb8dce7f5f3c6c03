using Workspaces.Memory.Allocators;
using Workspaces.Memory.Arenas;
using Workspaces.Memory.Tracking;

namespace Workspaces.Memory.Passes;

/// <summary>
/// The arenas of one lease. An open frame that has asked for memory holds one of them; a frame takes the first idle arena at its first request,
/// so an outer pass without tensors costs none. Pages are granted here, so the cap over all arenas is exact.
/// </summary>
internal sealed class WorkspaceMemory(Workspace workspace)
{
    private const long DefaultReserve = 64L << 30;
    private readonly Lock _sync = new();
    private readonly List<ArenaSource> _arenas = [];
    private readonly List<OwnSource> _own = [];
    private long _systemCalls;
    private long _ownBytes;

    internal long SystemCalls => Interlocked.Read(ref _systemCalls);

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

    /// <summary>Makes sure that the first arena has so many bytes committed.</summary>
    internal void Prepare(long bytes)
    {
        if (bytes == 0 || workspace.Configuration.WorkspaceMode == WorkspaceMode.None) return;
        lock (_sync)
        {
            ArenaSource first = _arenas.Count == 0 ? AddArena() : _arenas[0];
            if (first.TryPrepare(bytes)) return;
        }

        throw new OutOfWorkspaceException(
            $"commit {bytes} bytes when the workspace is created", $"workspace '{workspace.DisplayName}'", "the system or the arena's address range refused them",
            $"lower Workspaces:{workspace.DisplayName}:InitialSize; a workspace grows by itself");
    }

    internal BlockSource Lease()
    {
        lock (_sync)
        {
            if (workspace.Configuration.WorkspaceMode == WorkspaceMode.None) return LeaseOwn();
            foreach (ArenaSource arena in _arenas)
            {
                if (arena.TryLease()) return arena;
            }

            ArenaSource added = AddArena();
            added.TryLease();
            return added;
        }
    }

    /// <summary>How many bytes this arena may have in use; trims idle arenas when the cap leaves too little.</summary>
    internal long Grant(ArenaSource asking, long wanted)
    {
        long max = workspace.Configuration.MaxSize;
        if (max == 0) return asking.ReservedBytes;
        lock (_sync)
        {
            long others = UsedByOthers(asking);
            if (others + wanted > max)
            {
                foreach (ArenaSource arena in _arenas)
                {
                    if (!ReferenceEquals(arena, asking)) arena.TrimIfIdle(0);
                }

                others = UsedByOthers(asking);
            }

            return Math.Min(asking.ReservedBytes, max - others);
        }
    }

    internal long Trim(long keep)
    {
        lock (_sync)
        {
            long freed = 0;
            for (int i = 0; i < _arenas.Count; i++) freed += _arenas[i].TrimIfIdle(i == 0 ? keep : 0);
            return freed;
        }
    }

    internal MemoryReport Report()
    {
        lock (_sync)
        {
            MemoryReport sum = default;
            foreach (ArenaSource arena in _arenas) sum += arena.Report();
            return sum with { External = Interlocked.Read(ref _ownBytes) };
        }
    }

    internal void CountSystemCall() => Interlocked.Increment(ref _systemCalls);

    /// <summary>Frees everything that no op of an ended pass is using; false when something had to stay.</summary>
    internal bool TryDestroy()
    {
        lock (_sync)
        {
            _arenas.RemoveAll(static arena => arena.TryRelease());
            _own.RemoveAll(static source => source.TryRelease());
            return _arenas.Count == 0 && _own.Count == 0;
        }
    }

    /// <summary>Takes bytes for blocks that own their memory; false above the cap.</summary>
    internal bool TryTakeOwn(long bytes)
    {
        long max = workspace.Configuration.MaxSize;
        if (Interlocked.Add(ref _ownBytes, bytes) <= max || max == 0) return true;
        Interlocked.Add(ref _ownBytes, -bytes);
        return false;
    }

    internal void GiveOwn(long bytes) => Interlocked.Add(ref _ownBytes, -bytes);

    private long UsedByOthers(ArenaSource asking)
    {
        long used = 0;
        foreach (ArenaSource arena in _arenas)
        {
            if (!ReferenceEquals(arena, asking)) used += arena.UsableBytes;
        }

        return used;
    }

    private ArenaSource AddArena()
    {
        long max = workspace.Configuration.MaxSize;
        CountSystemCall();
        var arena = new ArenaSource(this, new Arena(max > 0 ? Math.Min(max, DefaultReserve) : DefaultReserve));
        _arenas.Add(arena);
        return arena;
    }

    private OwnSource LeaseOwn()
    {
        foreach (OwnSource source in _own)
        {
            if (source.TryLease()) return source;
        }

        var added = new OwnSource(this, workspace.Manager.Allocator);
        added.TryLease();
        _own.Add(added);
        return added;
    }
}
