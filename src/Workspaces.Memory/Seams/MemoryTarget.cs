using Workspaces.Memory.Passes;

namespace Workspaces.Memory.Seams;

/// <summary>Where a pool or writer takes its memory: the ambient pass, the innermost pass of a workspace, or one pass.</summary>
internal readonly struct MemoryTarget
{
    private readonly Workspace? _workspace;
    private readonly Pass? _pass;

    internal MemoryTarget(Workspace workspace)
    {
        ArgumentNullException.ThrowIfNull(workspace);
        _workspace = workspace;
    }

    internal MemoryTarget(Pass pass)
    {
        pass.Checked("take memory of it");
        _pass = pass;
    }

    /// <summary>The frame to allocate in now; outside every workspace that of persistent memory.</summary>
    internal Frame Frame => _workspace is { } workspace ? workspace.MemoryManager.Frame
        : _pass is { } pass ? pass.Checked("allocate memory")
        : Ambient.Current ?? WorkspaceManager.Default.Persistent.State;
}
