namespace Workspaces.Memory.Tracking;

/// <summary>One request of a pass: how many bytes, from when to when, and by which op. Times count the events of the pass from 0.</summary>
public struct TraceEntry
{
    /// <summary>Bytes asked for, not rounded.</summary>
    public long Bytes { get; internal set; }

    /// <summary>The op or purpose that asked; null when unknown.</summary>
    public string? Op { get; internal set; }

    /// <summary>Time of the request.</summary>
    public int Birth { get; internal set; }

    /// <summary>Time of the release, or -1 for a block that lived to the end of its pass.</summary>
    public int Death { get; internal set; }

    /// <summary>Time of the last checked use; at least <see cref="Birth"/>.</summary>
    public int LastUse { get; internal set; }

    /// <summary>Tells requests of equal size apart: op, output index, data type, role; 0 is unknown, <see cref="PassTrace.ScratchTag"/> is kernel scratch.</summary>
    public uint Tag { get; internal set; }
}
