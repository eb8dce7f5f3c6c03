using Workspaces.Memory.Allocators;

namespace Workspaces.Memory.Passes;

/// <summary>The memory of one block that owns it.</summary>
/// <param name="Allocation">What the allocator handed out.</param>
/// <param name="Allocator">Takes it back; null in the default value.</param>
/// <param name="Counted">Bytes that it counts for in the books of its workspace.</param>
internal readonly record struct OwnedMemory(Allocation Allocation, IAllocator? Allocator, long Counted);
