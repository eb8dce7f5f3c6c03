using System.Runtime.InteropServices;

namespace Workspaces.Memory.Allocators;

/// <summary>
/// The native heap of the process. Thread-safe, without state; a double free cannot be seen here, but in a
/// <see cref="StatisticsAllocator"/> around it.
/// </summary>
public sealed unsafe class NativeAllocator : IAllocator
{
    // Beyond any address space of today; keeps the arithmetic of the runtime and of C libraries far from overflow.
    private const long MaxBytes = 1L << 56;

    /// <inheritdoc/>
    public string Name => "Native";

    /// <inheritdoc/>
    public Allocation Allocate(long bytes, int alignment = 64, bool zeroed = false)
    {
        AllocatorErrors.ThrowIfInvalid(bytes, alignment, Name);
        if (bytes > MaxBytes)
            AllocatorErrors.ThrowTooLarge(bytes, alignment, Name, MaxBytes, "ask for less: check the shape for an overflow");
        void* address;
        try
        {
            address = NativeMemory.AlignedAlloc((nuint)Math.Max(bytes, 1), (nuint)alignment);
        }
        catch (OutOfMemoryException refused)
        {
            throw AllocatorErrors.Refused(bytes, alignment, Name, refused);
        }
        if (zeroed)
            NativeMemory.Clear(address, (nuint)bytes);
        return new Allocation((nint)address, bytes, alignment, zeroed, this);
    }

    /// <inheritdoc/>
    public void Free(in Allocation allocation)
    {
        AllocatorErrors.ThrowIfForeign(in allocation, this);
        NativeMemory.AlignedFree((void*)allocation.Address);
    }
}
