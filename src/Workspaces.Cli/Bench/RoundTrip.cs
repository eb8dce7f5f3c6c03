using System.Text.Json.Nodes;
using Workspaces.Ops;

namespace Workspaces.Cli.Bench;

/// <summary>
/// How far the cores of a case are from each other, in nanoseconds there and back: the larger it is, the less is gained by threads. Machines that are shared move
/// their virtual cores, so it belongs beside each figure of several threads.
/// </summary>
internal static class RoundTrip
{
    /// <summary>The field of JSON.</summary>
    internal const string Field = "round_trip_ns";

    /// <summary>The column of tables for people, and its width.</summary>
    internal const string Heading = "  round trip ns";

    /// <summary>See <see cref="Heading"/>.</summary>
    internal const int Width = 15;

    /// <summary>Measures it now; NaN with one thread, and where another thread did not answer.</summary>
    internal static double Of(BenchCase measured) =>
        measured.Workspace is { } workspace ? ComputeTeams.Resources(workspace.Manager).Team.MeasureRoundTrip() : double.NaN;

    /// <summary>The largest that is known of several runs, before and after each; NaN of none.</summary>
    internal static double Largest(IEnumerable<BenchRun> runs) =>
        runs.Aggregate(double.NaN, static (largest, run) => double.MaxNumber(largest, double.MaxNumber(run.RoundTrips.Before, run.RoundTrips.After)));

    /// <summary>Adds it to a row where there are several threads.</summary>
    internal static void AddTo(JsonObject row, int threads, double nanoseconds)
    {
        if (threads > 1) row[Field] = JsonLine.Finite(Math.Round(nanoseconds, 1));
    }
}
