namespace Workspaces.Tests.Planned;

/// <summary>Managed bytes of loops.</summary>
internal static class Garbage
{
    private const int Windows = 4;
    private const int LeastObject = 24;

    /// <summary>
    /// Asserts that a loop makes no managed garbage: not a byte on this thread, and in the whole process less than one object a round, because threads of the
    /// test host allocate a little now and then.
    /// </summary>
    public static void AssertNone(int rounds, Action round)
    {
        long process = long.MaxValue;
        for (int window = 0; window < Windows && process >= rounds; window++)
        {
            long before = GC.GetTotalAllocatedBytes(precise: true), mine = GC.GetAllocatedBytesForCurrentThread();
            for (int i = 0; i < rounds; i++) round();
            Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - mine);
            process = Math.Min(process, GC.GetTotalAllocatedBytes(precise: true) - before);
        }

        Assert.InRange(process, 0, (LeastObject * rounds) - 1);
    }
}
