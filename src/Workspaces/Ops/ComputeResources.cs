using Workspaces.Diagnostics;
using Workspaces.Kernels.Team;

namespace Workspaces.Ops;

/// <summary>What the ops of one manager's workspaces compute with; kept by the manager and disposed with it.</summary>
internal sealed class ComputeResources(KernelTeam team) : IDisposable
{
    /// <summary>The threads.</summary>
    internal KernelTeam Team { get; } = team;

    /// <summary>What counts the work of passes that are traced on shapes alone, or null.</summary>
    internal WorkMeter? Meter { get; set; }

    public void Dispose() => Team.Dispose();
}
