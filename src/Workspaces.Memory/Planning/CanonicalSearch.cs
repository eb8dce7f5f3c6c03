using System.Runtime.CompilerServices;

namespace Workspaces.Memory.Planning;

/// <summary>
/// Exact search for a plan of a given capacity, after MiniMalloc (Moffitt, ASPLOS 2023). Buffers are placed in rising order of offset, each on
/// another or on 0. A buffer tried in vain is postponed until something gets beneath it. A branch ends when a section cannot hold what is left
/// in it above the lowest offset that is still free there, or a postponed buffer cannot leave its floor. Runs of sections that nothing crosses any more
/// are solved apart.
/// </summary>
internal sealed class CanonicalSearch
{
    private const int NodesPerStep = 1000;

    private readonly PlanningPart _part;
    private readonly PlanningClock _clock;
    private readonly SearchState _state;
    private readonly double[] _rank, _logSize, _logLength, _logLoad;
    private int[] _candidates;
    private double[] _scores;
    private (int Buffer, int Floor)[] _postponed;
    private SearchPreference _preference;
    private int _candidateCount, _postponedCount;
    private long _nodes, _limit;

    internal CanonicalSearch(PlanningPart part, PlanningClock clock)
    {
        (_part, _clock, _state) = (part, clock, new SearchState(part));
        int n = part.Count;
        long[] load = BufferOrders.HighestLoad(part);
        (_rank, _logSize, _logLength, _logLoad) = (new double[n], new double[n], new double[n], new double[n]);
        for (int i = 0; i < n; i++)
        {
            _logSize[i] = Math.Log(_state.Size[i]);
            _logLength[i] = Math.Log(_state.End[i] - _state.First[i]);
            _logLoad[i] = Math.Log((double)load[_state.Number[i]] / part.LowerBound);
        }

        (_candidates, _scores, _postponed) = (new int[4 * n], new double[4 * n], new (int, int)[4 * n]);
        Offsets = new long[n];
    }

    /// <summary>Offsets after a successful run.</summary>
    internal long[] Offsets { get; }

    /// <summary>Most buffers that the last run had placed at one moment.</summary>
    internal int Depth { get; private set; }

    /// <summary>Nodes of the last run.</summary>
    internal long Nodes => _nodes;

    /// <summary>The least capacity above the given one that makes a difference: peaks are sums of sizes, so multiples of their divisor.</summary>
    internal long NextCapacity(long capacity) => (capacity / _state.Unit + 1) * _state.Unit;

    /// <summary>Looks for a plan of at most <paramref name="capacity"/> bytes in at most so many nodes.</summary>
    /// <returns>True: <see cref="Offsets"/> fit. False: there is none. Null: the limit or the clock ended the search.</returns>
    internal bool? Run(long capacity, in SearchPreference preference, Random random, long nodes)
    {
        if (capacity < _part.LowerBound) return false;
        (_preference, _nodes, _limit) = (preference, 0, nodes);
        for (int i = 0; i < _rank.Length; i++)
        {
            double noise = preference.Noise == 0 ? 0 : preference.Noise * random.NextDouble();
            _rank[i] = preference.Length * _logLength[i] + preference.Size * _logSize[i] + preference.Load * _logLoad[i] + noise;
        }

        (_candidateCount, _postponedCount, Depth) = (0, 0, 0);
        _state.Clear((int)(capacity / _state.Unit));
        if (!Split(0, _state.Sections)) return _nodes > _limit ? null : false;
        for (int i = 0; i < _rank.Length; i++) Offsets[_state.Number[i]] = _state.Offset[i] * _state.Unit;
        return true;
    }

    /// <summary>Solves each run of sections that nothing crosses by itself.</summary>
    private bool Split(int firstSection, int endSection)
    {
        if (_preference.Backward) return SplitBackward(firstSection, endSection);
        for (int s = firstSection, next; s < endSection; s = next)
        {
            int cut = _state.Crossing.AsSpan(s + 1, endSection - s - 1).IndexOf(0);
            next = cut < 0 ? endSection : s + 1 + cut;
            if (_state.Left[s] != 0 && !Solve(s, next)) return false;
        }

        return true;
    }

    private bool SplitBackward(int firstSection, int endSection)
    {
        for (int end = endSection, s; end > firstSection; end = s)
        {
            s = firstSection + 1 + _state.Crossing.AsSpan(firstSection + 1, end - firstSection - 1).LastIndexOf(0);
            if (_state.Left[s] != 0 && !Solve(s, end)) return false;
        }

        return true;
    }

    /// <summary>Solves what is left in a run of sections that nothing crosses.</summary>
    private bool Solve(int firstSection, int endSection)
    {
        if (!CountNode()) return false;
        int begin = _state.FirstOf(firstSection), end = _state.FirstOf(endSection);
        int candidates = _candidateCount, postponed = _postponedCount;
        bool solved = false;
        while (true)
        {
            int low = _state.LowestFloor(begin, end);
            if (low >= _state.Ceiling(begin, end, low, firstSection, endSection) || !_state.PostponedFit(begin, end, low)) break;
            Gather(begin, end, low);
            solved = TryCandidates(candidates, begin, end, firstSection, endSection, out bool hopeless);
            _candidateCount = candidates;
            if (solved || hopeless) break;
        }

        while (_postponedCount > postponed)
        {
            (int buffer, int floor) = _postponed[--_postponedCount];
            _state.PostponedAt[buffer] = floor;
        }

        return solved;
    }

    /// <summary>Tries the candidates from the given place on, best first.</summary>
    private bool TryCandidates(int from, int begin, int end, int firstSection, int endSection, out bool hopeless)
    {
        hopeless = false;
        for (int k = from, to = _candidateCount; k < to; k++)
        {
            TakeBest(k, to);
            int buffer = _candidates[k], twin = _state.Twin[buffer];

            // A buffer of the same life and size has failed here: so would this one.
            bool known = twin >= 0 && _state.Floor[twin] == _state.PostponedAt[twin];
            if (!known)
            {
                int placed = _state.PlacedCount;
                bool fits = _state.Place(buffer, begin, end);
                Depth = Math.Max(Depth, _state.PlacedCount);
                if (fits && Split(firstSection, endSection)) return true;

                // Runs of sections that were solved before another one failed go too.
                _state.UndoTo(placed);
                hopeless = _nodes > _limit || !_state.IsLiftable(buffer, begin, end);
                if (hopeless) return false;
            }

            Postpone(buffer);
        }

        return false;
    }

    private bool CountNode()
    {
        _nodes++;
        if (!RuntimeHelpers.TryEnsureSufficientExecutionStack()) _nodes = _limit + 1;
        if (_nodes % NodesPerStep != 0) return _nodes <= _limit;
        _clock.Step();
        if (_clock.IsOver) _nodes = _limit + 1;
        return _nodes <= _limit;
    }

    private void Postpone(int buffer)
    {
        if (_postponedCount == _postponed.Length) Array.Resize(ref _postponed, 2 * _postponedCount);
        _postponed[_postponedCount++] = (buffer, _state.PostponedAt[buffer]);
        _state.PostponedAt[buffer] = _state.Floor[buffer];
    }

    /// <summary>Collects and scores the buffers whose floor is the lowest and that are not postponed.</summary>
    private void Gather(int begin, int end, int low)
    {
        int[] floors = _state.Floor, postponedAt = _state.PostponedAt;
        for (int k = begin; k < end; k++)
        {
            if (floors[k] != low || postponedAt[k] == low) continue;
            if (_candidateCount == _candidates.Length)
            {
                Array.Resize(ref _candidates, 2 * _candidateCount);
                Array.Resize(ref _scores, 2 * _candidateCount);
            }

            _scores[_candidateCount] = Score(k, low);
            _candidates[_candidateCount++] = k;
        }
    }

    private void TakeBest(int from, int to)
    {
        int best = from;
        for (int k = from + 1; k < to; k++)
        {
            if (_scores[k] > _scores[best] || (_scores[k] == _scores[best] && _candidates[k] < _candidates[best] != _preference.Backward)) best = k;
        }

        (_candidates[from], _candidates[best]) = (_candidates[best], _candidates[from]);
        (_scores[from], _scores[best]) = (_scores[best], _scores[from]);
    }

    private double Score(int buffer, int floor)
    {
        double score = _rank[buffer];
        int first = _state.First[buffer], end = _state.End[buffer], top = floor + _state.Size[buffer];
        int[] tops = _state.Top, left = _state.Left;
        if (_preference.Waste != 0)
        {
            long waste = 0;
            for (int s = first; s < end; s++) waste += floor - tops[s];
            score -= _preference.Waste * Math.Log(1 + (double)waste / _state.Size[buffer]);
        }

        if (_preference.Wall != 0)
        {
            if (first == 0 || tops[first - 1] > floor || left[first - 1] == 0) score += _preference.Wall;
            if (end == tops.Length || tops[end] > floor || left[end] == 0) score += _preference.Wall;
        }

        if (_preference.Level != 0)
        {
            if (first > 0 && tops[first - 1] == top) score += _preference.Level;
            if (end < tops.Length && tops[end] == top) score += _preference.Level;
        }

        return score;
    }
}
