using Workspaces.Memory.Passes;

namespace Workspaces.Memory;

/// <summary>Modes that hold for the whole manager, and the memory that names share.</summary>
public sealed partial class WorkspaceManager
{
    private SharedMemory? _shared;

    /// <summary>The one memory of all workspaces with <see cref="WorkspaceMode.Single"/>; the first of them makes it.</summary>
    internal WorkspaceMemory Share(Workspace workspace)
    {
        lock (_sync)
        {
            _shared ??= new SharedMemory(workspace);
            _shared.Add(workspace);
            return _shared.Memory;
        }
    }

    /// <summary>A workspace gives up the shared memory, which goes with the last one; false while an op still runs on it.</summary>
    internal bool TryUnshare(Workspace workspace)
    {
        lock (_sync)
        {
            if (_shared is not { } shared) return true;
            if (!shared.TryRemove(workspace)) return false;
            if (shared.IsEmpty) _shared = null;
            return true;
        }
    }

    /// <summary>The configuration with the modes that hold for the whole manager. Passing every request on is having no workspace at all.</summary>
    private WorkspaceConfiguration Effective(WorkspaceConfiguration configuration)
    {
        DebugMode debug = Configuration.DebugMode == DebugMode.Disabled ? configuration.DebugMode : Configuration.DebugMode;
        WorkspaceMode mode = Configuration.WorkspaceMode == WorkspaceMode.Enabled ? configuration.WorkspaceMode : Configuration.WorkspaceMode;
        if (debug == DebugMode.BypassEverything) mode = WorkspaceMode.None;
        if (debug == configuration.DebugMode && mode == configuration.WorkspaceMode) return configuration;
        WorkspaceConfiguration effective = configuration with { DebugMode = debug, WorkspaceMode = mode };
        if (debug == DebugMode.SpillEverything) effective.ThrowIfInvalid();
        return effective;
    }
}
