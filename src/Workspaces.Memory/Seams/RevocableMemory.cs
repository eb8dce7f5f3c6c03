using System.Buffers;
using Workspaces.Memory.Passes;
using Workspaces.Memory.Tracking;

namespace Workspaces.Memory.Seams;

/// <summary>
/// The object behind a <see cref="Memory{T}"/> of workspace bytes. <see cref="Memory{T}.Span"/> comes here each time, so that memory whose block was released, or
/// whose pass has ended, throws instead of showing what lies there now. It is never used for a second block: a copy of the memory could not tell the two apart.
/// </summary>
/// <param name="storage">The header that owns the bytes.</param>
/// <param name="birth">Its life.</param>
/// <param name="byteOffset">Where the memory begins in the block.</param>
/// <param name="length">Number of elements.</param>
internal abstract unsafe class RevocableMemory<T>(BlockHeader storage, ulong birth, long byteOffset, int length) : MemoryManager<T>
    where T : unmanaged
{
    private int _pins;

    protected BlockHeader Storage => storage;

    protected ulong Birth => birth;

    private T* First => (T*)(storage.Address + (nint)byteOffset);

    /// <inheritdoc/>
    public sealed override Span<T> GetSpan()
    {
        Check("use memory");
        return new Span<T>(First, length);
    }

    /// <summary>Keeps the bytes until <see cref="Unpin"/>, also when the block is released before. The end of the pass ends them all the same.</summary>
    /// <param name="elementIndex">The element that the handle points to.</param>
    /// <returns>The handle; dispose it when the I/O is complete.</returns>
    public sealed override MemoryHandle Pin(int elementIndex = 0)
    {
        if ((uint)elementIndex > (uint)length)
            throw new ArgumentOutOfRangeException(
                nameof(elementIndex), WorkspaceException.Compose($"pin element {elementIndex}", "the caller", $"the memory has {length} elements", "stay inside it"));
        Check("pin memory");
        if (!storage.Frame.TryHold(storage, birth)) Check("pin memory");
        Interlocked.Increment(ref _pins);
        return new MemoryHandle(First + elementIndex, default, this);
    }

    /// <summary>Ends one pin. A pin that its pass has not outlived is reported: something else may have been written to meanwhile.</summary>
    public sealed override void Unpin()
    {
        int pins = Volatile.Read(ref _pins);
        do
        {
            if (pins == 0) return;
        }
        while (pins != (pins = Interlocked.CompareExchange(ref _pins, pins - 1, pins)));
        if (storage.Keeps(birth)) storage.Frame.DropHold(storage, birth);
        else ReportPinnedAtEnd();
    }

    /// <summary>Throws when the memory is stale, or its pass has no bytes.</summary>
    protected abstract void Check(string asked);

    private void ReportPinnedAtEnd()
    {
        WorkspaceManager manager = storage.Frame.Manager;
        string text = WorkspaceException.Compose(
            "unpin memory", Throw.DescribeBlock(storage, birth), Throw.DescribeLife(storage, birth),
            "wait for the I/O before the pass ends, or take the memory from a workspace or pass that lives longer");
        manager.QueueFinding(new Finding(FindingCodes.PinnedAtEnd, FindingSeverity.Warning, storage.Frame.Name, text));
        manager.DeliverFindings();
    }
}
