using System.Runtime.ExceptionServices;
using Workspaces.Memory.Passes;

namespace Workspaces.Memory.Rings;

/// <summary>
/// One slot of a ring. It serves one life after the other; <see cref="Epoch"/> tells the lives apart, so a handle of an earlier life is found out. Fields
/// change under the ring's lock only.
/// </summary>
internal sealed class RingEntry(Ring ring, int index)
{
    internal readonly Ring Ring = ring;

    /// <summary>Number of the slot, from 0; those beyond the ring's count were spilled to.</summary>
    internal readonly int Index = index;

    /// <summary>Outside the ring: its pages go back to the system after each life.</summary>
    internal bool IsSpill;

    /// <summary>The memory of a producer's life, never ambient unless entered, never planned.</summary>
    internal Frame? Batch;

    /// <summary>The memory of a pass.</summary>
    internal Frame? Pass;

    /// <summary>Number of the life, unique in the ring and rising.</summary>
    internal long Epoch;

    /// <summary>Place of the life in the order of the ring, from 0.</summary>
    internal long Sequence;

    internal RingSlotState State;

    /// <summary>The thread that waits for nobody else to give the slot back: its producer or consumer. 0 when it was handed over.</summary>
    internal int Thread;

    /// <summary>The leases on a pass that keep its slot out of the rotation, by number.</summary>
    internal readonly List<long> Holds = [];

    internal object? Item;
    internal ExceptionDispatchInfo? Error;
    internal Block[] Blocks = [];
    internal int BlockCount;

    /// <summary>Remembers a block for the consumer.</summary>
    internal void Add(Block block)
    {
        if (BlockCount == Blocks.Length) Array.Resize(ref Blocks, Math.Max(4, Blocks.Length * 2));
        Blocks[BlockCount++] = block;
    }

    /// <summary>Bytes that stay committed after a life that needed so many.</summary>
    internal long Keep(long bytes) => IsSpill ? 0 : Ring.Sizes.Observe(bytes);
}
