using System.Numerics;
using System.Runtime.InteropServices;

namespace Workspaces.Memory.Planning;

/// <summary>
/// What the exact search has placed, in flat arrays that whole vectors pass over. Buffers are numbered in order of their first section, so that
/// those of a run of sections which nothing crosses are a run of numbers. All sizes are in units: the greatest common divisor of the sizes.
/// </summary>
internal sealed class SearchState
{
    /// <summary>Floor of a placed buffer: above every capacity, and far enough from overflow to add a size.</summary>
    internal const int Gone = int.MaxValue / 2;

    private readonly int[] _load, _crossed, _firstOf;
    private readonly int[][] _members;
    private readonly Stack<(int Buffer, int Begin, int End)> _path = new();
    private readonly int[] _watched, _lifted, _postponed;
    private int[] _saved = new int[1024];
    private int _savedCount, _capacity, _failed;

    internal SearchState(PlanningPart part)
    {
        int n = part.Count, sections = part.Load.Length;
        (Count, Sections) = (n, sections);
        Unit = UnitOf(part);
        Number = new int[n];
        for (int i = 0; i < n; i++) Number[i] = i;
        Array.Sort([.. part.First], Number);

        // A vector may reach behind the last buffer: what stands there meets nothing and is placed already.
        int padded = n + Vector<int>.Count;
        First = Filled(padded, int.MaxValue);
        End = new int[padded];
        Size = new int[padded];
        Floor = Filled(padded, Gone);
        PostponedAt = Filled(padded, -1);
        Twin = Filled(n, -1);
        Offset = new int[n];
        _lifted = Filled(padded, Gone);
        _postponed = new int[n];
        for (int i = 0; i < n; i++)
        {
            int buffer = Number[i];
            (First[i], End[i], Size[i]) = (part.First[buffer], part.End[buffer], (int)(part.Size[buffer] / Unit));
        }

        _load = Array.ConvertAll(part.Load, load => (int)(load / Unit));
        Left = new int[sections + Vector<int>.Count];
        Top = new int[sections];
        _crossed = new int[sections];
        Crossing = new int[sections];
        _watched = new int[sections];
        _firstOf = new int[sections + 1];
        _members = Members();
        FindTwins();
    }

    /// <summary>Whether the part's sizes, counted in their greatest common divisor, are small enough for the search's 32 bits.</summary>
    internal static bool Holds(PlanningPart part) => part.Peak < long.MaxValue && part.Peak / UnitOf(part) < Gone / 2;

    internal int Count { get; }

    internal int Sections { get; }

    /// <summary>Bytes in a unit.</summary>
    internal long Unit { get; }

    /// <summary>Number in the part of each buffer.</summary>
    internal int[] Number { get; }

    internal int[] First { get; }

    internal int[] End { get; }

    internal int[] Size { get; }

    /// <summary>The lowest offset of each buffer above all placed ones that it meets; <see cref="Gone"/> once it is placed.</summary>
    internal int[] Floor { get; }

    /// <summary>The floor at which placing the buffer was tried in vain; it waits until its floor has changed.</summary>
    internal int[] PostponedAt { get; }

    /// <summary>The buffer of the same life and size with the next smaller number, or -1.</summary>
    internal int[] Twin { get; }

    internal int[] Offset { get; }

    /// <summary>Units of each section that are not placed yet.</summary>
    internal int[] Left { get; }

    /// <summary>Where the highest placed buffer of each section ends.</summary>
    internal int[] Top { get; }

    /// <summary>For each section, how many buffers not placed yet live both in it and in the one before.</summary>
    internal int[] Crossing { get; }

    /// <summary>Number of the first buffer born in the section or later.</summary>
    internal int FirstOf(int section) => _firstOf[section];

    internal void Clear(int capacity)
    {
        (_capacity, _savedCount) = (capacity, 0);
        _path.Clear();
        Array.Clear(Floor, 0, Count);
        Array.Fill(PostponedAt, -1);
        Array.Clear(Top);
        _load.CopyTo(Left, 0);
        _crossed.CopyTo(Crossing, 0);
        for (int s = 0; s < Sections; s++) _watched[s] = _members[s][0];
    }

    /// <summary>
    /// Places a buffer at its floor, which is the lowest of all that are left between two numbers. False when some buffer or section then
    /// does not fit any more. <see cref="UndoTo"/> takes it back, whatever it returned.
    /// </summary>
    internal bool Place(int buffer, int begin, int end)
    {
        int offset = Floor[buffer], size = Size[buffer], top = offset + size, first = First[buffer], last = End[buffer];
        int reached = Math.Min(end, _firstOf[last]);
        Save(Floor.AsSpan(begin, reached - begin));
        Save(Top.AsSpan(first, last - first));
        _path.Push((buffer, begin, reached));
        Offset[buffer] = offset;
        Floor[buffer] = Gone;
        foreach (ref int left in Left.AsSpan(first, last - first)) left -= size;
        foreach (ref int crossing in Crossing.AsSpan(first + 1, last - first - 1)) crossing--;
        Top.AsSpan(first, last - first).Fill(top);
        return Raise(first, last, top, begin, reached, out int low, out int high) && SectionsHold(Floor, low, high);
    }

    /// <summary>How many buffers are placed.</summary>
    internal int PlacedCount => _path.Count;

    /// <summary>Takes back placements from the last on until so many are left.</summary>
    internal void UndoTo(int placed)
    {
        while (_path.Count > placed) Undo();
    }

    private void Undo()
    {
        (int buffer, int begin, int end) = _path.Pop();
        int first = First[buffer], last = End[buffer], size = Size[buffer];
        Restore(Top.AsSpan(first, last - first));
        Restore(Floor.AsSpan(begin, end - begin));
        foreach (ref int left in Left.AsSpan(first, last - first)) left += size;
        foreach (ref int crossing in Crossing.AsSpan(first + 1, last - first - 1)) crossing++;
    }

    /// <summary>The lowest floor of the buffers that are left and not postponed; <see cref="Gone"/> when there is none.</summary>
    internal int LowestFloor(int begin, int end)
    {
        var gone = new Vector<int>(Gone);
        Vector<int> lowest = gone;
        var limit = new Vector<int>(LimitOf(end));
        for (int k = begin; k < end; k += Vector<int>.Count)
        {
            var floor = new Vector<int>(Floor, k);
            Vector<int> mine = Vector.AndNot(Vector.LessThan(new Vector<int>(First, k), limit), Vector.Equals(floor, new Vector<int>(PostponedAt, k)));
            lowest = Vector.Min(lowest, Vector.ConditionalSelect(mine, floor, gone));
        }

        return Lowest(lowest);
    }

    /// <summary>
    /// The offset that the next buffer must stay below when nothing more starts under <paramref name="low"/>: some section would not hold what
    /// is left in it, or there would be a hole that some buffer fits.
    /// </summary>
    internal int Ceiling(int begin, int end, int low, int firstSection, int endSection)
    {
        var ceiling = new Vector<int>(Gone);
        var bottom = new Vector<int>(low);
        var limit = new Vector<int>(LimitOf(end));
        for (int k = begin; k < end; k += Vector<int>.Count)
        {
            Vector<int> top = Vector.Max(new Vector<int>(Floor, k), bottom) + new Vector<int>(Size, k);
            ceiling = Vector.Min(ceiling, Vector.ConditionalSelect(Vector.LessThan(new Vector<int>(First, k), limit), top, ceiling));
        }

        Vector<int> most = Vector<int>.Zero;
        int s = firstSection;
        for (; s + Vector<int>.Count <= endSection; s += Vector<int>.Count) most = Vector.Max(most, new Vector<int>(Left, s));
        int left = 0;
        for (; s < endSection; s++) left = Math.Max(left, Left[s]);
        for (int lane = 0; lane < Vector<int>.Count; lane++) left = Math.Max(left, most[lane]);
        return Math.Min(Lowest(ceiling), _capacity - left + 1);
    }

    /// <summary>
    /// Whether the postponed buffers can still get away from their floors. Each needs one beneath it that it meets and that starts below where
    /// its own top would be; it then starts no lower than that one ends. With these higher floors every section must hold what is left in it.
    /// </summary>
    internal bool PostponedFit(int begin, int end, int low)
    {
        int count = 0;
        for (int k = begin; k < end; k++)
        {
            if (Floor[k] == PostponedAt[k]) _postponed[count++] = k;
        }

        if (count == 0) return true;
        Floor.AsSpan(begin, end - begin).CopyTo(_lifted.AsSpan(begin));
        for (int p = 0; p < count; p++) _lifted[_postponed[p]] = low;
        int firstSection = Sections, endSection = 0;
        for (int p = 0; p < count; p++)
        {
            int buffer = _postponed[p], lifted = Lift(_lifted, buffer, begin, end);
            if (lifted + Size[buffer] > _capacity) return false;
            _lifted[buffer] = Math.Max(low, lifted);
            (firstSection, endSection) = (Math.Min(firstSection, First[buffer]), Math.Max(endSection, End[buffer]));
        }

        return SectionsHold(_lifted, firstSection, endSection);
    }

    /// <summary>Whether something that is left can get beneath a buffer that does not stay at its floor.</summary>
    internal bool IsLiftable(int buffer, int begin, int end) => Lift(Floor, buffer, begin, end) < Gone;

    /// <summary>The lowest end of what can lie beneath the buffer once it has left its floor.</summary>
    private int Lift(int[] floors, int buffer, int begin, int end)
    {
        Vector<int> first = new(First[buffer]), last = new(End[buffer]), top = new(Floor[buffer] + Size[buffer]), lowest = new(Gone);
        int self = floors[buffer];
        floors[buffer] = Gone;

        // Later numbers are born after the buffer's death.
        end = Math.Min(end, _firstOf[End[buffer]]);
        for (int k = begin; k < end; k += Vector<int>.Count)
        {
            var floor = new Vector<int>(floors, k);
            Vector<int> beneath = Vector.LessThan(new Vector<int>(First, k), last) & Vector.GreaterThan(new Vector<int>(End, k), first) & Vector.LessThan(floor, top);
            lowest = Vector.Min(lowest, Vector.ConditionalSelect(beneath, floor + new Vector<int>(Size, k), lowest));
        }

        floors[buffer] = self;
        return Lowest(lowest);
    }

    /// <summary>Raises the floors of all that meet the sections to the top; gives the sections in which floors have changed.</summary>
    private bool Raise(int firstSection, int endSection, int top, int begin, int end, out int low, out int high)
    {
        Vector<int> first = new(firstSection), last = new(endSection), height = new(top), most = new(_capacity), lowest = first, highest = last;
        Vector<int> tooHigh = Vector<int>.Zero;
        for (int k = begin; k < end; k += Vector<int>.Count)
        {
            var floor = new Vector<int>(Floor, k);
            Vector<int> firsts = new(First, k), ends = new(End, k);
            Vector<int> raised = Vector.LessThan(firsts, last) & Vector.GreaterThan(ends, first) & Vector.LessThan(floor, height);
            Vector.ConditionalSelect(raised, height, floor).CopyTo(Floor, k);
            tooHigh |= raised & Vector.GreaterThan(height + new Vector<int>(Size, k), most);
            lowest = Vector.Min(lowest, Vector.ConditionalSelect(raised, firsts, lowest));
            highest = Vector.Max(highest, Vector.ConditionalSelect(raised, ends, highest));
        }

        (low, high) = (firstSection, endSection);
        if (tooHigh != Vector<int>.Zero) return false;
        for (int lane = 0; lane < Vector<int>.Count; lane++) (low, high) = (Math.Min(low, lowest[lane]), Math.Max(high, highest[lane]));
        return true;
    }

    /// <summary>Whether each section has a buffer that starts low enough for all that is left there. The last witness is asked first.</summary>
    private bool SectionsHold(int[] floors, int firstSection, int endSection)
    {
        // What failed last often fails again.
        int last = _failed;
        if (last >= firstSection && last < endSection && Left[last] != 0 && !FindWitness(floors, last, _capacity - Left[last]))
            return false;

        for (int s = firstSection; s < endSection; s++)
        {
            int highest = _capacity - Left[s];
            if (highest == _capacity || floors[_watched[s]] <= highest) continue;
            if (FindWitness(floors, s, highest)) continue;
            _failed = s;
            return false;
        }

        return true;
    }

    private bool FindWitness(int[] floors, int section, int highest)
    {
        foreach (int buffer in _members[section])
        {
            if (floors[buffer] > highest) continue;
            _watched[section] = buffer;
            return true;
        }

        return false;
    }

    private int LimitOf(int end) => end < Count ? First[end] : int.MaxValue;

    private void Save(ReadOnlySpan<int> values)
    {
        if (_savedCount + values.Length > _saved.Length) Array.Resize(ref _saved, 2 * (_savedCount + values.Length));
        values.CopyTo(_saved.AsSpan(_savedCount));
        _savedCount += values.Length;
    }

    private void Restore(Span<int> values)
    {
        _savedCount -= values.Length;
        _saved.AsSpan(_savedCount, values.Length).CopyTo(values);
    }

    private static int Lowest(Vector<int> values)
    {
        int lowest = values[0];
        for (int lane = 1; lane < Vector<int>.Count; lane++) lowest = Math.Min(lowest, values[lane]);
        return lowest;
    }

    private static int[] Filled(int length, int value)
    {
        var array = new int[length];
        Array.Fill(array, value);
        return array;
    }

    private static long UnitOf(PlanningPart part)
    {
        long unit = 0;
        foreach (long size in part.Size)
        {
            long rest = size;
            while (rest != 0) (unit, rest) = (rest, unit % rest);
        }

        return unit;
    }

    private int[][] Members()
    {
        var lists = new List<int>[Sections];
        for (int s = 0; s < Sections; s++) lists[s] = [];
        for (int i = 0; i < Count; i++)
        {
            _firstOf[First[i] + 1]++;
            for (int s = First[i]; s < End[i]; s++)
            {
                lists[s].Add(i);
                if (s > First[i]) _crossed[s]++;
            }
        }

        for (int s = 1; s <= Sections; s++) _firstOf[s] += _firstOf[s - 1];
        return Array.ConvertAll(lists, static list => list.ToArray());
    }

    private void FindTwins()
    {
        var seen = new Dictionary<(int First, int End, int Size), int>();
        for (int i = 0; i < Count; i++)
        {
            ref int last = ref CollectionsMarshal.GetValueRefOrAddDefault(seen, (First[i], End[i], Size[i]), out bool exists);
            if (exists) Twin[i] = last;
            last = i;
        }
    }
}
