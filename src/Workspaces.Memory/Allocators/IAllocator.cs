namespace Workspaces.Memory.Allocators;

/// <summary>
/// Hands out memory. Sources (native heap, pinned arrays) take it from the system; wrappers add one concern each (statistics, limits)
/// around an upstream that they take first in their constructor. What one allocator hands out goes back to that same one.
/// </summary>
/// <remarks>
/// A wrapper hands out <see cref="Allocation.OwnedBy"/> itself and passes the same value, owned by its upstream, down again: address,
/// size, alignment and state travel untouched, so wrapping costs no object per block.
/// </remarks>
public interface IAllocator
{
    /// <summary>Name for messages and reports; a wrapper's contains its upstream's.</summary>
    string Name { get; }

    /// <summary>Hands out memory that overlaps nothing live.</summary>
    /// <param name="bytes">Size, 0 or more. An empty allocation has an address of its own and is freed like any other.</param>
    /// <param name="alignment">The address is a multiple of it: a power of two from 1 to <see cref="Allocation.MaxAlignment"/>.</param>
    /// <param name="zeroed">True for zeroes; otherwise the contents are arbitrary.</param>
    /// <exception cref="ArgumentOutOfRangeException">A negative size, or an alignment that is no power of two in its range.</exception>
    /// <exception cref="AllocationException">The memory cannot be had; nothing has changed.</exception>
    Allocation Allocate(long bytes, int alignment = 64, bool zeroed = false);

    /// <summary>Takes memory back, in any order.</summary>
    /// <param name="allocation">What <see cref="Allocate"/> returned, once.</param>
    /// <exception cref="WorkspaceException">It was not handed out here, or freed before and the allocator can tell.</exception>
    void Free(in Allocation allocation);
}
