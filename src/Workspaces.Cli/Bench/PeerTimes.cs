namespace Workspaces.Cli.Bench;

/// <summary>What others took for a case, round by round.</summary>
internal sealed class PeerTimes
{
    private readonly Dictionary<PeerSetup, List<double>> _times = [];
    private readonly SortedSet<string> _problems = new(StringComparer.Ordinal);

    /// <summary>What went wrong, each thing once.</summary>
    internal IReadOnlyCollection<string> Problems => _problems;

    /// <summary>The medians over the rounds in milliseconds, the fastest first.</summary>
    internal (PeerSetup Setup, double Milliseconds)[] Medians =>
        [.. _times.Select(static pair => (pair.Key, Median(pair.Value))).OrderBy(static figure => figure.Item2)];

    /// <summary>Runs every set-up once more.</summary>
    /// <param name="setups">The set-ups of the case.</param>
    /// <param name="threads">Threads that compute.</param>
    /// <param name="cancellation">Ends the round before the next set-up.</param>
    internal void Round(IEnumerable<PeerSetup> setups, int threads, CancellationToken cancellation)
    {
        foreach (PeerSetup setup in setups)
        {
            if (cancellation.IsCancellationRequested) return;
            (double time, string? problem) = PeerProcess.Measure(setup, threads);
            if (problem is not null) _problems.Add($"{setup.Peer}, {setup.Setup}: {problem}");
            if (double.IsNaN(time)) continue;
            if (_times.TryGetValue(setup, out List<double>? times)) times.Add(time);
            else _times[setup] = [time];
        }
    }

    /// <summary>The middle of the values, which are sorted by it; NaN of none.</summary>
    internal static double Median(List<double> values)
    {
        if (values.Count == 0) return double.NaN;
        values.Sort();
        return values.Count % 2 == 1 ? values[values.Count / 2] : (values[(values.Count / 2) - 1] + values[values.Count / 2]) / 2;
    }
}
