using Workspaces.Kernels.Team;
using Workspaces.Memory;
using Workspaces.Memory.Passes;
using Workspaces.Tensors.Compute;

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
            get
            {
                ArgumentNullException.ThrowIfNull(manager);
                return Of(manager).Threads;
            }

            set
            {
                ArgumentNullException.ThrowIfNull(manager);
                ComputeResources known = Resources(manager);
                if (known.Team.Threads != value) manager.ReplaceAttachment(new ComputeResources(new KernelTeam(value)) { Log = known.Log });
            }
        }
    }

    /// <inheritdoc cref="OpTeams.For"/>
    internal static KernelTeam? For(Frame frame, long bytes, long multiplyAdds = 0, bool ofWeights = false, long exchanged = 0) =>
        OpTeams.For(frame, bytes, multiplyAdds, ofWeights, exchanged);

    /// <inheritdoc cref="OpTeams.Resources"/>
    internal static ComputeResources Resources(WorkspaceManager manager) => OpTeams.Resources(manager);

    private static KernelTeam Of(WorkspaceManager manager) => Resources(manager).Team;
}
