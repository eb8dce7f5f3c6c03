using System.Buffers;
using System.Diagnostics.CodeAnalysis;

namespace Workspaces.Memory.Seams;

/// <summary>
/// An <see cref="IBufferWriter{T}"/> of bytes that grows inside a workspace: for <c>Utf8JsonWriter</c> and other serializers. What was written lies in one piece and
/// dies with the pass that the writing began in; the writer itself can serve pass after pass, and begins each with the size that it once needed.
/// </summary>
/// <remarks>
/// In a new pass it begins empty when what was written before has been read, or <see cref="Clear"/> was called; bytes that nobody has read are not lost silently,
/// the next write throws. As with every buffer writer, spans and memory taken from it end with the next call; memory that is used later throws, a span cannot.
/// Not safe for several threads.
/// </remarks>
public sealed class WorkspaceBufferWriter : IBufferWriter<byte>, IDisposable
{
    private const int LeastBytes = 256;
    private readonly MemoryTarget _target;
    private BlockMemory<byte>? _memory;
    private int _capacity;
    private int _learned;
    private int _written;
    private bool _wasRead;
    private bool _disposed;

    /// <summary>Makes a writer that takes its memory from the ambient pass.</summary>
    public WorkspaceBufferWriter()
    {
    }

    /// <summary>Makes a writer that takes its memory from the innermost open pass of one workspace.</summary>
    /// <param name="workspace">The workspace.</param>
    public WorkspaceBufferWriter(Workspace workspace) => _target = new MemoryTarget(workspace);

    /// <summary>Makes a writer that takes its memory from one pass, whatever is ambient.</summary>
    /// <param name="pass">The pass; open.</param>
    /// <exception cref="StaleAccessException">The pass has ended.</exception>
    public WorkspaceBufferWriter(Pass pass) => _target = new MemoryTarget(pass);

    /// <summary>Bytes written since the writer was last empty.</summary>
    public int WrittenCount => _written;

    /// <summary>Bytes that the block has room for; 0 before the first write.</summary>
    public int Capacity => _capacity;

    /// <summary>What was written, revocable: throws once its pass has ended, the writer has grown, or it was disposed.</summary>
    /// <exception cref="StaleAccessException">The pass that it was written in has ended.</exception>
    public ReadOnlyMemory<byte> WrittenMemory
    {
        get
        {
            if (_memory is null) return default;
            ReadOnlyMemory<byte> written = _memory.Memory[.._written];
            _wasRead = true;
            return written;
        }
    }

    /// <summary>What was written; do not keep the span beyond the next call.</summary>
    /// <exception cref="StaleAccessException">The pass that it was written in has ended.</exception>
    public ReadOnlySpan<byte> WrittenSpan
    {
        get
        {
            if (_memory is null) return default;
            ReadOnlySpan<byte> written = _memory.GetSpan()[.._written];
            _wasRead = true;
            return written;
        }
    }

    /// <summary>Counts bytes that were written to the span or memory taken last.</summary>
    /// <param name="count">0 to the room that was given.</param>
    /// <exception cref="ArgumentOutOfRangeException">Negative.</exception>
    /// <exception cref="InvalidOperationException">More than there is room for.</exception>
    /// <exception cref="StaleAccessException">The pass has ended meanwhile: the bytes are gone.</exception>
    public void Advance(int count)
    {
        if (_disposed) Throw.UsedAfterDispose(nameof(WorkspaceBufferWriter), "write", "write before it is disposed, or make a new one");
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        if (count > _capacity - _written)
            throw new InvalidOperationException(WorkspaceException.Compose(
                $"advance by {count} bytes", nameof(WorkspaceBufferWriter), $"there is room for {_capacity - _written}", "ask GetSpan or GetMemory for that many bytes first"));
        if (count == 0) return;
        _memory!.GetSpan();
        _written += count;
        _wasRead = false;
    }

    /// <inheritdoc/>
    /// <exception cref="ArgumentOutOfRangeException">Negative.</exception>
    /// <exception cref="StaleAccessException">The pass has ended, and what was written in it was never read.</exception>
    /// <exception cref="OutOfWorkspaceException">Memory is refused; what was written is still there.</exception>
    public Memory<byte> GetMemory(int sizeHint = 0) => Room(sizeHint).Memory[_written..];

    /// <inheritdoc/>
    /// <exception cref="ArgumentOutOfRangeException">Negative.</exception>
    /// <exception cref="StaleAccessException">The pass has ended, and what was written in it was never read.</exception>
    /// <exception cref="OutOfWorkspaceException">Memory is refused; what was written is still there.</exception>
    public Span<byte> GetSpan(int sizeHint = 0) => Room(sizeHint).GetSpan()[_written..];

    /// <summary>Forgets what was written; memory of a pass that is still open stays for what comes.</summary>
    public void Clear()
    {
        _written = 0;
        _wasRead = false;
        if (_memory is { IsAlive: false }) Forget();
    }

    /// <summary>Gives the memory back. A second call does nothing.</summary>
    public void Dispose()
    {
        _disposed = true;
        _written = 0;
        if (_memory is { } memory) ((IDisposable)memory).Dispose();
        Forget();
    }

    /// <summary>The memory with room for so many more bytes.</summary>
    private BlockMemory<byte> Room(int sizeHint)
    {
        if (_disposed) Throw.UsedAfterDispose(nameof(WorkspaceBufferWriter), "write", "write before it is disposed, or make a new one");
        ArgumentOutOfRangeException.ThrowIfNegative(sizeHint);
        if (_memory is { IsAlive: false }) BeginPass();
        int wanted = Math.Max(sizeHint, 1);
        if (_memory is { } memory && wanted <= _capacity - _written) return memory;
        long least = (long)_written + wanted;
        if (least > int.MaxValue) ThrowTooLong(least);
        var capacity = (int)Math.Min(int.MaxValue, Math.Max(Math.Max(least, 2L * _capacity), _capacity == 0 ? Math.Max(_learned, LeastBytes) : 0));
        BlockMemory<byte> larger = BlockMemory<byte>.Allocate(_target.Frame, capacity, zeroed: false, "BufferWriter");
        if (_memory is { } old)
        {
            if (!larger.IsShapesOnly) old.GetSpan()[.._written].CopyTo(larger.GetSpan());
            ((IDisposable)old).Dispose();
        }

        _capacity = capacity;
        _learned = Math.Max(_learned, capacity);
        return _memory = larger;
    }

    /// <summary>The pass of the memory is over.</summary>
    private void BeginPass()
    {
        if (_written > 0 && !_wasRead)
            throw new StaleAccessException(
                "go on writing", nameof(WorkspaceBufferWriter), $"the pass in which {_written} bytes were written has ended, and they were never read",
                "read WrittenSpan before the pass ends, or call Clear() first in every pass");
        _written = 0;
        _wasRead = false;
        Forget();
    }

    private void Forget()
    {
        _memory = null;
        _capacity = 0;
    }

    [DoesNotReturn]
    private static void ThrowTooLong(long least) => throw new WorkspaceException(
        $"write {least} bytes", nameof(WorkspaceBufferWriter), $"one piece of memory holds at most {int.MaxValue}", "write in parts, reading and clearing in between");
}
