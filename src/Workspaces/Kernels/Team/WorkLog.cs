namespace Workspaces.Kernels.Team;

/// <summary>The multiply-adds and bytes of ops in the order in which they came.</summary>
internal sealed class WorkLog
{
    private readonly object _sync = new();
    private readonly List<(string Op, long MultiplyAdds, long Bytes)> _calls = [];
    private long _multiplyAdds;

    /// <summary>The calls so far.</summary>
    public (string Op, long MultiplyAdds, long Bytes)[] Calls
    {
        get
        {
            lock (_sync) return [.. _calls];
        }
    }

    /// <summary>Adds multiply-adds to the call that runs now.</summary>
    public void Count(long multiplyAdds)
    {
        lock (_sync) _multiplyAdds += multiplyAdds;
    }

    /// <summary>Ends the call that runs now.</summary>
    /// <param name="op">Its op.</param>
    /// <param name="bytes">What it read and wrote.</param>
    public void End(string op, long bytes)
    {
        lock (_sync)
        {
            _calls.Add((op, _multiplyAdds, bytes));
            _multiplyAdds = 0;
        }
    }
}
