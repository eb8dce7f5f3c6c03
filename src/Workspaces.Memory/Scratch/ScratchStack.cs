using Workspaces.Memory.Arenas;
using Workspaces.Memory.Tracking;

namespace Workspaces.Memory.Scratch;

/// <summary>A bump pointer over one arena.</summary>
internal sealed unsafe class ScratchStack(WorkspaceConfiguration configuration) : IDisposable
{
    private const long Reserve = 16L << 30;
    private readonly Arena _arena = new(configuration.MaxSize > 0 ? Math.Min(configuration.MaxSize, Reserve) : Reserve);
    private long _top;

    internal long PeakBytes { get; private set; }

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
        SystemCalls++;
        return _arena.Trim(keep);
    }

    internal MemoryReport Report() => ArenaReport.Of(_arena, _top);

    public void Dispose() => _arena.Dispose();

    private void Grow(long end)
    {
        SystemCalls++;
        long block = Math.Max(configuration.TempBlockSize, Granule.Bytes);
        long wanted = Math.Min((end + block - 1) / block * block, _arena.CapacityBytes);
        if (end <= _arena.CapacityBytes && _arena.TryCommit(wanted, _arena.CapacityBytes, out _)) return;
        throw new OutOfWorkspaceException(
            $"take scratch up to {end} bytes", "a kernel, from workspace 'scratch'",
            configuration.MaxSize > 0
                ? $"Workspaces:scratch:MaxSize is {configuration.MaxSize} bytes"
                : $"the system or the address range of {_arena.CapacityBytes} bytes refused more",
            "raise Workspaces:scratch:MaxSize, or work on smaller pieces");
    }
}
