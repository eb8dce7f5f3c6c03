using System.Diagnostics;

namespace Workspaces.Hosting.Progress;

/// <summary>Samples a second since the last report, and whether a report is due.</summary>
internal sealed class RateMeter(TimeSpan interval)
{
    private long _begin = Stopwatch.GetTimestamp();
    private long _samples;

    /// <summary>Counts samples; true when the interval has passed, with the rate since the last report.</summary>
    internal bool Add(int samples, out double samplesPerSecond)
    {
        _samples += samples;
        TimeSpan elapsed = Stopwatch.GetElapsedTime(_begin);
        samplesPerSecond = _samples / Math.Max(elapsed.TotalSeconds, 1e-9);
        if (elapsed < interval) return false;
        _begin = Stopwatch.GetTimestamp();
        _samples = 0;
        return true;
    }
}
