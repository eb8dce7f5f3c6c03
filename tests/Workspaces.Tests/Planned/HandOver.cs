namespace Workspaces.Tests.Planned;

/// <summary>A second thread that runs one fixed piece of work when told to, inside the flow of the caller; a hand-over costs no garbage.</summary>
internal sealed class HandOver : IDisposable
{
    private readonly AutoResetEvent _go = new(false);
    private readonly AutoResetEvent _done = new(false);
    private readonly Thread _thread;
    private readonly Action _work;
    private ExecutionContext? _flow;
    private Exception? _failure;
    private bool _over;

    public HandOver(Action work)
    {
        _work = work;
        _thread = new Thread(Loop) { IsBackground = true };
        _thread.UnsafeStart();
    }

    /// <summary>Runs the work on the other thread and waits for it.</summary>
    public void Run()
    {
        _flow = ExecutionContext.Capture();
        _go.Set();
        _done.WaitOne();
        if (_failure is { } failure) throw new InvalidOperationException("the work on the other thread has failed", failure);
    }

    public void Dispose()
    {
        _over = true;
        _go.Set();
        _thread.Join();
        _go.Dispose();
        _done.Dispose();
    }

    private void Loop()
    {
        ExecutionContext? own = ExecutionContext.Capture();
        for (_go.WaitOne(); !_over; _go.WaitOne())
        {
            try
            {
                ExecutionContext.Restore(_flow!);
                _work();
            }
            catch (Exception error)
            {
                _failure = error;
            }
            finally
            {
                if (own is not null) ExecutionContext.Restore(own);
            }

            _done.Set();
        }
    }
}
