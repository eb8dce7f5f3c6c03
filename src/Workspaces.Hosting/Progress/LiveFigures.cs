using System.Diagnostics;
using Workspaces.Train;

namespace Workspaces.Hosting.Progress;

/// <summary>The figures of the last steps, left by the training thread, which allocates nothing for it, and read by the thread that draws.</summary>
internal sealed class LiveFigures
{
    /// <summary>Rates are of at least so much time.</summary>
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(500);

    private readonly object _sync = new();
    private TrainStep _last;
    private long _samples;
    private long _read;
    private long _begin = Stopwatch.GetTimestamp();
    private double _rate;
    private bool _measured;
    private string? _end;

    /// <summary>Steps of the run, of which the resumed ones were taken before.</summary>
    internal long Steps
    {
        get
        {
            lock (_sync) return _last.Step;
        }
    }

    /// <summary>Epochs of the run.</summary>
    internal int Epochs { get; set; }

    /// <summary>A step was taken.</summary>
    internal void Add(in TrainStep step)
    {
        lock (_sync)
        {
            _last = step;
            _samples += step.Samples;
        }
    }

    /// <summary>The run goes on behind a step.</summary>
    internal void BeginAt(long step)
    {
        lock (_sync) _last = _last with { Step = step };
    }

    /// <summary>The run has ended: what is said in place of the epoch.</summary>
    internal void End(string text)
    {
        lock (_sync) _end = text;
    }

    /// <summary>Two lines: where the run stands, and throughput and memory. Called by the thread that draws.</summary>
    internal (string Where, string Figures) Read()
    {
        TrainStep last;
        string? end;
        bool any;
        lock (_sync)
        {
            last = _last;
            end = _end;
            any = _samples > 0;
            TimeSpan elapsed = Stopwatch.GetElapsedTime(_begin);
            if (elapsed >= Interval || !_measured)
            {
                _rate = (_samples - _read) / Math.Max(elapsed.TotalSeconds, 1e-9);
                _measured = any;
                (_read, _begin) = (_samples, Stopwatch.GetTimestamp());
            }
        }

        if (!any) return (end ?? "training", "");
        return (end ?? ProgressText.Where(last, Epochs), ProgressText.Figures(last, _rate));
    }
}
