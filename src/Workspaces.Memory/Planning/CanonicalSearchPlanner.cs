namespace Workspaces.Memory.Planning;

/// <summary>
/// Exact search with restarts: the capacity asked for is the target, the ranks of the buffers change from run to run, and each run may visit
/// more nodes than the last, because the time that one order needs is heavy-tailed. Parts of more than 1,500 buffers keep their greedy plan.
/// </summary>
public sealed class CanonicalSearchPlanner : PartPlanner
{
    /// <summary>Largest part that is searched; the search's lists grow with the square of it.</summary>
    internal const int LargestPart = 1500;

    private const double FirstNodes = 3000, Growth = 1.15;
    private static readonly string[] Ranks = ["lifetime", "load-area", "load-lifetime", "area", "size"];

    /// <inheritdoc/>
    public override string Name => "canonical-search";

    private protected override void Improve(PlanningPart part, long target, PlanningClock clock, int seed)
    {
        GreedyPlanner.TryOrders(part, target, clock);
        if (part.Count > LargestPart || part.Peak <= target) return;
        var runs = new Runs(part, target, clock, seed);
        while (part.Peak > target && !clock.IsOver && runs.Next())
        {
        }
    }

    /// <summary>The runs of one part, one after another.</summary>
    internal sealed class Runs(PlanningPart part, long target, PlanningClock clock, int seed)
    {
        private readonly CanonicalSearch _search = new(part, clock);
        private readonly Random _random = new(seed);
        private long _least = target;
        private double _nodes = FirstNodes;
        private int _run;

        /// <summary>Makes one run.</summary>
        /// <returns>False when no better plan exists.</returns>
        internal bool Next()
        {
            int[] order = BufferOrders.Create(part, Ranks[_run % Ranks.Length]);
            if (_run >= Ranks.Length) Disturb(order);

            // Now and then a run asks for less than the target, so that a problem whose optimum lies above its bound improves as well.
            bool easier = _run % 4 == 3;
            long capacity = easier ? (_least + (part.Peak - _least) / 2) & -part.Alignment : _least;
            bool? found = _search.Run(Math.Max(capacity, _least), Rank(order), (long)_nodes);
            _run++;
            _nodes *= Growth;
            if (found == true) part.Keep(_search.Offsets, Peak(), "canonical-search");
            if (found == false) _least = Math.Max(capacity, _least) + part.Alignment;
            return _least < part.Peak;
        }

        private long Peak()
        {
            long peak = 0;
            for (int i = 0; i < part.Count; i++) peak = Math.Max(peak, _search.Offsets[i] + part.Size[i]);
            return peak;
        }

        private void Disturb(int[] order)
        {
            var key = new double[order.Length];
            double width = order.Length * 0.3 * _random.NextDouble();
            for (int k = 0; k < key.Length; k++) key[k] = k + width * _random.NextDouble();
            Array.Sort(key, order);
        }

        private static int[] Rank(int[] order)
        {
            var rank = new int[order.Length];
            for (int k = 0; k < order.Length; k++) rank[order[k]] = k;
            return rank;
        }
    }
}
