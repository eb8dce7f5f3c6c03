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
                if (Of(manager).Threads != value) manager.ReplaceAttachment(new KernelTeam(value));
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

    private static KernelTeam Of(WorkspaceManager manager) =>
        (KernelTeam?)manager.Attachment ?? (KernelTeam)manager.AttachOnce(new KernelTeam(Math.Min(Environment.ProcessorCount, 1024)));
}
