namespace Workspaces.Memory.Passes;

/// <summary>Where the bytes of a frame come from. Called inside the frame's gate, so by one thread at a time.</summary>
internal abstract class BlockSource
{
    /// <summary>Finds room for the request and writes address and owner data into the header.</summary>
    /// <param name="header">Receives the place.</param>
    /// <param name="request">What is asked for.</param>
    /// <param name="rule">Which bytes it may have.</param>
    /// <returns>False when memory is refused; the header is unchanged then.</returns>
    internal abstract bool TryPlace(BlockHeader header, in BlockRequest request, PlaceRule rule);

    /// <summary>Takes the bytes of a dead block back.</summary>
    /// <param name="header">The block.</param>
    /// <param name="opsInFlight">True while some op on the frame is open.</param>
    /// <returns>True when the header may serve another block now; false when it must wait for the end of the pass.</returns>
    internal abstract bool Free(BlockHeader header, bool opsInFlight);

    /// <summary>A dead block whose bytes must stay to the end of the pass: it is not live any more, and nothing may reuse it.</summary>
    /// <param name="header">The block.</param>
    internal virtual void Retire(BlockHeader header)
    {
    }

    /// <summary>Called for every header that still has memory of its own when its pass ends.</summary>
    /// <param name="header">The block.</param>
    internal abstract void FreeAtEnd(BlockHeader header);

    /// <summary>True when <see cref="FreeAtEnd"/> has something to do.</summary>
    internal abstract bool FreesEachBlock { get; }

    /// <summary>Bytes of live blocks, for who wants to know about; read without the gate.</summary>
    internal virtual long LiveBytes => 0;

    /// <summary>Requests of the open pass that were served outside the arena, and their bytes.</summary>
    internal virtual (long Requests, long Bytes) Spilled => default;

    /// <summary>Requests of the open pass that went beyond <c>InitialSize</c> where nothing is learned, and their bytes.</summary>
    internal virtual (long Requests, long Bytes) Overflowed => default;

    /// <summary>The pass is over: everything is free, and the source goes back to its workspace.</summary>
    /// <param name="inFlight">The frame whose ops still run on this memory, or null.</param>
    internal abstract void EndPass(Frame? inFlight);
}
