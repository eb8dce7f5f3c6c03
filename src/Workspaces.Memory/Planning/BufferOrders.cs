namespace Workspaces.Memory.Planning;

/// <summary>The orders in which the greedy planner places buffers. None is safe alone; the best of several nearly always is.</summary>
internal static class BufferOrders
{
    /// <summary>Names of the orders, tried from the first to the last.</summary>
    internal static readonly string[] Names =
        ["birth", "load", "lifetime", "size", "area", "load-area", "death", "load-lifetime", "size-birth"];

    /// <summary>An order of the part's buffers.</summary>
    internal static int[] Create(PlanningPart part, string name)
    {
        long[] load = name.StartsWith("load", StringComparison.Ordinal) ? HighestLoad(part) : [];
        return name switch
        {
            "birth" => Sorted(part, static i => 0, static i => 0),
            "load" => Sorted(part, i => load[i], i => part.Size[i]),
            "size" => Sorted(part, i => part.Size[i], i => Length(part, i)),
            "area" => Sorted(part, i => Area(part, i), i => part.Size[i]),
            "lifetime" => Sorted(part, i => Length(part, i), i => part.Size[i]),
            "load-area" => Sorted(part, i => load[i], i => Area(part, i)),
            "death" => Sorted(part, i => part.End[i], i => part.Size[i]),
            "load-lifetime" => Sorted(part, i => load[i], i => Length(part, i)),
            "size-birth" => Sorted(part, i => part.Size[i], static i => 0),
            _ => throw new ArgumentOutOfRangeException(nameof(name), name, null),
        };
    }

    private static double Length(PlanningPart part, int i) => part.End[i] - part.First[i];

    private static double Area(PlanningPart part, int i) => (double)part.Size[i] * (part.End[i] - part.First[i]);

    /// <summary>Greatest keys first; ties by birth, then by place in the problem.</summary>
    private static int[] Sorted(PlanningPart part, Func<int, double> first, Func<int, double> second)
    {
        var keys = new (double First, double Second, long Birth, int Index)[part.Count];
        for (int i = 0; i < keys.Length; i++) keys[i] = (-first(i), -second(i), part.Birth[i], i);
        Array.Sort(keys);
        var order = new int[keys.Length];
        for (int i = 0; i < keys.Length; i++) order[i] = keys[i].Index;
        return order;
    }

    /// <summary>The greatest load of the sections that each buffer lives in, by a table of maxima over powers of two.</summary>
    internal static long[] HighestLoad(PlanningPart part)
    {
        var levels = new List<long[]> { part.Load };
        for (int span = 1; span * 2 <= part.Load.Length; span *= 2)
        {
            long[] below = levels[^1];
            var level = new long[part.Load.Length - span * 2 + 1];
            for (int i = 0; i < level.Length; i++) level[i] = Math.Max(below[i], below[i + span]);
            levels.Add(level);
        }

        var highest = new long[part.Count];
        for (int i = 0; i < highest.Length; i++)
        {
            int log = System.Numerics.BitOperations.Log2((uint)(part.End[i] - part.First[i]));
            highest[i] = Math.Max(levels[log][part.First[i]], levels[log][part.End[i] - (1 << log)]);
        }

        return highest;
    }
}
