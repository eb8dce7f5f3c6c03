using System.Diagnostics;
using System.Globalization;

namespace Workspaces.Tests.Mutation;

/// <summary>
/// Runs each mutant that has no result yet against the tests that pass it, the quickest first. A kill counts only if the same test passes right after
/// with the mutant off, or if the process was fresh before; where it does not pass any more, some mutant has left something behind, and a fresh process
/// goes on.
/// </summary>
internal static class MutantRuns
{
    private const int GoOnAfresh = 3;

    /// <summary>No further test is begun for a mutant after so much work.</summary>
    private static readonly TimeSpan Budget = TimeSpan.FromSeconds(8);

    /// <summary>Nor after so long by the clock, on a machine that does other things too.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(90);

    internal static int Run(TestCase[] tests, string coverage, string results)
    {
        Dictionary<string, TestCase> byName = tests.ToDictionary(static t => t.Name);
        var passing = new SortedDictionary<int, List<(long Time, TestCase Test)>>();
        foreach (string[] line in File.ReadLines(coverage).Select(static l => l.Split('\t')))
        {
            foreach (string id in line[2].Split(',', StringSplitOptions.RemoveEmptyEntries))
            {
                int number = int.Parse(id, CultureInfo.InvariantCulture);
                if (!passing.TryGetValue(number, out List<(long, TestCase)>? list)) passing.Add(number, list = []);
                list.Add((long.Parse(line[1], CultureInfo.InvariantCulture), byName[line[0]]));
            }
        }

        HashSet<int> done = File.Exists(results) ? [.. File.ReadLines(results).Select(static l => int.Parse(l.Split('\t')[0], CultureInfo.InvariantCulture))] : [];
        using var file = new StreamWriter(results, append: true) { AutoFlush = true };
        bool isFirst = true;
        foreach ((int id, List<(long Time, TestCase Test)> list) in passing)
        {
            if (done.Contains(id)) continue;
            Console.WriteLine(id);
            if (Try(id, list, file, isFirst) is not 0 and int code) return code;
            isFirst = false;
        }

        return 0;
    }

    private static int Try(int id, List<(long Time, TestCase Test)> list, StreamWriter file, bool isFirst)
    {
        long start = Stopwatch.GetTimestamp();
        TimeSpan before = Environment.CpuUsage.TotalTime;
        foreach ((long time, TestCase test) in list.OrderBy(static l => l.Time))
        {
            MutantSwitch.Set(id);
            Exception? error = test.Run(TimeSpan.FromMilliseconds(10_000 + (10 * time)));
            MutantSwitch.Set(0);
            if (error is TimeoutException)
            {
                file.WriteLine($"{id}\ttimeout\t{test.Name}");
                return GoOnAfresh;
            }

            if (error is not null)
            {
                bool isClean = test.Run(TimeSpan.FromSeconds(60)) is null;
                if (isClean || isFirst) file.WriteLine($"{id}\tkilled\t{test.Name}");
                return isClean ? 0 : GoOnAfresh;
            }

            if (Environment.CpuUsage.TotalTime - before > Budget || Stopwatch.GetElapsedTime(start) > Patience) break;
        }

        file.WriteLine($"{id}\tsurvived\t");
        return 0;
    }
}
