namespace Workspaces.Memory.Planning;

/// <summary>Places the buffers of a part one after another. Keeps its arrays between packings.</summary>
internal sealed class Packing(PlanningPart part, PlanningClock clock)
{
    /// <summary>Placements between two looks at the clock.</summary>
    private const int Slice = 1024;

    private readonly PlacementIndex _placed = PlacementIndex.For(part);

    /// <summary>Offsets of the last packing that was not abandoned.</summary>
    internal long[] Offsets { get; } = new long[part.Count];

    /// <summary>Packs in the order given and abandons the attempt as soon as a buffer ends at or above the limit, or time is over.</summary>
    /// <returns>The peak, or <see cref="long.MaxValue"/> for an abandoned packing.</returns>
    internal long Pack(ReadOnlySpan<int> order, GapRule rule, long limit)
    {
        _placed.Clear();
        long peak = 0;
        bool interruptible = limit < long.MaxValue;
        for (int k = 0; k < order.Length; k++)
        {
            if (interruptible && k % Slice == Slice - 1 && clock.IsOver) return long.MaxValue;
            int buffer = order[k];
            long size = part.Size[buffer];
            long offset = _placed.Find(part.First[buffer], part.End[buffer], size, rule);
            if (offset + size >= limit) return long.MaxValue;
            _placed.Add(part.First[buffer], part.End[buffer], offset, size);
            Offsets[buffer] = offset;
            peak = Math.Max(peak, offset + size);
        }

        return peak;
    }
}
