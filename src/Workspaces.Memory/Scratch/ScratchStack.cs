using Workspaces.Memory.Arenas;
using Workspaces.Memory.Tracking;

namespace Workspaces.Memory.Scratch;

/// <summary>A bump pointer over one arena.</summary>
internal sealed unsafe class ScratchStack(ScratchPool pool, WorkspaceConfiguration configuration, Arena arena) : IDisposable
{
    private readonly Arena _arena = arena;
    private long _top;

    internal long PeakBytes { get; private set; }

    internal long UsableBytes => _arena.UsableBytes;

    /// <summary>True while an op has the stack; written under the pool's lock.</summary>
    internal bool IsRented { get; set; }

    internal long TakenBytes => _top;

    internal long SystemCalls { get; private set; }

    internal Span<T> Take<T>(int length)
        where T : unmanaged
    {
        long bytes = Granule.RoundUp((long)length * sizeof(T)), end = _top + bytes;
        if (end > _arena.UsableBytes) Grow(end);
        _arena.Touch(end);
        var span = new Span<T>((void*)(((nint)_arena.Base) + (nint)_top), length);
        _top = end;
        PeakBytes = Math.Max(PeakBytes, end);
        return span;
    }

    internal void Rewind() => _top = 0;

    internal long Trim(long keep)
    {
        if (_arena.UsableBytes <= keep) return 0;
        SystemCalls++;
        return _arena.Trim(keep);
    }

    /// <summary>Makes the bytes up to <paramref name="end"/> usable, by whole segments where the limit allows.</summary>
    internal CommitStatus TryCommit(long end, long wanted, long limit)
    {
        long most = Math.Min(limit, _arena.CapacityBytes);
        if (end > most) return CommitStatus.PastLimit;
        if (!_arena.TryCommit(Math.Min(wanted, most), most, out CommitStatus status) && status == CommitStatus.PastBudget) _arena.TryCommit(end, most, out status);
        return status;
    }

    /// <summary>Bytes that the system has to commit at least before so many are usable.</summary>
    internal long MissingBytes(long end) => _arena.MissingBytes(end);

    internal MemoryReport Report() => ArenaReport.Of(_arena, _top);

    public void Dispose() => _arena.Dispose();

    private void Grow(long end)
    {
        SystemCalls++;
        long block = Math.Max(configuration.TempBlockSize, Granule.Bytes);
        if (pool.TryCommit(this, end, (end + block - 1) / block * block)) return;
        pool.ThrowIfPastBudget(end);
        throw new OutOfWorkspaceException(
            $"take scratch up to {end} bytes", "a kernel, from workspace 'scratch'",
            configuration.MaxSize > 0
                ? $"Workspaces:scratch:MaxSize is {configuration.MaxSize} bytes"
                : $"the system or the address range of {_arena.CapacityBytes} bytes refused more",
            "raise Workspaces:scratch:MaxSize, or work on smaller pieces");
    }
}
