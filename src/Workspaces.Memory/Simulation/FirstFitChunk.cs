namespace Workspaces.Memory.Simulation;

/// <summary>A run of bytes below the top of a <see cref="FirstFitTraceAllocator"/>: live, a hole, or not in use (then <see cref="Next"/> links such ones).</summary>
internal struct FirstFitChunk
{
    internal long Offset;
    internal long Size;

    /// <summary>Neighbours in order of address; <see cref="FirstFitTree.None"/> at the ends.</summary>
    internal int Previous;
    internal int Next;

    internal bool IsHole;

    /// <summary>Children in the tree of holes: those at lower and at higher addresses.</summary>
    internal int Lower;
    internal int Higher;

    /// <summary>No child has a greater one.</summary>
    internal uint Priority;

    /// <summary>Size of the largest hole in the subtree of this one.</summary>
    internal long Largest;
}
