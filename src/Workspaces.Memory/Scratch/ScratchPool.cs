using Workspaces.Memory.Arenas;
using Workspaces.Memory.Budgets;
using Workspaces.Memory.Tracking;

namespace Workspaces.Memory.Scratch;

/// <summary>
/// Scratch of kernels (packed panels, partial sums): stacks that bump forward inside an op and rewind at its end. One stack serves one op at a time; there
/// are as many as ops ever ran at once, and none belongs to a thread.
/// </summary>
public sealed class ScratchPool
{
    private const long Reserve = 16L << 30;
    private const int MostTurns = 200;
    private readonly object _sync = new();
    private readonly WorkspaceManager? _manager;
    private readonly MemoryBudget? _budget;
    private readonly Stack<ScratchStack> _idle = new();
    private readonly List<ScratchStack> _all = [];
    private readonly WorkspaceConfiguration _configuration;
    private bool _disposed;

    internal ScratchPool(WorkspaceConfiguration? configuration = null, WorkspaceManager? manager = null)
    {
        _configuration = configuration ?? new WorkspaceConfiguration { Name = "scratch" };
        _manager = manager;
        _budget = manager?.NewBudget("scratch");
    }

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

    /// <summary>Frees all stacks, those of ops that still run when they end; the manager does it.</summary>
    internal void Close()
    {
        lock (_sync)
        {
            _disposed = true;
            while (_idle.TryPop(out ScratchStack? stack)) Free(stack);
        }
    }

    /// <summary>Takes a stack for the op that runs now.</summary>
    internal ScratchLease Rent()
    {
        lock (_sync)
        {
            if (_disposed) Throw.UsedAfterDispose(nameof(ScratchPool), "take scratch for an op", "compute before the manager is disposed");
            if (!_idle.TryPop(out ScratchStack? stack))
            {
                long reserve = _configuration.MaxSize > 0 ? Math.Min(_configuration.MaxSize, Reserve) : Reserve;
                VirtualMemory pages = _manager?.Surroundings.Pages ?? VirtualMemory.Current;
                stack = new ScratchStack(this, _configuration, new Arena(reserve, Arena.DefaultMinimumReserveBytes, pages, _budget));
                _all.Add(stack);
            }

            stack.IsRented = true;
            return new ScratchLease(this, stack);
        }
    }

    /// <summary>Takes a stack back; a second call does nothing.</summary>
    internal void Return(ScratchStack stack)
    {
        lock (_sync)
        {
            if (!stack.IsRented) return;
            stack.IsRented = false;
            stack.Rewind();
            if (_disposed) Free(stack);
            else _idle.Push(stack);
        }
    }

    /// <summary>Commits pages of a stack if the cap over all stacks allows; idle ones give theirs back before it refuses.</summary>
    internal bool TryCommit(ScratchStack asking, long end, long wanted)
    {
        for (int turn = 0; turn < MostTurns; turn++)
        {
            CommitStatus status = TryCommitOnce(asking, end, wanted);
            if (status != CommitStatus.PastBudget) return status == CommitStatus.Committed;
            if (_manager!.Reclaim(_budget!, asking.MissingBytes(end), null) == ReclaimOutcome.Nothing) return false;
        }

        return false;
    }

    /// <summary>Throws when it was the manager's limit or a quota that refused the last pages.</summary>
    internal void ThrowIfPastBudget(long end)
    {
        if (_budget?.LastRefusal is { } full) BudgetErrors.Throw($"take scratch up to {end} bytes", "a kernel, from workspace 'scratch'", full, _manager!);
    }

    private CommitStatus TryCommitOnce(ScratchStack asking, long end, long wanted)
    {
        lock (_sync)
        {
            if (LimitOf(asking) < end)
            {
                foreach (ScratchStack stack in _idle) stack.Trim(0);
            }

            return asking.TryCommit(end, wanted, LimitOf(asking));
        }
    }

    private long LimitOf(ScratchStack asking)
    {
        if (_configuration.MaxSize == 0) return long.MaxValue;
        long limit = _configuration.MaxSize;
        foreach (ScratchStack stack in _all)
        {
            if (!ReferenceEquals(stack, asking)) limit -= stack.UsableBytes;
        }

        return limit;
    }

    private void Free(ScratchStack stack)
    {
        stack.Dispose();
        _all.Remove(stack);
    }
}
