using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Workspaces.Kernels.Team;

/// <summary>
/// How far the threads of a team are from each other: the time in which a line of the cache goes from the caller to a thread that waits for work, and back.
/// <code>
///   caller  asked = n ─────────▶ helper, in its loop of waiting: answered = n ─────────▶ caller
/// </code>
/// Measured beside the jobs, some microseconds in many of them. What an op computes never depends on it, only who computes.
/// </summary>
/// <param name="helpers">Threads beside the caller.</param>
/// <param name="farNanoseconds">The round trip from which on a thread is far: between two cores under one third-level cache 90 to 140 ns were measured, between
/// two under different ones 400 to 450.</param>
internal sealed class TeamDistance(int helpers, double farNanoseconds)
{
    /// <summary>The default for the least round trip of a thread that is far.</summary>
    public const double FarNanoseconds = 250;

    private const int Tries = 8;

    /// <summary>How long the caller waits for an answer: a thread that has gone to sleep or was interrupted gives none.</summary>
    private const int PatienceMicroseconds = 10;

    /// <summary>Jobs from one measurement to the next, and to the next attempt after one that nobody answered.</summary>
    private const int JobsApart = 256, JobsToRetry = 16;

    /// <summary>Jobs that are kept from threads that are far, before one is given to them to see whether they still are.</summary>
    private const int KeptApart = 1024;

    private static readonly long Patience = Stopwatch.Frequency * PatienceMicroseconds / 1_000_000;

    private readonly bool[] _far = new bool[helpers + 1];
    private Line _asked;
    private Line _answered;
    private int _helper;
    private int _untilMeasured = JobsToRetry;
    private int _kept;
    private volatile bool _isFar;

    /// <summary>Whether one of the threads is far. False until that was measured.</summary>
    public bool IsFar => _isFar;

    /// <summary>Whether a job that is only worth threads that are near should be kept from them. Callers may race here: then one looks a little later.</summary>
    public bool Keeps()
    {
        if (!_isFar) return false;
        if (++_kept < KeptApart) return true;
        _kept = 0;
        _untilMeasured = 0;
        return false;
    }

    /// <summary>Counts a job that the team has done, and measures when it is time. One caller at a time.</summary>
    /// <param name="started">Threads that run: the first ones.</param>
    public void Count(int started)
    {
        if (--_untilMeasured > 0 || started == 0) return;
        _helper = (_helper % started) + 1;
        if (TryMeasure(_helper, out double nanoseconds))
        {
            _far[_helper] = nanoseconds >= farNanoseconds;
            _isFar = Array.IndexOf(_far, true) >= 0;
            _untilMeasured = JobsApart;
        }
        else
        {
            _untilMeasured = JobsToRetry;
        }
    }

    /// <summary>Answers, if this thread was asked.</summary>
    public void Answer(int thread)
    {
        long asked = Volatile.Read(ref _asked.Word);
        if ((int)(asked & int.MaxValue) == thread && Volatile.Read(ref _answered.Word) != asked) Volatile.Write(ref _answered.Word, asked);
    }

    /// <summary>The longest of the round trips to all threads; NaN without any, and when one of them does not answer. One caller at a time.</summary>
    /// <param name="started">Threads that run: the first ones.</param>
    public double Measure(int started)
    {
        double longest = started == 0 ? double.NaN : 0;
        for (int helper = 1; helper <= started; helper++)
        {
            if (!TryMeasure(helper, out double nanoseconds)) return double.NaN;
            longest = Math.Max(longest, nanoseconds);
        }

        return longest;
    }

    private bool TryMeasure(int helper, out double nanoseconds)
    {
        long best = long.MaxValue;
        for (int i = 0; i < Tries; i++)
        {
            long asked = (((_asked.Word >> 32) + 1) << 32) | (uint)helper, begin = Stopwatch.GetTimestamp(), now;
            Volatile.Write(ref _asked.Word, asked);
            do
            {
                bool answered = Volatile.Read(ref _answered.Word) == asked;
                now = Stopwatch.GetTimestamp();
                if (answered) break;
                if (now - begin > Patience)
                {
                    nanoseconds = 0;
                    return false;
                }
            }
            while (true);
            best = Math.Min(best, now - begin);
        }

        nanoseconds = best * 1e9 / Stopwatch.Frequency;
        return true;
    }

    /// <summary>A word that shares no line of the cache, nor the pair of it, with another.</summary>
    [StructLayout(LayoutKind.Explicit, Size = 256)]
    private struct Line
    {
        [FieldOffset(128)]
        public long Word;
    }
}
