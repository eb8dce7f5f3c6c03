using Workspaces.Memory.Tracking;

namespace Workspaces.Memory.Recording;

/// <summary>One block of a recorded pass: when, where, how large, and what it was for. Times count the events of the pass from 0.</summary>
public readonly record struct RecordedBlock
{
    /// <summary>Where <see cref="Offset"/> is not known.</summary>
    public const long NoOffset = -1;

    /// <summary>Time of the request.</summary>
    public required int Birth { get; init; }

    /// <summary>Time from which the bytes were free for others; above <see cref="Birth"/>.</summary>
    public required int Death { get; init; }

    /// <summary>Time of the last checked use.</summary>
    public required int LastUse { get; init; }

    /// <summary>Bytes asked for, not rounded.</summary>
    public required long Bytes { get; init; }

    /// <summary>First byte in the arena, or <see cref="NoOffset"/> for a block that lay outside it.</summary>
    public required long Offset { get; init; }

    /// <summary>What it was for.</summary>
    public required BlockKind Kind { get; init; }

    /// <summary>True for a block that lay outside the arena: a spill, or a tensor that owns its memory.</summary>
    public bool IsOutside { get; init; }

    /// <summary>False for a request that no plan had foreseen.</summary>
    public bool IsPlanned { get; init; }

    /// <summary>The op that made it, or whose kernel needed it as scratch, e.g. <c>MatMul</c>; null when unknown.</summary>
    public string? Op { get; init; }

    /// <summary>The name that a tensor was given; null for none.</summary>
    public string? Name { get; init; }

    /// <summary>Shape of the tensor, e.g. <c>[128, 784]</c>; null when unknown.</summary>
    public string? Shape { get; init; }

    /// <summary>Type of its elements; null when unknown.</summary>
    public string? DType { get; init; }

    /// <summary>The layer that was running, e.g. <c>0 Linear</c>; null outside of layers.</summary>
    public string? Part { get; init; }

    /// <summary>The place in the user's code; null where it is not known.</summary>
    public string? Site { get; init; }

    /// <summary>What the trace of a pass says of a request; the place is not known.</summary>
    internal static RecordedBlock Of(in TraceEntry entry, int events)
    {
        bool scratch = entry.Tag == PassTrace.ScratchTag;
        int death = entry.DeadAt(byLastUse: false);
        if (death < 0) death = scratch ? entry.Birth + 1 : events;
        return new RecordedBlock
        {
            Birth = entry.Birth,
            Death = Math.Max(death, entry.Birth + 1),
            LastUse = (entry.Marks & TraceMarks.Exposed) != 0 ? Math.Max(events - 1, entry.Birth) : entry.LastUse,
            Bytes = entry.Bytes,
            Offset = NoOffset,
            Kind = scratch ? BlockKind.Scratch : entry.HoldEnd != 0 ? BlockKind.Activation : BlockKind.Temporary,
            Op = entry.Op,
        };
    }
}
