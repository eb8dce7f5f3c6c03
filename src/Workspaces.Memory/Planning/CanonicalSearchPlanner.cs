namespace Workspaces.Memory.Planning;

/// <summary>
/// Exact search with restarts: the capacity asked for is the target, the ranks of the buffers change from run to run, and each run may visit
/// more nodes than the last, because the time that one order needs is heavy-tailed. Parts of more than 1,500 buffers keep their greedy plan.
/// </summary>
public sealed class CanonicalSearchPlanner : PartPlanner
{
    /// <summary>Largest part that is searched; the search's lists grow with the square of it.</summary>
    internal const int LargestPart = 1500;

    /// <summary>Nodes of a short run: enough for one way down and a few mistakes.</summary>
    private const long NodesPerBuffer = 3;

    /// <inheritdoc/>
    public override string Name => "canonical-search";

    private protected override void Improve(PlanningPart part, long target, PlanningClock clock, int seed)
    {
        GreedyPlanner.TryOrders(part, target, clock);
        if (!IsSearchable(part) || part.Peak <= target) return;
        var runs = new Runs(part, target, clock, seed);
        while (part.Peak > target && !clock.IsOver && runs.Next())
        {
        }
    }

    internal static bool IsSearchable(PlanningPart part) => part.Count <= LargestPart && SearchState.Holds(part);

    /// <summary>The runs of one part, one after another.</summary>
    internal sealed class Runs(PlanningPart part, long target, PlanningClock clock, int seed)
    {
        private readonly CanonicalSearch _search = new(part, clock);
        private readonly Random _random = new(seed);
        private long _least = target;
        private int _run;

        /// <summary>Makes one run.</summary>
        /// <returns>False when no better plan exists.</returns>
        internal bool Next()
        {
            // Luby's series 1 1 2 1 1 2 4 … is within a constant factor of the best restarts for any distribution of run times.
            long nodes = NodesPerBuffer * part.Count * Luby(++_run);

            // Now and then a run asks for less than the target, so that a problem whose optimum lies above its bound improves as well.
            bool easier = _run % 4 == 0;
            long capacity = Math.Max(_least, easier ? (_least + (part.Peak - _least) / 2) & -part.Alignment : _least);
            bool? found = _search.Run(capacity, SearchPreference.Draw(_random), _random, nodes);
            if (found == true) part.Keep(_search.Offsets, Peak(), "canonical-search");
            if (found == false) _least = capacity + part.Alignment;
            return _least < part.Peak;
        }

        private static long Luby(int run)
        {
            // The last run of a block of 2^k - 1 gets 2^(k - 1); the others repeat the block before.
            while ((run & (run + 1)) != 0) run -= (1 << System.Numerics.BitOperations.Log2((uint)run)) - 1;
            return (run + 1) >> 1;
        }

        private long Peak()
        {
            long peak = 0;
            for (int i = 0; i < part.Count; i++) peak = Math.Max(peak, _search.Offsets[i] + part.Size[i]);
            return peak;
        }
    }
}
