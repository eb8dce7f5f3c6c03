using Workspaces.Memory.Passes;
using Workspaces.Memory.Rings;

namespace Workspaces.Memory.Tracking;

/// <summary>The texts of the core's findings, four parts each.</summary>
internal static class Findings
{
    internal static string OutOfOrder(Frame outer, Frame inner) => WorkspaceException.Compose(
        "keep inner scopes open beyond an outer one", $"pass {outer.PassNumber} of workspace '{outer.Name}'",
        $"pass {inner.PassNumber} of workspace '{inner.Name}' was still open inside it and was closed with it",
        "dispose scopes in the reverse order of entering them, best by using declarations");

    internal static string LaneNotJoined(Frame frame, int lane) => WorkspaceException.Compose(
        "keep a lane open beyond its fork", $"pass {frame.PassNumber} of workspace '{frame.Name}'",
        $"lane {lane} was still open and was closed with its fork",
        "dispose each lane's pass in its branch, and wait for all branches before disposing the lanes");

    internal static string OpInFlight(Frame frame) => WorkspaceException.Compose(
        "end a pass while an op runs on its tensors", $"pass {frame.PassNumber} of workspace '{frame.Name}'",
        $"{Volatile.Read(ref frame.OpenOps)} ops were in flight on other threads; the memory of the pass is set aside until they end",
        "wait for the tasks of a pass before it ends");

    internal static string LeaseNotDisposed(Workspace workspace) => WorkspaceException.Compose(
        "dispose the manager of an open workspace", $"workspace '{workspace.DisplayName}'",
        $"its lease was open after {workspace.PassCount} passes", "dispose workspaces before their manager, best by using declarations");

    internal static string NoDevice(WorkspaceConfiguration configuration) => WorkspaceException.Compose(
        "mirror memory on a device", $"workspace '{configuration.Name ?? "(unnamed)"}'",
        "this version knows no device; HelperAllowFallback is true, so PolicyMirroring runs as HostOnly",
        "nothing has to be done; write PolicyMirroring = HostOnly to say so, or HelperAllowFallback = false to have an error instead");

    internal static string PersistentNotDisposed(long count, long bytes) => WorkspaceException.Compose(
        "dispose the manager of live persistent tensors", "memory made outside every workspace",
        $"{count} blocks with {bytes} bytes were alive", "dispose tensors and modules made outside a workspace, or make them inside one");

    internal static string RingSpilled(Ring ring) => WorkspaceException.Compose(
        "serve a slot at once", $"the ring of workspace '{ring.Workspace.DisplayName}'", $"all {ring.SlotCount} slots were held, so memory outside the ring served",
        $"dispose leases earlier, or raise Workspaces:{ring.Workspace.DisplayName}:StepsNumber");

    internal static string RingSlotsOpen(Ring ring, int held) => WorkspaceException.Compose(
        "dispose the workspace of a ring in use", $"the ring of workspace '{ring.Workspace.DisplayName}'",
        $"{held} of {ring.SlotCount} slots were being filled or read, and what is in them is stale now", "stop producers and dispose leases first");
}
