using Workspaces.Memory.Arenas;

namespace Workspaces.Memory.Allocators;

/// <summary>Anonymous pages, huge ones where the system has them.</summary>
internal sealed class PageSegment : MemorySegment
{
    private readonly VirtualMemory _system;
    private readonly AddressRange _range;
    private int _released;

    /// <summary>Maps pages.</summary>
    /// <param name="system">Where from.</param>
    /// <param name="bytes">Length, a multiple of the huge page.</param>
    /// <exception cref="OutOfMemoryException">The system refuses.</exception>
    internal PageSegment(VirtualMemory system, long bytes)
    {
        _system = system;
        int error = system.Reserve(bytes, VirtualMemory.HugePageSize, out _range);
        if (error == 0 && (error = system.Commit(_range.Start, bytes)) != 0) Dispose();
        if (error != 0) throw new OutOfMemoryException(VirtualMemory.Describe(error));
        Address = _range.Start;
        Bytes = bytes;
        HasHugePages = system.AdviseHugePages(_range.Start, bytes) == 0;
        _ = system.DoNotFork(in _range);
    }

    ~PageSegment() => Release();

    /// <summary>True when the system took the wish for huge pages.</summary>
    internal bool HasHugePages { get; }

    public override void Dispose()
    {
        Release();
        GC.SuppressFinalize(this);
    }

    private void Release()
    {
        if (Interlocked.Exchange(ref _released, 1) == 0 && _range.MapBytes > 0) _ = _system.Release(in _range);
    }
}
