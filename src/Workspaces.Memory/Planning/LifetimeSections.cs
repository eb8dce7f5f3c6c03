namespace Workspaces.Memory.Planning;

/// <summary>
/// Time reduced to what matters. A section is a run of births followed by a run of deaths; everything that lives in it is live together at
/// the moment between the two, so two buffers meet in time exactly when they share a section. Sections are numbered from 0.
/// <code>
/// events   b b d b d d b b d d          b: birth, d: death (at equal times deaths come first)
/// section  0 0 0 1 1 1 2 2 2 2          no buffer crosses from 1 to 2: two independent parts
/// </code>
/// </summary>
internal sealed class LifetimeSections
{
    private LifetimeSections(int[] first, int[] end, long[] load)
    {
        First = first;
        End = end;
        Load = load;
        foreach (long bytes in load) LowerBound = Math.Max(LowerBound, bytes);
    }

    /// <summary>First section of each buffer.</summary>
    internal int[] First { get; }

    /// <summary>Section after the last one of each buffer.</summary>
    internal int[] End { get; }

    /// <summary>Bytes live together in each section.</summary>
    internal long[] Load { get; }

    internal long LowerBound { get; }

    internal static LifetimeSections Of(PlanningProblem problem)
    {
        int n = problem.Count;
        var times = new long[n];
        var births = new int[n];
        var deaths = new int[n];
        for (int i = 0; i < n; i++) (times[i], births[i], deaths[i]) = (problem.Buffers[i].Lower, i, i);
        Array.Sort(times, births);
        for (int i = 0; i < n; i++) times[i] = problem.Buffers[i].Upper;
        Array.Sort(times, deaths);

        var first = new int[n];
        var end = new int[n];
        var load = new List<long>();
        long live = 0;
        bool dying = true;
        for (int b = 0, d = 0; d < n;)
        {
            bool birth = b < n && problem.Buffers[births[b]].Lower < times[d];
            int buffer = birth ? births[b++] : deaths[d++];
            if (birth && dying) load.Add(0);
            dying = !birth;
            live += birth ? problem.Occupied(buffer) : -problem.Occupied(buffer);
            if (birth) (first[buffer], load[^1]) = (load.Count - 1, live);
            else end[buffer] = load.Count;
        }

        return new(first, end, [.. load]);
    }

    /// <summary>Splits the buffers into parts that share no section; the greatest load first.</summary>
    internal List<PlanningPart> Split(PlanningProblem problem)
    {
        int sections = Load.Length;
        var cut = new int[sections + 1];
        for (int i = 0; i < First.Length; i++)
        {
            // Every boundary inside the buffer's life is crossed.
            cut[First[i] + 1 <= sections ? First[i] + 1 : sections]++;
            cut[End[i]]--;
        }

        var partOf = new int[sections];
        var begins = new List<int>();
        for (int s = 0, crossing = 0; s < sections; s++)
        {
            crossing += cut[s];
            if (crossing == 0) begins.Add(s);
            partOf[s] = begins.Count - 1;
        }

        var counts = new int[begins.Count];
        for (int i = 0; i < First.Length; i++) counts[partOf[First[i]]]++;
        var members = new int[begins.Count][];
        for (int p = 0; p < members.Length; p++) members[p] = new int[counts[p]];
        for (int i = First.Length - 1; i >= 0; i--)
        {
            int p = partOf[First[i]];
            members[p][--counts[p]] = i;
        }

        var parts = new List<PlanningPart>(members.Length);
        for (int p = 0; p < members.Length; p++)
            parts.Add(new PlanningPart(problem, this, members[p], begins[p], p + 1 < begins.Count ? begins[p + 1] : sections));
        parts.Sort(static (a, b) => a.LowerBound != b.LowerBound ? b.LowerBound.CompareTo(a.LowerBound) : a.FirstSection.CompareTo(b.FirstSection));
        return parts;
    }
}
