using Workspaces.Memory.Arenas;
using Workspaces.Memory.Tracking;

namespace Workspaces.Memory.Scratch;

/// <summary>
/// Scratch of kernels (packed panels, partial sums): stacks that bump forward inside an op and rewind at its end. One stack serves one op at a time; there
/// are as many as ops ever ran at once, and none belongs to a thread.
/// </summary>
public sealed class ScratchPool : IDisposable
{
    private readonly Lock _sync = new();
    private readonly Stack<ScratchStack> _idle = new();
    private readonly List<ScratchStack> _all = [];
    private readonly WorkspaceConfiguration _configuration;

    internal ScratchPool(WorkspaceConfiguration? configuration = null) =>
        _configuration = configuration ?? new WorkspaceConfiguration { Name = "scratch" };

    /// <summary>The most scratch bytes that were in use at once, summed over the stacks.</summary>
    public long PeakBytes
    {
        get
        {
            lock (_sync)
            {
                long peak = 0;
                foreach (ScratchStack stack in _all) peak += stack.PeakBytes;
                return peak;
            }
        }
    }

    /// <summary>Times that a stack had to ask the system for pages.</summary>
    public long SystemCalls
    {
        get
        {
            lock (_sync)
            {
                long calls = 0;
                foreach (ScratchStack stack in _all) calls += stack.SystemCalls;
                return calls;
            }
        }
    }

    /// <summary>The memory kinds of all stacks.</summary>
    public MemoryReport Memory
    {
        get
        {
            lock (_sync)
            {
                MemoryReport sum = default;
                foreach (ScratchStack stack in _all) sum += stack.Report();
                return sum;
            }
        }
    }

    /// <summary>Gives the pages of idle stacks back to the system.</summary>
    /// <returns>Bytes given back.</returns>
    public long Trim()
    {
        lock (_sync)
        {
            long freed = 0;
            foreach (ScratchStack stack in _idle) freed += stack.Trim(_configuration.MinSize);
            return freed;
        }
    }

    /// <summary>Frees all stacks; the manager does it.</summary>
    public void Dispose()
    {
        lock (_sync)
        {
            foreach (ScratchStack stack in _all) stack.Dispose();
            _all.Clear();
            _idle.Clear();
        }
    }

    /// <summary>Takes a stack for the op that runs now.</summary>
    internal ScratchLease Rent()
    {
        lock (_sync)
        {
            if (_idle.TryPop(out ScratchStack? stack)) return new ScratchLease(this, stack);
            var added = new ScratchStack(_configuration);
            _all.Add(added);
            return new ScratchLease(this, added);
        }
    }

    internal void Return(ScratchStack stack)
    {
        stack.Rewind();
        lock (_sync) _idle.Push(stack);
    }
}
