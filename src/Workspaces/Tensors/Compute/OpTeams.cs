using Workspaces.Kernels.Team;
using Workspaces.Memory;
using Workspaces.Memory.Passes;

namespace Workspaces.Tensors.Compute;

/// <summary>Which ops are worth another thread.</summary>
internal static class OpTeams
{
    private const long DefaultHelperMinSize = 64 << 10;

    /// <summary>Multiply-adds in the time of a byte: some 100 a nanosecond in registers of 512 bits, some 50 bytes from L2 and L3.</summary>
    private const long MultiplyAddsPerByte = 2;

    /// <summary>How much larger an op must be for waking threads, where that pays over some ops, and for waking them in any case.</summary>
    private const long WakeFactor = 16, SurelyWakeFactor = 128;

    /// <summary>Threads under another third-level cache get what they read of the caller's, line by line, in four times the time: the shares of smaller ops than
    /// this are done sooner where their data lie.
    /// Measured: what counts 2.1 MB loses a twentieth, what counts 2.6 MB gains.</summary>
    private const long FarFactor = 36;

    /// <summary>How much larger an op must be for each byte that one thread of it writes and another reads.</summary>
    private const long FarPerByte = 32;

    /// <summary>
    /// The team for an op; null where a helper is not worth it. An op is as large as the bytes that it touches, and those that could be read while it multiplies.
    /// From <c>HelperMinSize</c> on (by default 64 KiB, 1.3 µs of a core: handing out to a thread that spins takes 0.35 µs) helpers that are awake take part; they
    /// are woken, which takes 10 µs of the caller's time and 50 to 80 until they begin, for ops 16 times as large while that pays, and for those 128 times as
    /// large always; helpers under another third-level cache take part in ops 36 times as large (2.25 MiB) that exchange little, and in those that read little but
    /// weights, because each thread finds its share of them in its own caches.
    /// </summary>
    /// <param name="frame">Where the op computes.</param>
    /// <param name="bytes">What it reads and writes.</param>
    /// <param name="multiplyAdds">What it multiplies, beyond some for each byte.</param>
    /// <param name="ofWeights">True when nearly all bytes are of weights.</param>
    /// <param name="exchanged">Bytes that its threads write for each other.</param>
    internal static KernelTeam? For(Frame frame, long bytes, long multiplyAdds = 0, bool ofWeights = false, long exchanged = 0)
    {
        long least = frame.Workspace?.Configuration.HelperMinSize ?? DefaultHelperMinSize, size = bytes + (multiplyAdds / MultiplyAddsPerByte);
        if (size < least) return null;
        KernelTeam team = Resources(frame.Manager).Team;
        if (team.Threads == 1) return null;
        if (size / WakeFactor < least) return team.WhileAwake;
        if ((size - (exchanged * FarPerByte)) / FarFactor < least && !ofWeights) return team.WhileNear;
        return size / SurelyWakeFactor < least ? team.WhilePaying : team;
    }

    /// <summary>What the ops of a manager's workspaces compute with.</summary>
    internal static ComputeResources Resources(WorkspaceManager manager) => (ComputeResources?)manager.Attachment
        ?? (ComputeResources)manager.AttachOnce(new ComputeResources(new KernelTeam(Math.Min(Environment.ProcessorCount, 1024))));
}
