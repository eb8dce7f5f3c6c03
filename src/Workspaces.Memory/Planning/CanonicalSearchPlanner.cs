namespace Workspaces.Memory.Planning;

/// <summary>
/// Exact search with restarts, because the time that one order of trying needs is heavy-tailed: the capacity asked for is mostly the target, and
/// what is tried first is drawn anew for each run. Parts of more than 3,000 buffers keep their greedy plan.
/// </summary>
public sealed class CanonicalSearchPlanner : PartPlanner
{
    /// <summary>Largest part that is searched, in buffers and in sections that buffers live in, all added up: the search keeps a list of the latter.</summary>
    private const int MostBuffers = 3000, MostPresences = 4_000_000;

    /// <summary>One run in so many asks for less than the target, so that a problem whose optimum lies above its bound improves as well.</summary>
    private const int RunsPerEasier = 16;

    /// <summary>Preferences that are varied: those of the runs that had most buffers placed.</summary>
    private const int MostRemembered = 8;

    /// <summary>One preference in so many is drawn afresh.</summary>
    private const int FreshDraws = 2;

    /// <summary>Nodes of a short run: enough for one way down and a few mistakes.</summary>
    private const long NodesPerBuffer = 2;

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

    internal static bool IsSearchable(PlanningPart part)
    {
        if (part.Count > MostBuffers) return false;
        long presences = 0;
        for (int i = 0; i < part.Count; i++) presences += part.End[i] - part.First[i];
        return presences <= MostPresences && SearchState.Holds(part);
    }

    /// <summary>The runs of one part, one after another.</summary>
    internal sealed class Runs(PlanningPart part, long target, PlanningClock clock, int seed)
    {
        private readonly CanonicalSearch _search = new(part, clock);
        private readonly Random _random = new(seed);
        private readonly List<(int Depth, SearchPreference Preference)> _best = [];
        private long _least = target;
        private int _run;

        /// <summary>Makes one run.</summary>
        /// <returns>False when no better plan exists.</returns>
        internal bool Next()
        {
            bool easier = ++_run % RunsPerEasier == 0;
            long capacity = easier ? _least + (part.Peak - 1 - _least) / 2 : _least;
            SearchPreference preference = Choose();
            bool? found = _search.Run(capacity, preference, _random, NodesPerBuffer * part.Count * Luby(easier ? _run / RunsPerEasier : _run));
            if (!easier) Remember(preference, _search.Depth);
            if (found == true) part.Keep(_search.Offsets, Peak(), "canonical-search");
            if (found == false) _least = _search.NextCapacity(capacity);
            return _least < part.Peak;
        }

        /// <summary>Something new, or something like what came far before.</summary>
        private SearchPreference Choose() =>
            _best.Count < MostRemembered || _random.Next(FreshDraws) == 0 ? SearchPreference.Draw(_random) : _best[_random.Next(_best.Count)].Preference.Varied(_random);

        private void Remember(in SearchPreference preference, int depth)
        {
            _best.Add((depth, preference));
            if (_best.Count <= MostRemembered) return;
            int worst = 0;
            for (int i = 1; i < _best.Count; i++)
            {
                if (_best[i].Depth < _best[worst].Depth) worst = i;
            }

            _best.RemoveAt(worst);
        }

        /// <summary>Luby's series 1 1 2 1 1 2 4 …: within a constant factor of the best restarts, whatever the distribution of run times.</summary>
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
