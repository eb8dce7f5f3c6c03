using System.Diagnostics;
using System.Globalization;

namespace Workspaces.Tests.Mutation;

/// <summary>Which test passes which mutant, and how long it takes: found by one run with every mutant off.</summary>
internal static class Coverage
{
    /// <summary>Tests above this cost too much to be run for each mutant; the others that pass the same line have to find it.</summary>
    private const long LongestTest = 1500;

    /// <summary>The same by the clock, on a machine that does other things too.</summary>
    private const long LongestWait = 15_000;

    internal static int Write(TestCase[] tests, string path)
    {
        using var file = new StreamWriter(path);
        foreach (TestCase test in tests)
        {
            _ = test.Run(TimeSpan.FromSeconds(60)); // the first run compiles, and what is made once for all tests is not this one's
            Array.Clear(MutantSwitch.Hits);
            long start = Stopwatch.GetTimestamp();
            TimeSpan before = Environment.CpuUsage.TotalTime;
            Exception? error = test.Run(TimeSpan.FromSeconds(60));
            long time = (long)Stopwatch.GetElapsedTime(start).TotalMilliseconds;
            double work = (Environment.CpuUsage.TotalTime - before).TotalMilliseconds;
            if (error is not null || work > LongestTest || time > LongestWait)
            {
                Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"left out: {test.Name} ({error?.Message ?? $"{work:F0} ms of work in {time} ms"})"));
                if (error is TimeoutException) return 1;
                continue;
            }

            IEnumerable<int> hits = Enumerable.Range(0, MutantSwitch.Hits.Length).Where(static i => MutantSwitch.Hits[i]);
            file.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{test.Name}\t{time}\t{string.Join(',', hits)}"));
        }

        return 0;
    }
}
