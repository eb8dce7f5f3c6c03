using System.Diagnostics.CodeAnalysis;

namespace Workspaces.Memory.Passes;

/// <summary>
/// Blocks without bytes, for passes that are traced on shapes alone. Every block lies at the same address below the first page that a process may map,
/// so code that touches it by mistake faults instead of writing somewhere.
/// </summary>
internal sealed class ShapeSource : BlockSource
{
    /// <summary>The first address that is aligned like a block and not null.</summary>
    internal const nint Address = Granule.Bytes;

    internal static readonly ShapeSource Instance = new();

    private ShapeSource()
    {
    }

    internal override bool FreesEachBlock => false;

    internal override bool TryPlace(BlockHeader header, in BlockRequest request, PlaceRule rule)
    {
        header.Address = Address;
        return true;
    }

    internal override bool Free(BlockHeader header, bool opsInFlight) => true;

    internal override void FreeAtEnd(BlockHeader header)
    {
    }

    internal override void EndPass(Frame? inFlight)
    {
    }

    /// <summary>Refuses to hand out bytes that do not exist.</summary>
    /// <param name="frame">The frame of the block.</param>
    /// <param name="asked">What was asked.</param>
    /// <param name="by">Which tensor or block.</param>
    [DoesNotReturn]
    internal static void ThrowNoBytes(Frame frame, string asked, string by) => throw new ShapesOnlyException(
        asked, by,
        frame.IsPersistent
            ? "its manager predicts memory from shapes alone, so it has 0 bytes"
            : $"pass {frame.PassNumber} of workspace '{frame.Name}' is traced on shapes alone, so it has 0 bytes",
        "do not read values while a step is traced: read them after the step, or train without tracing beforehand what depends on them");
}
