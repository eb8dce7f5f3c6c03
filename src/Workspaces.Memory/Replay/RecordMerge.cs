namespace Workspaces.Memory.Replay;

/// <summary>
/// Joins two records of passes that differ in inserted stretches into one that serves both: common requests once, with the larger size and the longer
/// life; requests of one side alone one after the other. Replay skips what a pass does not ask for.
/// </summary>
internal static class RecordMerge
{
    private const int Reach = 96;

    /// <summary>Joins two records.</summary>
    internal static PassRecord Join(PassRecord a, PassRecord b)
    {
        List<(int A, int B)> pairs = Align(a.Keys, b.Keys);
        int[] placeOfA = Places(pairs, a.Count, static pair => pair.A), placeOfB = Places(pairs, b.Count, static pair => pair.B);
        var keys = new ulong[pairs.Count];
        var ends = new int[pairs.Count];
        var uses = new int[pairs.Count];
        var optional = new bool[pairs.Count];
        for (int i = 0; i < pairs.Count; i++)
        {
            (int x, int y) = pairs[i];
            keys[i] = x < 0 ? b.Keys[y] : y < 0 ? a.Keys[x] : Math.Max(a.Keys[x], b.Keys[y]);
            ends[i] = Math.Max(x < 0 ? 0 : EndIn(placeOfA, a.Ends[x]), y < 0 ? 0 : EndIn(placeOfB, b.Ends[y]));
            uses[i] = x < 0 ? b.Uses[y] : y < 0 ? a.Uses[x] : LongerLived(a.Uses[x], b.Uses[y]);
            optional[i] = x < 0 || y < 0 || a.IsOptional(x) || b.IsOptional(y);
        }

        return new PassRecord(keys, ends, uses, Array.IndexOf(optional, true) < 0 ? null : optional);
    }

    /// <summary>
    /// A block outlives the last request made before its end, and not what the other side puts between that one and the next: a pass of this side does not
    /// ask for it.
    /// </summary>
    private static int EndIn(int[] places, int end) => places[end - 1] + 1;

    /// <summary>0 stands for a life until the release.</summary>
    private static int LongerLived(int a, int b) => a == 0 || b == 0 ? 0 : Math.Max(a, b);

    /// <summary>Where each request of one side stands in the join.</summary>
    private static int[] Places(List<(int A, int B)> pairs, int count, Func<(int A, int B), int> side)
    {
        var places = new int[count];
        for (int i = 0; i < pairs.Count; i++)
        {
            if (side(pairs[i]) >= 0) places[side(pairs[i])] = i;
        }

        return places;
    }

    /// <summary>Walks both lists; where they part, goes to the nearest pair of equal requests, and takes what lies before it one side after the other.</summary>
    private static List<(int A, int B)> Align(ulong[] a, ulong[] b)
    {
        var pairs = new List<(int A, int B)>(Math.Max(a.Length, b.Length));
        int x = 0, y = 0;
        while (x < a.Length && y < b.Length)
        {
            (int skipA, int skipB, bool meet) = Nearest(a, b, x, y);
            for (int i = 0; i < skipA; i++) pairs.Add((x++, -1));
            for (int i = 0; i < skipB; i++) pairs.Add((-1, y++));
            if (meet) pairs.Add((x++, y++));
        }

        while (x < a.Length) pairs.Add((x++, -1));
        while (y < b.Length) pairs.Add((-1, y++));
        return pairs;
    }

    /// <summary>
    /// How far to go on each side to the next pair: none when the requests are equal, or of one known kind; else the least detour to such a pair; else past
    /// both requests, or none when at least their tags agree.
    /// </summary>
    private static (int A, int B, bool Meet) Nearest(ulong[] a, ulong[] b, int x, int y)
    {
        for (int detour = 0; detour <= Reach; detour++)
        {
            for (int i = 0; i <= detour; i++)
            {
                int j = detour - i;
                if (x + i < a.Length && y + j < b.Length && AreAlike(a[x + i], b[y + j])) return (i, j, true);
            }
        }

        return RequestKey.Tag(a[x]) == RequestKey.Tag(b[y]) ? (0, 0, true) : (1, 1, false);
    }

    private static bool AreAlike(ulong a, ulong b) => a == b || (RequestKey.Tag(a) != 0 && RequestKey.Tag(a) == RequestKey.Tag(b));
}
