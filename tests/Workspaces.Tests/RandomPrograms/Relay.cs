using System.Runtime.ExceptionServices;

namespace Workspaces.Tests.RandomPrograms;

/// <summary>A thread that runs one piece of work after another inside the flow of the caller, which waits for it.</summary>
internal sealed class Relay : IDisposable
{
    private readonly AutoResetEvent _go = new(false);
    private readonly AutoResetEvent _done = new(false);
    private readonly Thread _thread;
    private ExecutionContext? _flow;
    private Action? _work;
    private ExceptionDispatchInfo? _failure;

    internal Relay()
    {
        _thread = new Thread(Loop) { IsBackground = true };
        _thread.UnsafeStart();
    }

    public void Dispose()
    {
        _work = null;
        _go.Set();
        _thread.Join();
        _go.Dispose();
        _done.Dispose();
    }

    /// <summary>True on the thread itself, which cannot wait for itself.</summary>
    internal bool IsHere => ReferenceEquals(Thread.CurrentThread, _thread);

    /// <summary>Starts work on the other thread; <see cref="Join"/> waits for it.</summary>
    internal void Start(Action work)
    {
        (_flow, _work, _failure) = (ExecutionContext.Capture(), work, null);
        _go.Set();
    }

    /// <summary>Waits for the work, and throws what it threw.</summary>
    internal void Join()
    {
        _done.WaitOne();
        _failure?.Throw();
    }

    private void Loop()
    {
        for (_go.WaitOne(); _work is { } work; _go.WaitOne())
        {
            try
            {
                ExecutionContext.Run(_flow!, static work => ((Action)work!)(), work);
            }
            catch (Exception error)
            {
                _failure = ExceptionDispatchInfo.Capture(error);
            }

            _done.Set();
        }
    }
}
