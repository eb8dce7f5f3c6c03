namespace Workspaces.Memory.Allocators;

/// <summary>
/// Managed arrays that the collector never moves, for APIs that need an array or a <see cref="Memory{T}"/>. Thread-safe. Every block is
/// an object, so this is for interop and not for steady loops; freed bytes return when the collector runs.
/// </summary>
public sealed unsafe class PinnedAllocator : IAllocator
{
    /// <inheritdoc/>
    public string Name => "Pinned";

    /// <inheritdoc/>
    /// <remarks>One block is one array: bytes plus alignment are at most <see cref="Array.MaxLength"/> (2 GiB less 57 bytes).</remarks>
    public Allocation Allocate(long bytes, int alignment = 64, bool zeroed = false)
    {
        AllocatorErrors.ThrowIfInvalid(bytes, alignment, Name);
        long room = alignment - 1; // the collector aligns to 8 only, so the block starts somewhere inside
        if (bytes > Array.MaxLength - room)
            AllocatorErrors.ThrowTooLarge(bytes, alignment, Name, Array.MaxLength - room, "use the native allocator for larger blocks");
        int length = (int)(Math.Max(bytes, 1) + room);
        PinnedBlock block;
        try
        {
            block = new PinnedBlock(
                zeroed ? GC.AllocateArray<byte>(length, pinned: true) : GC.AllocateUninitializedArray<byte>(length, pinned: true));
        }
        catch (OutOfMemoryException refused)
        {
            throw AllocatorErrors.Refused(bytes, alignment, Name, refused);
        }
        nint address = (block.Address + (nint)room) & -alignment;
        return new Allocation(address, bytes, alignment, zeroed, this, block);
    }

    /// <inheritdoc/>
    public void Free(in Allocation allocation)
    {
        AllocatorErrors.ThrowIfForeign(in allocation, this);
        if (allocation.State is not PinnedBlock block)
            AllocatorErrors.ThrowNotHandedOut(in allocation, Name);
        else if (!block.TryRelease())
            AllocatorErrors.ThrowFreedTwice(in allocation, Name);
    }

    /// <summary>The array behind a live allocation of a pinned allocator, however often wrapped, and where the block lies in it.</summary>
    /// <exception cref="WorkspaceException">Another source made it, or it was freed.</exception>
    public static ArraySegment<byte> ArrayOf(in Allocation allocation)
    {
        if (allocation.State is not PinnedBlock block)
        {
            AllocatorErrors.ThrowNotHandedOut(in allocation, "Pinned");
            return default;
        }
        if (block.Array is not { } array)
        {
            AllocatorErrors.ThrowFreedTwice(in allocation, "Pinned");
            return default;
        }
        return new ArraySegment<byte>(array, (int)(allocation.Address - block.Address), (int)allocation.Bytes);
    }

    private sealed class PinnedBlock(byte[] array)
    {
        private byte[]? _array = array;

        public nint Address { get; } = (nint)System.Runtime.CompilerServices.Unsafe.AsPointer(
            ref System.Runtime.InteropServices.MemoryMarshal.GetArrayDataReference(array));

        public byte[]? Array => Volatile.Read(ref _array);

        public bool TryRelease() => Interlocked.Exchange(ref _array, null) is not null;
    }
}
