namespace Workspaces.Memory.Allocators;

/// <summary>
/// Refuses everything: the end of a chain that must not fall through to the system, and the proof that it does not. An empty request is refused too.
/// </summary>
public sealed class NullAllocator : IAllocator
{
    /// <inheritdoc/>
    public string Name => "Null";

    /// <inheritdoc/>
    public Allocation Allocate(long bytes, int alignment = 64, bool zeroed = false)
    {
        AllocatorErrors.ThrowIfInvalid(bytes, alignment, Name);
        AllocatorErrors.ThrowRefused(
            bytes, alignment, Name, "this allocator has no memory, on purpose: nothing was to come as far as here",
            "raise what the allocators in front of it may hold, or put a source in its place");
        return default;
    }

    /// <inheritdoc/>
    public void Free(in Allocation allocation)
    {
        AllocatorErrors.ThrowIfForeign(in allocation, this);
        AllocatorErrors.ThrowNotHandedOut(in allocation, Name);
    }
}
