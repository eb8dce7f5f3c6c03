using System.Diagnostics.CodeAnalysis;
using static System.FormattableString;

namespace Workspaces.Memory.Simulation;

/// <summary>The errors of replays, out of the way of the code that runs often.</summary>
internal static class SimulationErrors
{
    [DoesNotReturn]
    internal static void ThrowTooManyBuffers(int count, int most) => throw new ArgumentException(WorkspaceException.Compose(
        Invariant($"replay {count:N0} buffers"), nameof(TraceSchedule), Invariant($"a schedule has at most {most:N0}"), "replay a part of the trace"));

    [DoesNotReturn]
    internal static void ThrowUnknown(string name, IEnumerable<string> known) => throw new ArgumentException(WorkspaceException.Compose(
        $"replay with '{name}'", "the choice of an allocator", $"the allocators are {string.Join(", ", known)}", "choose one of these"));

    [DoesNotReturn]
    internal static void ThrowCap(long cap) => throw new ArgumentOutOfRangeException(nameof(cap), WorkspaceException.Compose(
        Invariant($"replay under a cap of {cap} bytes"), "the choice of an allocator", "a cap is 0 or more bytes", "give a cap in bytes"));

    [DoesNotReturn]
    internal static void ThrowTooMuchMemory(string allocator, long bytes, long available) => throw new WorkspaceException(
        "replay with real memory", allocator,
        Invariant($"{bytes:N0} bytes would be live at once, and this process may use {available:N0}"),
        "give a cap below that, or choose an allocator that only simulates");

    [DoesNotReturn]
    internal static void ThrowOutOfRange(string allocator, long bytes, long range) => throw new WorkspaceException(
        "replay a trace", allocator,
        Invariant($"{bytes:N0} bytes would be live at once, and it addresses 2^32 alignments, here {range:N0} bytes"),
        "give a cap below that, a larger alignment, or choose another allocator");

    [DoesNotReturn]
    internal static void ThrowArrayTooLong(string allocator, long bytes) => throw new WorkspaceException(
        Invariant($"replay a request of {bytes:N0} bytes"), allocator,
        Invariant($"an array has at most {Array.MaxLength:N0} bytes"),
        "give a cap below that, or choose another allocator");

    [DoesNotReturn]
    internal static void ThrowInvalid(string allocator, string flaw) => throw new InvalidOperationException(WorkspaceException.Compose(
        "replay a trace", allocator, flaw, "report this defect with the trace"));
}
