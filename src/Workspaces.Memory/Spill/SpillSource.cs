using Workspaces.Memory.Passes;

namespace Workspaces.Memory.Spill;

/// <summary>
/// Where one arena sends requests that it cannot serve under its cap: what a <see cref="SpillPolicy"/> does. Used like the arena, inside the gate of the
/// frame that has it, and ended with each pass.
/// </summary>
internal abstract class SpillSource : BlockSource
{
    /// <summary>Why the last request was refused, or null when only the cap refuses.</summary>
    internal string? Problem { get; private protected set; }

    /// <summary>True when its bytes count under the cap.</summary>
    internal abstract bool IsCapped { get; }

    /// <summary>Bytes outside the arena that the open pass uses and that no block is counted for elsewhere.</summary>
    internal abstract long UsedBytes { get; }

    /// <summary>Disk space held, in use or kept for the next pass.</summary>
    internal virtual long DiskBytes => 0;

    /// <summary>Most bytes of blocks at once, over all passes.</summary>
    internal abstract long PeakBytes { get; }

    /// <summary>True for a block that lies here.</summary>
    internal abstract bool Holds(BlockHeader header);

    /// <summary>Gets ready for a pass; false while ops of an ended one still run on blocks here.</summary>
    internal abstract bool TryLease(Frame frame, int ownOps);

    /// <summary>Takes the whole pages of a dead block away, where the block lies on pages of ours.</summary>
    internal virtual void TakePagesOf(BlockHeader header)
    {
    }

    /// <summary>Gives back what is kept for later passes; called when no pass is open.</summary>
    internal virtual void Trim()
    {
    }

    /// <summary>Gives up everything; false while ops of an ended pass still run on blocks here.</summary>
    internal abstract bool TryRelease();
}
