using Workspaces.Memory;
using Workspaces.Ops;

namespace Workspaces.Diagnostics;

/// <summary>
/// Counts the multiply-adds and the bytes of passes that are traced on shapes alone (see <see cref="Train.ShapeTrace"/>) while it is open: what a machine would
/// have to do at least. Passes that compute are not counted, and cost nothing more.
/// </summary>
public sealed class WorkMeter : IDisposable
{
    private readonly Lock _sync = new();
    private readonly List<OpWork> _ops = [];
    private readonly WorkspaceManager _manager;
    private long _pending;

    /// <summary>Begins to count the traced ops of a manager's workspaces.</summary>
    /// <param name="manager">The manager.</param>
    /// <exception cref="WorkspaceException">Another meter is open there.</exception>
    public WorkMeter(WorkspaceManager manager)
    {
        ArgumentNullException.ThrowIfNull(manager);
        _resources = ComputeTeams.Resources(manager);
        if (_resources.Meter is not null)
            throw new WorkspaceException(
                "count the work of traced passes", nameof(WorkMeter), "1 meter of this manager is open already", "dispose that one first");
        _resources.Meter = this;
    }

    /// <summary>The calls so far, in order.</summary>
    public IReadOnlyList<OpWork> Ops
    {
        get
        {
            lock (_sync) return [.. _ops];
        }
    }

    /// <summary>Ends counting.</summary>
    public void Dispose()
    {
        if (ReferenceEquals(_resources.Meter, this)) _resources.Meter = null;
    }

    /// <summary>Adds to the op that runs now; it ends with the call that counts its bytes.</summary>
    internal void Add(string op, long multiplyAdds, long bytes, int calls)
    {
        lock (_sync)
        {
            _pending += multiplyAdds;
            if (calls == 0) return;
            _ops.Add(new OpWork(op, _pending, bytes));
            _pending = 0;
        }
    }
}
