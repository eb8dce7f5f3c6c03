using System.Runtime.InteropServices;

namespace Workspaces.Memory.Tracking;

/// <summary>One request of a pass: how many bytes, from when to when, and by which op. Times count the events of the pass from 0.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct TraceEntry
{
    internal const int Open = int.MaxValue;

    /// <summary>The op or purpose that asked; null when unknown.</summary>
    public string? Op { get; internal set; }

    /// <summary>Bytes asked for, not rounded.</summary>
    public long Bytes { get; internal set; }

    /// <summary>Time of the request.</summary>
    public int Birth { get; internal set; }

    /// <summary>Time of the last checked use; at least <see cref="Birth"/>.</summary>
    public int LastUse { get; internal set; }

    /// <summary>Uses and saves counted so far; producing the block is the first.</summary>
    public int Uses { get; internal set; }

    /// <summary>Time when the last hold beside the creator's went; 0 without one, <see cref="Open"/> while there is one.</summary>
    internal int HoldEnd;

    /// <summary>Time of the release, or -1 for a block that lived to the end of its pass.</summary>
    public int Death { get; internal set; }

    /// <summary>What bears on the end of the block.</summary>
    internal TraceMarks Marks;

    /// <summary>Tells requests of equal size apart: op, output index, data type, role; 0 is unknown, <see cref="PassTrace.ScratchTag"/> is kernel scratch.</summary>
    public uint Tag { get; internal set; }

    /// <summary>Uses after which the block may be dead; 0 when it has to live until it is released. A block that nothing reads is left alone.</summary>
    internal readonly int UsesUntilDead => Marks == TraceMarks.None && Uses > 1 && HoldEnd != Open ? Uses : 0;

    /// <summary>When the bytes are free for others, or -1 for the end of the pass.</summary>
    internal readonly int DeadAt(bool byLastUse)
    {
        if ((Marks & TraceMarks.Exposed) != 0) return -1;
        if (!byLastUse || UsesUntilDead == 0) return Death;
        int last = Math.Max(LastUse, HoldEnd);
        return Death < 0 ? last : Math.Min(Death, last);
    }
}
