namespace Workspaces.Memory.Planning;

/// <summary>
/// Exact search for a plan of a given capacity, after MiniMalloc (Moffitt, ASPLOS 2023). Only canonical solutions are walked: every buffer
/// rests on another or on 0, and buffers are placed in rising order of offset. A branch ends when some section cannot hold what is left in it
/// above the lowest offset that its buffers can still take. Buffers that no longer meet in time are solved apart.
/// </summary>
internal sealed class CanonicalSearch
{
    private const int Placed = -1;
    private const int NodesPerStep = 1000;

    private readonly PlanningPart _part;
    private readonly PlanningClock _clock;
    private readonly int[][] _meets, _members;
    private readonly int[] _byFirst, _stack, _stamp;
    private readonly long[] _floor, _left;
    private readonly bool[] _placed;
    private readonly List<(int Buffer, long Floor)> _trail = [];
    private int[] _rank = [];
    private long _capacity, _nodes, _limit;
    private int _visit;

    internal CanonicalSearch(PlanningPart part, PlanningClock clock)
    {
        int n = part.Count;
        (_part, _clock) = (part, clock);
        _floor = new long[n];
        _placed = new bool[n];
        _left = new long[part.Load.Length];
        _stamp = new int[part.Load.Length];
        _byFirst = new int[n];
        for (int i = 0; i < n; i++) _byFirst[i] = i;
        Array.Sort([.. part.First], _byFirst);
        _members = Members(part);
        _meets = Meets(part, _byFirst);
        _stack = new int[checked((n + 1) * (n + 2) / 2)];
    }

    /// <summary>Offsets after a successful run.</summary>
    internal long[] Offsets => _floor;

    /// <summary>Looks for a plan of at most <paramref name="capacity"/> bytes in at most so many nodes; buffers of low rank are tried first.</summary>
    /// <returns>True: <see cref="Offsets"/> fit. False: there is none. Null: the limit or the clock ended the search.</returns>
    internal bool? Run(long capacity, int[] rank, long nodes)
    {
        (_capacity, _rank, _nodes, _limit) = (capacity, rank, 0, nodes);
        _trail.Clear();
        Array.Clear(_floor);
        Array.Clear(_placed);
        _part.Load.CopyTo(_left, 0);
        _byFirst.CopyTo(_stack, 0);
        return Solve(0, _byFirst.Length, 0, -1) ? true : _nodes > _limit ? null : false;
    }

    /// <summary>Solves the buffers of one stretch of the stack, sorted by first section, placing at or above (offset, rank) of the last one placed.</summary>
    private bool Solve(int begin, int end, long lastOffset, int lastRank)
    {
        if (begin == end) return true;
        if (!Count()) return false;
        long ceiling = long.MaxValue;
        for (int k = begin; k < end; k++) ceiling = Math.Min(ceiling, Math.Max(_floor[_stack[k]], lastOffset) + _part.Size[_stack[k]]);
        for (int next = Next(begin, end, lastOffset, lastRank, ceiling); next >= 0; next = Next(begin, end, lastOffset, lastRank, ceiling))
        {
            (lastOffset, lastRank) = (_floor[next], _rank[next]);
            int mark = _trail.Count;
            if (Place(next) && SolveRest(begin, end, lastOffset, lastRank)) return true;
            Undo(mark);
            if (_nodes > _limit) return false;
        }

        return false;
    }

    private bool Count()
    {
        _nodes++;
        if (_nodes % NodesPerStep != 0) return _nodes <= _limit;
        _clock.Step();
        if (_clock.IsOver) _nodes = _limit + 1;
        return _nodes <= _limit;
    }

    /// <summary>
    /// The buffer that comes next in order of (lowest offset, rank) after the one given. Starting at or above the ceiling would leave a hole
    /// that some buffer fits.
    /// </summary>
    private int Next(int begin, int end, long lastOffset, int lastRank, long ceiling)
    {
        int next = -1;
        for (int k = begin; k < end; k++)
        {
            int buffer = _stack[k];
            long floor = _floor[buffer];
            if (floor >= ceiling || floor < lastOffset || (floor == lastOffset && _rank[buffer] <= lastRank)) continue;
            if (next < 0 || floor < _floor[next] || (floor == _floor[next] && _rank[buffer] < _rank[next])) next = buffer;
        }

        return next;
    }

    private bool Place(int buffer)
    {
        long offset = _floor[buffer], size = _part.Size[buffer], top = offset + size;
        _trail.Add((buffer, Placed));
        _placed[buffer] = true;
        for (int s = _part.First[buffer]; s < _part.End[buffer]; s++) _left[s] -= size;
        _visit++;
        int from = _trail.Count;
        foreach (int other in _meets[buffer])
        {
            if (_placed[other] || _floor[other] >= top) continue;
            if (top + _part.Size[other] > _capacity) return false;
            _trail.Add((other, _floor[other]));
            _floor[other] = top;
        }

        for (int k = from; k < _trail.Count; k++)
        {
            if (!Fits(_trail[k].Buffer, offset)) return false;
        }

        return Fits(buffer, offset);
    }

    /// <summary>Whether every section of the buffer can still hold what is left in it.</summary>
    private bool Fits(int buffer, long lastOffset)
    {
        for (int s = _part.First[buffer]; s < _part.End[buffer]; s++)
        {
            if (_stamp[s] == _visit) continue;
            _stamp[s] = _visit;
            long lowest = long.MaxValue;
            foreach (int other in _members[s])
            {
                if (!_placed[other]) lowest = Math.Min(lowest, _floor[other]);
            }

            if (lowest != long.MaxValue && Math.Max(lowest, lastOffset) + _left[s] > _capacity) return false;
        }

        return true;
    }

    /// <summary>Copies what is left to the top of the stack and solves each run of buffers that meet in time by itself.</summary>
    private bool SolveRest(int begin, int end, long lastOffset, int lastRank)
    {
        int top = end;
        for (int k = begin; k < end; k++)
        {
            if (!_placed[_stack[k]]) _stack[top++] = _stack[k];
        }

        for (int from = end, to; from < top; from = to)
        {
            int reach = _part.End[_stack[from]];
            for (to = from + 1; to < top && _part.First[_stack[to]] < reach; to++) reach = Math.Max(reach, _part.End[_stack[to]]);
            if (!SolveCopy(from, to, top, lastOffset, lastRank)) return false;
        }

        return true;
    }

    private bool SolveCopy(int from, int to, int top, long lastOffset, int lastRank)
    {
        if (to == top) return Solve(from, to, lastOffset, lastRank);
        _stack.AsSpan(from, to - from).CopyTo(_stack.AsSpan(top));
        return Solve(top, top + to - from, lastOffset, lastRank);
    }

    private void Undo(int mark)
    {
        for (int k = _trail.Count - 1; k >= mark; k--)
        {
            (int buffer, long floor) = _trail[k];
            if (floor != Placed)
            {
                _floor[buffer] = floor;
                continue;
            }

            _placed[buffer] = false;
            for (int s = _part.First[buffer]; s < _part.End[buffer]; s++) _left[s] += _part.Size[buffer];
        }

        _trail.RemoveRange(mark, _trail.Count - mark);
    }

    private static int[][] Members(PlanningPart part)
    {
        var lists = new List<int>[part.Load.Length];
        for (int s = 0; s < lists.Length; s++) lists[s] = [];
        for (int i = 0; i < part.Count; i++)
        {
            for (int s = part.First[i]; s < part.End[i]; s++) lists[s].Add(i);
        }

        return Array.ConvertAll(lists, static list => list.ToArray());
    }

    private static int[][] Meets(PlanningPart part, int[] byFirst)
    {
        var lists = new List<int>[part.Count];
        for (int i = 0; i < lists.Length; i++) lists[i] = [];
        for (int a = 0; a < byFirst.Length; a++)
        {
            int buffer = byFirst[a];
            for (int b = a + 1; b < byFirst.Length && part.First[byFirst[b]] < part.End[buffer]; b++)
            {
                lists[buffer].Add(byFirst[b]);
                lists[byFirst[b]].Add(buffer);
            }
        }

        return Array.ConvertAll(lists, static list => list.ToArray());
    }
}
