using Workspaces.Memory.Arenas;

namespace Workspaces.Memory.Passes;

/// <summary>
/// Pages of the arena for who still points into them (<see cref="CheckMode.Protect"/>): all of them are away between passes; in a pass, those that lie in one
/// dead block entirely, unless an op that may still read it is at work.
/// </summary>
internal sealed unsafe partial class ArenaSource
{
    /// <summary>True when these bytes lie in committed pages of the arena that anybody may read.</summary>
    internal bool HasPages(nint address, long bytes) =>
        address >= _base && address - _base <= arena.UsableBytes - bytes && arena.DiscardedBytes == 0 && !arena.HasTakenPages;

    private void TakePages()
    {
        owner.CountSystemCall();
        arena.TakePages();
    }

    private bool GivePages()
    {
        if (!arena.HasTakenPages) return true;
        owner.CountSystemCall();
        return arena.GivePages();
    }

    /// <summary>The pages under a block that is to be handed out.</summary>
    private void GivePages(long offset, long bytes)
    {
        if (!arena.GivePages(offset, offset + bytes)) ArenaErrors.ThrowPagesNotGiven(bytes, arena.LastSystemErrorText);
    }

    private void TakePagesOf(BlockHeader header)
    {
        long bytes = Granule.RoundUp(header.Bytes);
        if (bytes < Environment.SystemPageSize) return;
        if (spill?.Holds(header) == true) spill.TakePagesOf(header);
        else if (header.Chunk >= 0 || header.PlanSlot != 0) arena.TakePages(header.Address - _base, header.Address - _base + bytes);
    }
}
