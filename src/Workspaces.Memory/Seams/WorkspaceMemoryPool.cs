using System.Buffers;

namespace Workspaces.Memory.Seams;

/// <summary>
/// A <see cref="MemoryPool{T}"/> whose memory lies in a workspace, for code that takes a pool and knows nothing of workspaces: pipes, sockets, codecs.
/// What is rented dies when its owner is disposed, at the latest with its pass; memory used after that throws <see cref="StaleAccessException"/>.
/// </summary>
/// <remarks>
/// <para>
/// As with every pool, a <see cref="Span{T}"/> taken from the memory must not be used after the owner has been disposed: it cannot be revoked, and the bytes serve others
/// by then. Pinned memory keeps its bytes until it is unpinned.
/// </para>
/// <para>
/// A rent makes one object of managed memory (about 60 bytes) and no copy; owners are not recycled, because an old <see cref="Memory{T}"/> could not be told from a new
/// one. Outside every workspace the memory is persistent and is freed by its owner's <c>Dispose</c> alone. Safe for several threads.
/// </para>
/// </remarks>
/// <typeparam name="T">The element type.</typeparam>
public sealed class WorkspaceMemoryPool<T> : MemoryPool<T>
    where T : unmanaged
{
    private const int DefaultBytes = 4096;
    private readonly MemoryTarget _target;
    private bool _disposed;

    /// <summary>Makes a pool that rents from the ambient pass of whoever asks.</summary>
    public WorkspaceMemoryPool()
    {
    }

    /// <summary>Makes a pool that rents from the innermost open pass of one workspace.</summary>
    /// <param name="workspace">The workspace.</param>
    public WorkspaceMemoryPool(Workspace workspace) => _target = new MemoryTarget(workspace);

    /// <summary>Makes a pool that rents from one pass, whatever is ambient, e.g. from a workspace's outer pass for memory that outlives the passes inside it.</summary>
    /// <param name="pass">The pass; open.</param>
    /// <exception cref="StaleAccessException">The pass has ended.</exception>
    public WorkspaceMemoryPool(Pass pass) => _target = new MemoryTarget(pass);

    /// <summary>Most elements that one rent gives: 2³¹-1.</summary>
    public override int MaxBufferSize => int.MaxValue;

    /// <summary>Takes memory.</summary>
    /// <param name="minBufferSize">Elements wanted; the memory may have a few more, up to a whole granule of 64 bytes. -1 takes 4,096 bytes.</param>
    /// <returns>The owner; dispose it to give the memory back before its pass ends.</returns>
    /// <exception cref="ArgumentOutOfRangeException">Below -1.</exception>
    /// <exception cref="ObjectDisposedException">The pool was disposed, or the lease of its workspace has ended.</exception>
    /// <exception cref="StaleAccessException">The pass of the pool, or of this task, has ended.</exception>
    /// <exception cref="OutOfWorkspaceException">Memory is refused.</exception>
    public override unsafe IMemoryOwner<T> Rent(int minBufferSize = -1)
    {
        if (_disposed) Throw.UsedAfterDispose(nameof(WorkspaceMemoryPool<>), $"rent {minBufferSize} elements", "rent before the pool is disposed; what was rented stays good");
        if (minBufferSize < -1)
            throw new ArgumentOutOfRangeException(
                nameof(minBufferSize), WorkspaceException.Compose(
                    $"rent {minBufferSize} elements", nameof(WorkspaceMemoryPool<>), "a rent has 0 elements or more, or -1 for the usual size", "ask for 0 or more"));
        long bytes = minBufferSize < 0 ? DefaultBytes : Granule.RoundUp((long)minBufferSize * sizeof(T));
        return BlockMemory<T>.Allocate(_target.Frame, (int)Math.Clamp(bytes / sizeof(T), Math.Max(minBufferSize, 1), MaxBufferSize), zeroed: false, nameof(MemoryPool<>));
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing) => _disposed = true;
}
