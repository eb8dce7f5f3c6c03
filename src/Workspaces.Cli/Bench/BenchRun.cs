using System.Diagnostics;
using System.Runtime;
using Workspaces.Diagnostics;

namespace Workspaces.Cli.Bench;

/// <summary>Runs a case until it is warm, then measures every step, or as many as it wants at once.</summary>
internal sealed class BenchRun
{
    private const int WarmSteps = 20, StepsAgain = 5;
    private const double WarmSeconds = 0.5, MostWarmSeconds = 8;
    private const int LeastSteps = 1000;
    private readonly List<double> _milliseconds = new(1 << 20);

    private BenchRun()
    {
    }

    internal MemoryFigures? Memory { get; private set; }

    /// <summary>How long the measured steps stood still for the garbage collector.</summary>
    internal double PauseMilliseconds { get; private set; }

    /// <summary>Nanoseconds from the calling core to the farthest of the others and back, just before and just after the measured steps; NaN with one thread.</summary>
    internal (double Before, double After) RoundTrips { get; private set; }

    /// <summary>The value below which so many of the steps lie, in milliseconds; NaN when the run was cancelled before the first.</summary>
    internal double Quantile(double fraction) => _milliseconds.Count == 0 ? double.NaN : _milliseconds[(int)Math.Round(fraction * (_milliseconds.Count - 1))];

    /// <param name="measured">The case.</param>
    /// <param name="seconds">The least time to measure.</param>
    /// <param name="leastSteps">The least steps to measure; with fewer than the usual ones the figures of memory are not those of a steady state.</param>
    /// <param name="cancellation">Ends the run before its time.</param>
    internal static BenchRun Of(BenchCase measured, double seconds, int leastSteps = LeastSteps, CancellationToken cancellation = default)
    {
        var run = new BenchRun();
        Warm(measured, cancellation);
        double before = RoundTrip.Of(measured);
        MemoryMeter? meter = measured.Workspace is { } workspace ? new MemoryMeter(workspace) : null;
        meter?.ObserveTrace();
        meter?.BeginSteady(0);
        TimeSpan paused = GC.GetTotalPauseDuration();
        int atOnce = measured.StepsAtOnce;
        long begin = Stopwatch.GetTimestamp(), last = begin;
        long end = begin + (long)(seconds * Stopwatch.Frequency);
        while (!cancellation.IsCancellationRequested && (last < end || run._milliseconds.Count < leastSteps))
        {
            if (run._milliseconds.Count == run._milliseconds.Capacity) break;
            measured.Steps(atOnce);
            long now = Stopwatch.GetTimestamp();
            run._milliseconds.Add((now - last) * 1000.0 / Stopwatch.Frequency / atOnce);
            last = now;
        }

        run.PauseMilliseconds = (GC.GetTotalPauseDuration() - paused).TotalMilliseconds;
        run.Memory = meter?.End((long)run._milliseconds.Count * atOnce, cancellation.IsCancellationRequested);
        run.RoundTrips = (before, RoundTrip.Of(measured));
        run._milliseconds.Sort();
        return run;
    }

    /// <summary>
    /// Runs steps until the compiler rests: what is called often is compiled twice more, a tenth of a second apart, or a whole one where the process has one processor.
    /// Then the case begins anew: what is measured does not depend on how long the compiler took.
    /// </summary>
    internal static void Warm(BenchCase measured, CancellationToken cancellation)
    {
        double rest = !Tiers.AreOn ? 0 : Environment.ProcessorCount == 1 ? 2.5 : 0.25;
        long begin = Stopwatch.GetTimestamp(), changed = begin, methods = JitInfo.GetCompiledMethodCount();
        for (int i = 0; !cancellation.IsCancellationRequested && Stopwatch.GetElapsedTime(begin).TotalSeconds < MostWarmSeconds; i++)
        {
            bool isWarm = i >= WarmSteps && Stopwatch.GetElapsedTime(begin).TotalSeconds >= WarmSeconds;
            if (isWarm && Stopwatch.GetElapsedTime(changed).TotalSeconds >= rest) break;
            measured.Step();
            long now = JitInfo.GetCompiledMethodCount();
            if (now != methods) (methods, changed) = (now, Stopwatch.GetTimestamp());
        }

        measured.Restart();
        for (int i = 0; !cancellation.IsCancellationRequested && i < StepsAgain; i++) measured.Step();
    }
}
