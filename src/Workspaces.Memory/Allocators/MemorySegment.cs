namespace Workspaces.Memory.Allocators;

/// <summary>A stretch of memory mapped from the system, released by <see cref="IDisposable.Dispose"/> or when nothing refers to it any more.</summary>
internal abstract class MemorySegment : IDisposable
{
    /// <summary>First byte, aligned to a page at least.</summary>
    internal nint Address { get; private protected set; }

    /// <summary>Length in bytes.</summary>
    internal long Bytes { get; private protected set; }

    /// <summary>Which parts are handed out.</summary>
    internal BestFitAllocator Parts { get; } = new(capacity: 16);

    public abstract void Dispose();
}
