namespace Workspaces.Kernels.Team;

/// <summary>What kernels of one owner run with: its threads, and where the work that they would do is written down.</summary>
internal sealed class ComputeResources(KernelTeam team) : IDisposable
{
    private volatile WorkLog? _log;

    /// <summary>The threads.</summary>
    public KernelTeam Team { get; } = team;

    /// <summary>The log of work that is traced on shapes alone, or null.</summary>
    public WorkLog? Log
    {
        get => _log;
        set => _log = value;
    }

    /// <inheritdoc/>
    public void Dispose() => Team.Dispose();
}
