using Workspaces.Memory.Tracking;

namespace Workspaces.Memory.Arenas;

/// <summary>The memory kinds of one arena with so many live bytes.</summary>
internal static class ArenaReport
{
    internal static MemoryReport Of(Arena arena, long liveBytes)
    {
        long usable = arena.UsableBytes, touched = Math.Max(Math.Min(arena.TouchedBytes, usable), liveBytes);
        return new MemoryReport
        {
            Committed = arena.CommittedBytes,
            Allocated = liveBytes,
            Unreferenced = touched - liveBytes - arena.DiscardedBytes,
            Free = usable - touched,
            Bookkeeping = arena.CommittedBytes + arena.DiscardedBytes - usable,
        };
    }
}
