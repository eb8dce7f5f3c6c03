using System.Numerics;

namespace Workspaces.Memory.Planning;

/// <summary>Buffers to be placed in one arena such that two which live at the same time share no byte. Immutable.</summary>
public sealed class PlanningProblem
{
    /// <summary>Offsets are multiples of this many bytes unless a problem says otherwise.</summary>
    public const int DefaultAlignment = Granule.Bytes;

    private readonly PlanBuffer[] _buffers;

    /// <summary>Creates a problem from buffers whose lifetimes and sizes are positive.</summary>
    /// <param name="buffers">The buffers, copied.</param>
    /// <param name="alignment">A power of two; offsets are multiples of it and sizes count as rounded up to it.</param>
    /// <exception cref="ArgumentException">A size or lifetime is not positive, the alignment is no power of two, or the sizes add up to more than 2⁶³ bytes.</exception>
    public PlanningProblem(ReadOnlySpan<PlanBuffer> buffers, int alignment = DefaultAlignment)
        : this(buffers.ToArray(), alignment)
    {
    }

    internal PlanningProblem(PlanBuffer[] owned, int alignment)
    {
        if (alignment <= 0 || !BitOperations.IsPow2(alignment))
            throw Refused($"alignment {alignment}", "it is not a power of two", "take e.g. 64");
        Int128 total = 0;
        foreach (ref readonly PlanBuffer buffer in owned.AsSpan())
        {
            if (buffer.Size <= 0) throw Refused($"buffer {buffer.Id}", $"its size is {buffer.Size} bytes", "leave out buffers without bytes");
            if (buffer.Upper <= buffer.Lower)
                throw Refused($"buffer {buffer.Id}", $"it lives in [{buffer.Lower}, {buffer.Upper})", "give an upper time above the lower one");
            total += ((Int128)buffer.Size + alignment - 1) / alignment * alignment;
        }

        if (total > long.MaxValue)
            throw Refused($"{owned.Length} buffers", $"their sizes add up to {total} bytes, more than {long.MaxValue}", "check the sizes; they are bytes");
        _buffers = owned;
        Alignment = alignment;
        Sections = LifetimeSections.Of(this);
    }

    /// <summary>The buffers in the order given.</summary>
    public ReadOnlySpan<PlanBuffer> Buffers => _buffers;

    /// <summary>Number of buffers.</summary>
    public int Count => _buffers.Length;

    /// <summary>Offsets are multiples of this power of two, and sizes count as rounded up to it.</summary>
    public int Alignment { get; }

    /// <summary>The most bytes live at one moment, in whole alignments: no plan can need less.</summary>
    public long LowerBound => Sections.LowerBound;

    internal LifetimeSections Sections { get; }

    /// <summary>Bytes that a buffer occupies: its size in whole alignments.</summary>
    internal long Occupied(int index) => (_buffers[index].Size + (Alignment - 1L)) & -Alignment;

    private static ArgumentException Refused(string what, string numbers, string remedy) =>
        new(WorkspaceException.Compose($"plan {what}", nameof(PlanningProblem), numbers, remedy));
}
