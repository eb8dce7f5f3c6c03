using System.Diagnostics;
using Workspaces.Train;

namespace Workspaces.Hosting.Progress;

/// <summary>The figures of the last steps, left by the training thread, which allocates nothing for it, and read by the thread that draws.</summary>
internal sealed class LiveFigures
{
    /// <summary>Rates are of steps that took at least so long.</summary>
    private const double LeastMilliseconds = 500;

    private readonly object _sync = new();
    private TrainStep _last;
    private int _epochs;
    private long _total;
    private long _firstStep;
    private long _begin;
    private long _samples;
    private long _samplesRead;
    private double _milliseconds;
    private double _millisecondsRead;
    private double _rate;
    private string? _end;

    /// <summary>Epochs of the run; 0 before it begins.</summary>
    internal int Epochs
    {
        get
        {
            lock (_sync) return _epochs;
        }
    }

    /// <summary>A run begins.</summary>
    internal void Begin(int epochs, long steps)
    {
        lock (_sync) (_epochs, _total, _begin) = (epochs, Math.Max(1, steps), Stopwatch.GetTimestamp());
    }

    /// <summary>A step was taken.</summary>
    internal void Add(in TrainStep step)
    {
        lock (_sync)
        {
            _last = step;
            _samples += step.Samples;
            _milliseconds += step.Milliseconds;
        }
    }

    /// <summary>The run goes on behind a step.</summary>
    internal void BeginAt(long step)
    {
        lock (_sync) (_last, _firstStep) = (_last with { Step = step }, step);
    }

    /// <summary>The run has ended: what is said in place of the epoch.</summary>
    internal void End(string text)
    {
        lock (_sync) _end = text;
    }

    /// <summary>Where the run stands. Called by the thread that draws.</summary>
    internal LiveState Read()
    {
        lock (_sync)
        {
            if (_epochs == 0) return new LiveState("", 0, null, 0, 0, 0, false, false);
            bool any = _samples > 0;
            double done = Math.Clamp((double)_last.Step / _total, 0, 1);
            string where = _end ?? (any ? ProgressText.Where(_last, _epochs) : "training");
            return new LiveState(where, done, Left(), Rate(), _last.PeakBytes, _last.ArenaBytes, any, _end is not null);
        }
    }

    /// <summary>Of the steps' own time, so that an evaluation is no stand-still: the rate stays while no step is taken.</summary>
    private double Rate()
    {
        double taken = _milliseconds - _millisecondsRead;
        if (_end is not null) return _samples * 1000 / Math.Max(_milliseconds, 1e-6);
        if (_samples > _samplesRead && (taken >= LeastMilliseconds || _samplesRead == 0))
        {
            _rate = (_samples - _samplesRead) * 1000 / Math.Max(taken, 1e-6);
            (_samplesRead, _millisecondsRead) = (_samples, _milliseconds);
        }

        return _rate;
    }

    private TimeSpan? Left()
    {
        long taken = _last.Step - _firstStep;
        return taken <= 0 ? null : Stopwatch.GetElapsedTime(_begin) * ((double)Math.Max(0, _total - _last.Step) / taken);
    }
}
