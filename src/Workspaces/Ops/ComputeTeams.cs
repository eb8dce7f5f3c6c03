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

    /// <summary>
    /// The team for an op; null where a helper is not worth it. An op is as large as the bytes that it touches, and those that could be read while it multiplies.
    /// From <c>HelperMinSize</c> on (by default 64 KiB, 1.3 µs of a core: handing out to a thread that spins takes 0.35 µs) helpers that are awake take part; they
    /// are woken, which takes 10 µs and some of the caller's time, for ops 16 times as large.
    /// </summary>
    /// <param name="frame">Where the op computes.</param>
    /// <param name="bytes">What it reads and writes.</param>
    /// <param name="multiplyAdds">What it multiplies, beyond some for each byte.</param>
    internal static KernelTeam? For(Frame frame, long bytes, long multiplyAdds = 0)
    {
        long least = frame.Workspace?.Configuration.HelperMinSize ?? DefaultHelperMinSize, size = bytes + (multiplyAdds / MultiplyAddsPerByte);
        if (size < least) return null;
        KernelTeam team = Of(frame.Manager);
        if (team.Threads == 1) return null;
        return size / WakeFactor < least ? team.WhileAwake : team;
    }

    private const long DefaultHelperMinSize = 64 << 10;

    /// <summary>Multiply-adds in the time of a byte: some 100 a nanosecond in registers of 512 bits, some 50 bytes from L2 and L3.</summary>
    private const long MultiplyAddsPerByte = 2;

    private const long WakeFactor = 16;

    /// <summary>What the ops of a manager's workspaces compute with.</summary>
    internal static ComputeResources Resources(WorkspaceManager manager) => (ComputeResources?)manager.Attachment
        ?? (ComputeResources)manager.AttachOnce(new ComputeResources(new KernelTeam(Math.Min(Environment.ProcessorCount, 1024))));

    private static KernelTeam Of(WorkspaceManager manager) => Resources(manager).Team;
}
