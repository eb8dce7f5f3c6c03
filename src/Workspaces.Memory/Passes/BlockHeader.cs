using System.Runtime.InteropServices;
using Workspaces.Memory.Sites;

namespace Workspaces.Memory.Passes;

/// <summary>
/// What is known of one block. Handles are pairs (header, generation); headers are recycled with their frame, generations never.
/// <para>
/// A block has two numbers. <see cref="Birth"/> names its life: it stays until the header serves another block, and the tape,
/// lanes and other holders compare it. <see cref="Generation"/> admits users: it equals the birth while handles are valid and
/// is 0 after <c>Dispose</c>, even while a hold keeps the bytes.
/// </para>
/// </summary>
internal class BlockHeader
{
    /// <summary>The birth number while handles are valid, else 0.</summary>
    internal ulong Generation;

    /// <summary>Unique in its workspace; rises with every block handed out.</summary>
    internal ulong Birth;

    /// <summary>The frame that the block lives in. A header never leaves its frame.</summary>
    internal readonly Frame Frame;

    /// <summary>What made the header.</summary>
    internal readonly HeaderFactory Maker;

    /// <summary>Address of the first byte, a multiple of 64.</summary>
    internal nint Address;

    /// <summary>Bytes asked for.</summary>
    internal long Bytes;

    /// <summary>Number of the pass that the block was born in.</summary>
    internal long BirthPass;

    /// <summary>The chunk in the frame's online allocator, or -1.</summary>
    internal int Chunk;

    /// <summary>Number of the request in the trace, or -1.</summary>
    internal int Slot;

    /// <summary>The slot of the plan that the block lies in, or 0.</summary>
    internal int PlanSlot;

    /// <summary>The guard's epoch when it was placed there.</summary>
    internal uint PlanEpoch;

    /// <summary>Uses after which the block is dead; 0 when uses are not counted, or all were seen.</summary>
    internal int UsesLeft;

    /// <summary>How last uses bear on this block.</summary>
    internal LastUseState LastUse;

    /// <summary>Who keeps the bytes: the creator, the tape, lanes. Bytes die at 0.</summary>
    internal int Holds;

    /// <summary>Raised by every write in place.</summary>
    internal int Version;

    /// <summary>A raw span or pointer was handed out: the bytes stay to the end of the pass.</summary>
    internal bool Exposed;

    /// <summary>What the block was made for: an op or the caller's words. For messages and traces.</summary>
    internal string? Op;

    /// <summary>Where its life began and ended, while places are recorded; of an earlier life, or null, when they are not.</summary>
    internal LifeSites? Sites;

    /// <summary>The memory of a block that owns it (outside every arena).</summary>
    internal OwnedMemory Own;

    internal BlockHeader(Frame frame, HeaderFactory factory)
    {
        Frame = frame;
        Maker = factory;
    }

    /// <summary>The shape, in words; null for a block that knows bytes only.</summary>
    internal virtual string? ShapeText => null;

    /// <summary>The type of the elements; null for a block that knows bytes only.</summary>
    internal virtual string? TypeText => null;

    /// <summary>The name that the user or a module gave; null for none.</summary>
    internal virtual string? NameText => null;

    /// <summary>True while a handle with this generation may be used.</summary>
    internal bool Admits(ulong generation) => Generation == generation && generation > Frame.Floor;

    /// <summary>True while a handle with this generation may be used, or when nothing but its last recorded use has ended it.</summary>
    internal bool AdmitsOrEnded(ulong generation) =>
        Admits(generation) || (Birth == generation && LastUse == LastUseState.Ended && generation > Frame.Floor);

    /// <summary>True while the bytes of the life named by <paramref name="birth"/> are kept.</summary>
    internal bool Keeps(ulong birth) => Birth == birth && Holds > 0 && birth > Frame.Floor;

    /// <summary>Sets the bytes to zero; of a persistent block its whole granules, because optimizers walk neighbours as one slab, padding included.</summary>
    internal unsafe void Clear() => NativeMemory.Clear((void*)Address, (nuint)(Frame.IsPersistent ? Granule.RoundUp(Bytes) : Bytes));
}
