using Workspaces.Kernels.Team;
using Workspaces.Memory;
using Workspaces.Memory.Passes;

namespace Workspaces.Ops;

/// <summary>The threads that kernels of one manager's workspaces run on.</summary>
public static class ComputeTeams
{
    extension(WorkspaceManager manager)
    {
        /// <summary>Threads that one kernel may use, the calling one included. Default: the number of processors. Set it while no op runs.</summary>
        /// <exception cref="ArgumentOutOfRangeException">Below 1 or above 1024.</exception>
        public int KernelThreads
        {
            get => Of(manager).Threads;
            set
            {
                ComputeResources known = Resources(manager);
                if (known.Team.Threads != value) manager.ReplaceAttachment(new ComputeResources(new KernelTeam(value)) { Log = known.Log });
            }
        }
    }

    /// <summary>The team for an op that touches so many bytes; null when waking helpers is not worth it (<c>HelperMinSize</c>).</summary>
    internal static KernelTeam? For(Frame frame, long bytes)
    {
        long least = frame.Workspace?.Configuration.HelperMinSize ?? DefaultHelperMinSize;
        if (bytes < least) return null;
        KernelTeam team = Of(frame.Manager);
        return team.Threads > 1 ? team : null;
    }

    private const long DefaultHelperMinSize = 64 << 10;

    /// <summary>What the ops of a manager's workspaces compute with.</summary>
    internal static ComputeResources Resources(WorkspaceManager manager) => (ComputeResources?)manager.Attachment
        ?? (ComputeResources)manager.AttachOnce(new ComputeResources(new KernelTeam(Math.Min(Environment.ProcessorCount, 1024))));

    private static KernelTeam Of(WorkspaceManager manager) => Resources(manager).Team;
}
