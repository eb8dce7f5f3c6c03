using Workspaces.Memory.Telemetry;
using Workspaces.Memory.Tracking;

namespace Workspaces.Memory;

/// <summary>What a manager tells to those who watch.</summary>
public sealed partial class WorkspaceManager
{
    private readonly NoteLog _notes = new();

    /// <summary>Who listens to events. Kept here, because a field of an object costs less to look at than one that its class may still have to make.</summary>
    internal readonly WorkspaceEventSource Events = WorkspaceEventSource.Log;

    /// <summary>True when meters and events see this manager: not one that computes nothing.</summary>
    internal bool IsWatched => Configuration.Telemetry && !ShapesOnly;

    /// <summary>The memory that names share, or null when none do.</summary>
    internal MemoryReport? SharedMemory
    {
        get
        {
            lock (_sync) return _shared?.Memory.Report();
        }
    }

    /// <summary>True when somebody hears of the pass.</summary>
    internal bool WantsNote(in PassReport pass) =>
        Events.IsEnabled() || (pass is not { Deviations: 0, SpilledRequests: 0 } && _findings.HasObservers);

    internal void QueueNote(in PassReport pass) => _notes.Queue(pass);

    /// <summary>Plans are made seldom: they are always told of.</summary>
    internal void QueueNote(PlanReport plan) => _notes.Queue(plan);
}
