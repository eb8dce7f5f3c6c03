namespace Workspaces.Memory.Planning;

/// <summary>The buffers placed so far, asked for the gap that a buffer takes among those it meets in time.</summary>
internal abstract class PlacementIndex
{
    /// <summary>Up to this many buffers a scan over a sorted array is faster than the tree.</summary>
    private const int ScanLimit = 1500;

    internal static PlacementIndex For(PlanningPart part) =>
        part.Count <= ScanLimit ? new ScanIndex(part.Count) : new SectionTreeIndex(part.Load.Length);

    /// <summary>Forgets everything placed.</summary>
    internal abstract void Clear();

    /// <summary>Offset for a buffer of sections <c>[first, end)</c> by the rule.</summary>
    internal abstract long Find(int first, int end, long size, GapRule rule);

    /// <summary>Records a buffer at <c>[offset, offset + size)</c>.</summary>
    internal abstract void Add(int first, int end, long offset, long size);
}
