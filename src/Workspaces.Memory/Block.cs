using System.Runtime.CompilerServices;
using Workspaces.Memory.Passes;

namespace Workspaces.Memory;

/// <summary>
/// Bytes of a workspace: a handle of a header and a generation. Every access compares the generation, so a block that is used after its
/// release or its pass throws; copies of the handle are equal and become stale together.
/// </summary>
public readonly struct Block : IDisposable, IEquatable<Block>
{
    private readonly BlockHeader? _header;
    private readonly ulong _generation;

    internal Block(BlockHeader header, ulong generation)
    {
        _header = header;
        _generation = generation;
    }

    /// <summary>True while the bytes may be used.</summary>
    public bool IsAlive => _header is not null && _header.Admits(_generation);

    /// <summary>Number of bytes asked for.</summary>
    /// <exception cref="StaleAccessException">The block is stale.</exception>
    public long Length => Checked("read the length of a block").Bytes;

    /// <summary>The allocator that the bytes came from and go back to; null for bytes of an arena.</summary>
    /// <exception cref="StaleAccessException">The block is stale.</exception>
    public Allocators.IAllocator? Allocator => Checked("ask a block for its allocator").Own.Allocator;

    /// <summary>Generation of the handle: unique in its workspace.</summary>
    public ulong Generation => _generation;

    /// <summary>
    /// The bytes as a span. A span cannot be revoked, so from now on the bytes stay untouched to the end of the pass even when the block is
    /// disposed. <see cref="CopyFrom"/> and <see cref="CopyTo"/> do not have this price.
    /// </summary>
    /// <returns>A span over all bytes; do not keep it beyond the pass.</returns>
    /// <exception cref="StaleAccessException">The block is stale.</exception>
    /// <exception cref="WorkspaceException">More than 2³¹-1 bytes: use <see cref="SliceSpan"/>.</exception>
    public Span<byte> AsSpan()
    {
        BlockHeader header = Checked("take a span of a block");
        if (header.Bytes > int.MaxValue) BlockErrors.ThrowTooLongForSpan(header.Bytes, header.Bytes);
        return SliceSpan(0, (int)header.Bytes);
    }

    /// <summary>A part of the bytes as a span; see <see cref="AsSpan()"/>.</summary>
    /// <param name="start">First byte.</param>
    /// <param name="length">Number of bytes.</param>
    /// <returns>The span.</returns>
    /// <exception cref="StaleAccessException">The block is stale.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The part does not lie in the block.</exception>
    public unsafe Span<byte> SliceSpan(long start, int length)
    {
        BlockHeader header = Checked("take a span of a block");
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        if ((ulong)start > (ulong)header.Bytes || length > header.Bytes - start)
            throw new ArgumentOutOfRangeException(
                nameof(start), WorkspaceException.Compose(
                    $"take bytes {start} to {start + length} of a block", $"a block made by {header.Op ?? "the caller"}", $"it has {header.Bytes} bytes", "stay inside it"));
        return new Span<byte>(Expose(header) + start, length);
    }

    /// <summary>The bytes as elements, e.g. <c>block.AsSpan&lt;float&gt;()</c>; see <see cref="AsSpan()"/>. They begin at a multiple of 64 bytes.</summary>
    /// <typeparam name="T">Type of the elements.</typeparam>
    /// <returns>A span over all bytes; do not keep it beyond the pass.</returns>
    /// <exception cref="StaleAccessException">The block is stale.</exception>
    /// <exception cref="WorkspaceException">The bytes are no whole number of elements, or hold more than 2³¹-1 of them.</exception>
    public unsafe Span<T> AsSpan<T>()
        where T : unmanaged
    {
        BlockHeader header = Checked("take a span of a block");
        long count = header.Bytes / sizeof(T);
        if (count * sizeof(T) != header.Bytes) BlockErrors.ThrowPartOfElement(header.Bytes, typeof(T).Name, sizeof(T));
        if (count > int.MaxValue) BlockErrors.ThrowTooLongForSpan(count, header.Bytes);
        return new Span<T>(Expose(header), (int)count);
    }

    /// <summary>Copies bytes into the block, from its first byte on.</summary>
    /// <param name="source">The bytes; at most <see cref="Length"/>.</param>
    /// <exception cref="StaleAccessException">The block is stale.</exception>
    /// <exception cref="ArgumentException">The source is longer than the block.</exception>
    public unsafe void CopyFrom(ReadOnlySpan<byte> source)
    {
        BlockHeader header = Checked("write to a block");
        if (source.Length > header.Bytes)
            throw new ArgumentException(
                WorkspaceException.Compose(
                    $"copy {source.Length} bytes into a block", header.Op ?? "the caller", $"it has {header.Bytes} bytes", "copy less or allocate more"),
                nameof(source));
        Frame frame = BeginOp("write to a block");
        if (!frame.ShapesOnly) source.CopyTo(new Span<byte>((void*)header.Address, source.Length));
        EndOp(frame, "write to a block");
    }

    /// <summary>Copies the first bytes of the block out.</summary>
    /// <param name="destination">Receives bytes; at most <see cref="Length"/>.</param>
    /// <exception cref="StaleAccessException">The block is stale.</exception>
    /// <exception cref="ArgumentException">The destination is longer than the block.</exception>
    public unsafe void CopyTo(Span<byte> destination)
    {
        BlockHeader header = Checked("read a block");
        if (destination.Length > header.Bytes)
            throw new ArgumentException(
                WorkspaceException.Compose(
                    $"copy {destination.Length} bytes out of a block", header.Op ?? "the caller", $"it has {header.Bytes} bytes", "copy less"),
                nameof(destination));
        if (header.Frame.ShapesOnly) ShapeSource.ThrowNoBytes(header.Frame, "read a block", Describe(header));
        Frame frame = BeginOp("read a block");
        new ReadOnlySpan<byte>((void*)header.Address, destination.Length).CopyTo(destination);
        EndOp(frame, "read a block");
    }

    /// <summary>Releases the block before the end of its pass. A second call, or one on a stale or default handle, does nothing.</summary>
    public void Dispose() => _header?.Frame.Release(_header, _generation);

    /// <inheritdoc/>
    public bool Equals(Block other) => ReferenceEquals(_header, other._header) && _generation == other._generation;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is Block other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(_header is null ? 0 : RuntimeHelpers.GetHashCode(_header), _generation);

    /// <summary>Same header and generation.</summary>
    /// <param name="left">One handle.</param>
    /// <param name="right">Another.</param>
    /// <returns>True when both name the same life of the same block.</returns>
    public static bool operator ==(Block left, Block right) => left.Equals(right);

    /// <summary>Another header or generation.</summary>
    /// <param name="left">One handle.</param>
    /// <param name="right">Another.</param>
    /// <returns>False when both name the same life of the same block.</returns>
    public static bool operator !=(Block left, Block right) => !left.Equals(right);

    /// <inheritdoc/>
    public override string ToString() => IsAlive ? $"block of {_header!.Bytes} bytes in workspace '{_header.Frame.Name}'" : "stale block";

    /// <summary>Registers a copy, so that no byte is reused under it, and checks the handle after that.</summary>
    private Frame BeginOp(string asked)
    {
        Frame frame = _header!.Frame;
        frame.BeginOp();
        if (_header.Admits(_generation)) return frame;
        frame.EndOp();
        Throw.StaleBlock(_header, _generation, asked);
        return frame;
    }

    private void EndOp(Frame frame, string asked)
    {
        bool alive = _header!.Admits(_generation);
        if (alive) frame.Use(_header, _generation);
        frame.EndOp();
        if (!alive) Throw.StaleBlock(_header, _generation, asked);
    }

    private static string Describe(BlockHeader header) => $"a block of {header.Bytes} bytes made by {header.Op ?? "the caller"}";

    /// <summary>The first byte, for good: the block is not revoked before the end of its pass from now on.</summary>
    private unsafe byte* Expose(BlockHeader header)
    {
        if (header.Frame.ShapesOnly) ShapeSource.ThrowNoBytes(header.Frame, "take a span of a block", Describe(header));
        if (!header.Exposed && !header.Frame.TryExpose(header, _generation)) Throw.StaleBlock(header, _generation, "take a span of a block");
        return (byte*)header.Address;
    }

    private BlockHeader Checked(string asked)
    {
        if (_header is null) Throw.DefaultHandle(asked);
        if (!_header.Admits(_generation)) Throw.StaleBlock(_header, _generation, asked);
        return _header;
    }
}
