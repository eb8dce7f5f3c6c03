using System.Diagnostics.CodeAnalysis;
using Workspaces.Memory.Arenas;
using static System.FormattableString;

namespace Workspaces.Memory.Allocators;

/// <summary>The errors of allocators, out of the way of the code that runs often.</summary>
internal static class AllocatorErrors
{
    [DoesNotReturn]
    public static void ThrowNotLive(int node, int liveCount) => throw new InvalidOperationException(
        Invariant($"A block of an arena was freed by its node {node}, which is not that of a live block ({liveCount:N0} blocks are live). ")
        + "It was freed twice or belongs to another arena; free each block once.");

    [DoesNotReturn]
    public static void ThrowStart(long start) => throw new ArgumentOutOfRangeException(
        nameof(start),
        Invariant($"A region of an arena was to start at byte {start:N0}: an arena has bytes 0 to {Arena.MaxReserveBytes:N0}. ")
        + "Start inside it.");
}
