using Workspaces.Kernels.Team;
using Workspaces.Memory;
using Workspaces.Ops;

namespace Workspaces.Diagnostics;

/// <summary>
/// Counts the multiply-adds and the bytes of passes that are traced on shapes alone (see <c>ShapeTrace</c>) while it is open: what a machine would
/// have to do at least. Passes that compute are not counted, and cost nothing more.
/// </summary>
public sealed class WorkMeter : IDisposable
{
    private readonly WorkLog _log = new();
    private readonly WorkspaceManager _manager;

    /// <summary>Begins to count the traced ops of a manager's workspaces.</summary>
    /// <param name="manager">The manager.</param>
    /// <exception cref="WorkspaceException">Another meter is open there.</exception>
    public WorkMeter(WorkspaceManager manager)
    {
        ArgumentNullException.ThrowIfNull(manager);
        _manager = manager;
        ComputeResources resources = ComputeTeams.Resources(manager);
        if (resources.Log is not null)
            throw new WorkspaceException(
                "count the work of traced passes", nameof(WorkMeter), "1 meter of this manager is open already", "dispose that one first");
        resources.Log = _log;
    }

    /// <summary>The calls so far, in order.</summary>
    public IReadOnlyList<OpWork> Ops => Array.ConvertAll(_log.Calls, static call => new OpWork(call.Op, call.MultiplyAdds, call.Bytes));

    /// <summary>Ends counting.</summary>
    public void Dispose()
    {
        if (_manager.Attachment is ComputeResources resources && ReferenceEquals(resources.Log, _log)) resources.Log = null;
    }
}
