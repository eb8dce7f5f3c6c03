using System.Diagnostics.CodeAnalysis;
using Workspaces.Memory.Allocators;
using static System.FormattableString;

namespace Workspaces.Memory.Arenas;

/// <summary>The errors of arenas, out of the way of the code that runs often.</summary>
internal static class ArenaErrors
{
    [DoesNotReturn]
    internal static void ThrowPagesNotGiven(long bytes, string reason) => throw new OutOfWorkspaceException(
        $"make {bytes} bytes of dead pages usable again", "a workspace with Checks Protect", $"the system refused: {reason}",
        "raise the limit of maps for each process (Linux: vm.max_map_count), or set Checks to Element");

    [DoesNotReturn]
    public static void ThrowReserveSize(long bytes) => throw new ArgumentOutOfRangeException(
        nameof(bytes),
        Invariant($"An arena of {bytes:N0} bytes of address space was asked for: it can hold 1 to {Arena.MaxReserveBytes:N0} bytes. ")
        + "Give a size inside that range, or use several workspaces.");

    [DoesNotReturn]
    public static void ThrowReserveRefused(long asked, long smallest, string system, int error) => throw new AllocationException(
        Invariant($"reserve {asked:N0} bytes of address space"),
        "an arena",
        Invariant($"{system} refused that and every half of it down to {smallest:N0} bytes: {VirtualMemory.Describe(error)}"),
        "raise the limit of address space (ulimit -v, container or job limits), or reserve less",
        asked);

    [DoesNotReturn]
    public static void ThrowTouchRange(long end, long usable) => throw new ArgumentOutOfRangeException(
        nameof(end),
        Invariant($"First touch up to byte {end:N0} was asked of an arena with {usable:N0} usable bytes. Call TryCommit first."));

    [DoesNotReturn]
    public static void ThrowProtectRange(long from, long to, long usable) => throw new ArgumentOutOfRangeException(
        nameof(from),
        Invariant($"A change of access to bytes {from:N0} to {to:N0} was asked of an arena with {usable:N0} usable bytes. ")
        + "Give an ordered range inside the usable bytes.");
}
