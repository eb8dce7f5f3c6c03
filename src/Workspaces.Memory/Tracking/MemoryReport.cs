namespace Workspaces.Memory.Tracking;

/// <summary>
/// The memory kinds of one workspace, or the sum over several, in bytes.
/// Always: <c>Committed = Allocated + Unreferenced + Free + Bookkeeping</c>; <see cref="External"/> lies outside it.
/// </summary>
public readonly record struct MemoryReport
{
    /// <summary>Pages that the system has given to the arenas.</summary>
    public long Committed { get; init; }

    /// <summary>Blocks handed out and live, rounded up to whole granules of 64 bytes.</summary>
    public long Allocated { get; init; }

    /// <summary>Bytes of released or dead blocks that nothing reuses yet.</summary>
    public long Unreferenced { get; init; }

    /// <summary>Committed bytes never handed out.</summary>
    public long Free { get; init; }

    /// <summary>Committed bytes that can never be handed out: the readable page behind each arena.</summary>
    public long Bookkeeping { get; init; }

    /// <summary>
    /// Bytes outside the arenas: live blocks that own their memory, and what temporary and stored files hold on the disk. <c>MaxSize</c> bounds the first only.
    /// </summary>
    public long External { get; init; }

    /// <summary>The part of <see cref="Allocated"/> that is gradients of parameters, in their slab (kind <c>Gradient: Standard</c>).</summary>
    public long Gradient { get; init; }

    /// <summary>The part of <see cref="Gradient"/> that has been accumulated and not yet applied by an optimizer (kind <c>Gradient: Deferred</c>).</summary>
    public long GradientDeferred { get; init; }

    /// <summary>Adds two reports kind by kind.</summary>
    /// <param name="a">One report.</param>
    /// <param name="b">Another.</param>
    /// <returns>The sum.</returns>
    public static MemoryReport operator +(MemoryReport a, MemoryReport b) => new()
    {
        Committed = a.Committed + b.Committed,
        Allocated = a.Allocated + b.Allocated,
        Unreferenced = a.Unreferenced + b.Unreferenced,
        Free = a.Free + b.Free,
        Bookkeeping = a.Bookkeeping + b.Bookkeeping,
        External = a.External + b.External,
        Gradient = a.Gradient + b.Gradient,
        GradientDeferred = a.GradientDeferred + b.GradientDeferred,
    };

    /// <summary>Adds two reports kind by kind.</summary>
    /// <param name="left">One report.</param>
    /// <param name="right">Another.</param>
    /// <returns>The sum.</returns>
    public static MemoryReport Add(MemoryReport left, MemoryReport right) => left + right;
}
