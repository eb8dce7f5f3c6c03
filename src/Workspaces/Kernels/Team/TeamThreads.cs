using System.Diagnostics;

namespace Workspaces.Kernels.Team;

/// <summary>
/// The threads of a team beside its caller. A system that has no more of them refuses some, and later perhaps none: those that run do the parts of the others, because
/// parts and scratch follow from the size of the team, so what is refused changes speed and not results.
/// </summary>
/// <param name="count">Threads.</param>
/// <param name="run">What each does, given its number from 1.</param>
/// <param name="start">Starts a thread.</param>
internal sealed class TeamThreads(int count, Action<int> run, Action<Thread> start)
{
    /// <summary>How long to wait before threads that were refused are asked for again, which takes longer than a small job.</summary>
    private const int SecondsToRetry = 1;

    private readonly Thread[] _threads = new Thread[count];
    private int _started;
    private long _nextStart;

    /// <summary>Threads that run: the first ones.</summary>
    public int Started => Volatile.Read(ref _started);

    /// <summary>Starts those that do not run yet. One caller at a time.</summary>
    public void Start()
    {
        if (_started == count || Stopwatch.GetTimestamp() < _nextStart) return;
        try
        {
            while (_started < count)
            {
                int number = _started + 1;
                var thread = new Thread(() => run(number)) { IsBackground = true, Name = $"Workspaces kernel {number}" };
                start(thread);
                _threads[_started] = thread;
                Volatile.Write(ref _started, number);
            }
        }
        catch (Exception e) when (e is OutOfMemoryException or ThreadStartException)
        {
            _nextStart = Stopwatch.GetTimestamp() + (Stopwatch.Frequency * SecondsToRetry);
        }
    }

    /// <summary>Waits for the end of all that run.</summary>
    public void Join()
    {
        for (int i = 0; i < _started; i++) _threads[i].Join();
        Volatile.Write(ref _started, 0);
    }
}
