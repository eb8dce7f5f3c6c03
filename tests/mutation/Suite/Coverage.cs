using System.Diagnostics;
using System.Globalization;

namespace Workspaces.Tests.Mutation;

/// <summary>Which test passes which mutant, and how long it takes: found by one run with every mutant off.</summary>
internal static class Coverage
{
    /// <summary>Tests above this cost too much to be run for each mutant; the others that pass the same line have to find it.</summary>
    private const long LongestTest = 1500;

    internal static int Write(TestCase[] tests, string path)
    {
        using var file = new StreamWriter(path);
        foreach (TestCase test in tests)
        {
            _ = test.Run(TimeSpan.FromSeconds(60)); // the first run compiles, and what is made once for all tests is not this one's
            Array.Clear(MutantSwitch.Hits);
            long start = Stopwatch.GetTimestamp();
            Exception? error = test.Run(TimeSpan.FromSeconds(60));
            long time = (long)Stopwatch.GetElapsedTime(start).TotalMilliseconds;
            if (error is not null || time > LongestTest)
            {
                Console.WriteLine($"left out: {test.Name} ({(error is null ? $"{time} ms" : error.Message)})");
                if (error is TimeoutException) return 1;
                continue;
            }

            IEnumerable<int> hits = Enumerable.Range(0, MutantSwitch.Hits.Length).Where(static i => MutantSwitch.Hits[i]);
            file.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{test.Name}\t{time}\t{string.Join(',', hits)}"));
        }

        return 0;
    }
}
