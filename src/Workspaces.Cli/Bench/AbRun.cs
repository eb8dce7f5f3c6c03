using System.Diagnostics;

namespace Workspaces.Cli.Bench;

/// <summary>
/// Two settings of one case in one process, step by step in random order, so that the drift of the machine meets both alike. The ratio is that of each pair;
/// the 95 % interval of its median is given by order statistics (n/2 ± 0.98 √n); all are NaN when the run was cancelled before the first pair.
/// </summary>
internal static class AbRun
{
    private const int LeastPairs = 2000;

    internal static (double Median, double Low, double High, int Pairs) Of(BenchCase a, BenchCase b, double seconds, int seed, CancellationToken cancellation = default)
    {
        BenchRun.Warm(a, cancellation);
        BenchRun.Warm(b, cancellation);
        var order = new Random(seed);
        var ratios = new List<double>();
        long begin = Stopwatch.GetTimestamp();
        while (!cancellation.IsCancellationRequested && (ratios.Count < LeastPairs || Stopwatch.GetElapsedTime(begin).TotalSeconds < seconds))
        {
            bool aFirst = order.Next(2) == 0;
            double first = Time(aFirst ? a : b), second = Time(aFirst ? b : a);
            ratios.Add(aFirst ? first / second : second / first);
        }

        if (ratios.Count == 0) return (double.NaN, double.NaN, double.NaN, 0);
        ratios.Sort();
        int n = ratios.Count, reach = (int)Math.Ceiling(0.98 * Math.Sqrt(n));
        return (ratios[n / 2], ratios[Math.Max(0, (n / 2) - reach)], ratios[Math.Min(n - 1, (n / 2) + reach)], n);
    }

    private static double Time(BenchCase measured)
    {
        long begin = Stopwatch.GetTimestamp();
        measured.Step();
        return Stopwatch.GetTimestamp() - begin;
    }
}
