using Workspaces.Memory.Arenas;

namespace Workspaces.Tests.Budgets;

/// <summary>The system's memory, which counts what it has really given, apart from all books, and notes the most that it ever was.</summary>
internal sealed class CountingVirtualMemory : VirtualMemory
{
    private readonly Lock _sync = new();
    private readonly Dictionary<nint, (AddressRange Range, long Committed)> _ranges = [];
    private long _committed;
    private long _peak;

    public override string Name => "A counting system";

    public long Committed => Interlocked.Read(ref _committed);

    public long Peak
    {
        get
        {
            lock (_sync) return _peak;
        }
    }

    public long Commits { get; private set; }

    public override int Reserve(long bytes, long alignment, out AddressRange range)
    {
        int error = Current.Reserve(bytes, alignment, out range);
        if (error != 0) return error;
        lock (_sync) _ranges.Add(range.Start, (range, 0));
        return 0;
    }

    public override int Commit(nint address, long bytes)
    {
        lock (_sync)
        {
            Commits++;
            Count(address, bytes);
            return Current.Commit(address, bytes);
        }
    }

    public override int Decommit(nint address, long bytes)
    {
        lock (_sync)
        {
            int error = Current.Decommit(address, bytes);
            if (error == 0) Count(address, -bytes);
            return error;
        }
    }

    public override int Release(in AddressRange range)
    {
        lock (_sync)
        {
            int error = Current.Release(in range);
            if (_ranges.Remove(range.Start, out (AddressRange Range, long Committed) known)) _committed -= known.Committed;
            return error;
        }
    }

    public override int Protect(nint address, long bytes, PageAccess access) => Current.Protect(address, bytes, access);

    public override int AdviseHugePages(nint address, long bytes) => Current.AdviseHugePages(address, bytes);

    public override int DoNotFork(in AddressRange range) => Current.DoNotFork(in range);

    private void Count(nint address, long bytes)
    {
        foreach ((nint start, (AddressRange range, long committed)) in _ranges)
        {
            if (address < start || address >= start + (nint)range.Bytes) continue;
            _ranges[start] = (range, committed + bytes);
            Interlocked.Add(ref _committed, bytes);
            _peak = Math.Max(_peak, _committed);
            return;
        }

        throw new InvalidOperationException("A commit outside every range.");
    }
}
