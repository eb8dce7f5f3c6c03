using Workspaces.Memory.Passes;

namespace Workspaces.Memory.Seams;

/// <summary>Memory that owns its block: disposing it releases the bytes.</summary>
internal sealed class BlockMemory<T> : RevocableMemory<T>
    where T : unmanaged
{
    private BlockMemory(BlockHeader header, int length)
        : base(header, header.Birth, 0, length)
    {
    }

    /// <summary>Memory of a frame that nothing but its release, or the end of its pass, ends.</summary>
    internal static unsafe BlockMemory<T> Allocate(Frame frame, int length, bool zeroed, string purpose)
    {
        long bytes = (long)length * sizeof(T);
        BlockHeader header = frame.Allocate(HeaderFactory.Plain, new BlockRequest(bytes, zeroed, RequestTag.Of(purpose), purpose), ownOps: 0);
        frame.TryKeep(header, header.Birth);
        return new BlockMemory<T>(header, length);
    }

    /// <summary>True until the block is released or its pass has ended.</summary>
    internal bool IsAlive => Storage.Admits(Birth);

    /// <summary>True in a pass that is traced on shapes alone: there are no bytes.</summary>
    internal bool IsShapesOnly => Storage.Frame.ShapesOnly;

    /// <inheritdoc/>
    protected override void Check(string asked)
    {
        if (!Storage.Admits(Birth)) Throw.StaleBlock(Storage, Birth, asked);
        if (Storage.Frame.ShapesOnly) ShapeSource.ThrowNoBytes(Storage.Frame, asked, $"a block of {Storage.Bytes} bytes made by {Storage.Op}");
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        Storage.Frame.Use(Storage, Birth); // in the trace it is in use until now
        Storage.Frame.Release(Storage, Birth);
    }
}
