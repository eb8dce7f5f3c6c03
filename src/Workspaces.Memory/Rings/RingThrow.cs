using System.Diagnostics.CodeAnalysis;

namespace Workspaces.Memory.Rings;

/// <summary>The errors of rings.</summary>
internal static class RingThrow
{
    [DoesNotReturn]
    internal static Ring NoRing(Workspace workspace) => throw new WorkspaceException(
        "use the ring", $"workspace '{workspace.DisplayName}'", $"PolicyReset is {workspace.Configuration.PolicyReset}, so it has none",
        $"set Workspaces:{workspace.DisplayName}:PolicyReset to EndOfBufferReached, and StepsNumber to the slots wanted");

    [DoesNotReturn]
    internal static void OtherUse(Workspace workspace, string asked, bool servesPasses) => throw new WorkspaceException(
        asked, $"the ring of workspace '{workspace.DisplayName}'",
        servesPasses ? "passes were entered in it, whose last ones are kept readable in its slots" : "producers have acquired slots of it",
        "use one workspace for passes and another one for producers and consumers");

    [DoesNotReturn]
    internal static void SlotGone(Ring ring, string asked, long sequence, string what) => throw new StaleAccessException(
        asked, $"slot {sequence} of the ring of workspace '{ring.Workspace.DisplayName}'", what,
        "fill a slot between Acquire and Publish, by the one who acquired it");

    [DoesNotReturn]
    internal static void LeaseGone(Ring ring, string asked, long sequence) => throw new StaleAccessException(
        asked, $"the lease of slot {sequence} of the ring of workspace '{ring.Workspace.DisplayName}'",
        "the lease was disposed, and the slot may serve others",
        "read a slot before its lease is disposed, or copy what is to live longer");

    [DoesNotReturn]
    internal static void StillEntered(Ring ring, long sequence) => throw new WorkspaceException(
        "publish a slot", $"slot {sequence} of the ring of workspace '{ring.Workspace.DisplayName}'",
        "its pass is still entered, so what is made next would land in it",
        "dispose the pass first: using (slot.Enter()) { … } and then slot.Publish()");

    [DoesNotReturn]
    internal static void EnteredTwice(Ring ring, long sequence) => throw new WorkspaceException(
        "enter a slot", $"slot {sequence} of the ring of workspace '{ring.Workspace.DisplayName}'", "it is entered already",
        "dispose the pass before entering again, and let one thread fill one slot");

    [DoesNotReturn]
    internal static void Completed(Ring ring, string asked) => throw new WorkspaceException(
        asked, $"the ring of workspace '{ring.Workspace.DisplayName}'",
        $"it was completed after {ring.Acquired} slots", "lease the workspace again for the next run");

    [DoesNotReturn]
    internal static void WaitsForItself(Ring ring, string asked, string remedy) => throw new WorkspaceException(
        asked, $"thread {Environment.CurrentManagedThreadId} at the ring of workspace '{ring.Workspace.DisplayName}'",
        $"all {ring.SlotCount} slots are held by this very thread, so nobody could end the wait", remedy);

    [DoesNotReturn]
    internal static void AllTaken(Ring ring, string asked) => throw new WorkspaceException(
        asked, $"the ring of workspace '{ring.Workspace.DisplayName}'", $"all {ring.SlotCount} slots are held, and PolicySpill is Fail",
        $"dispose leases earlier, raise Workspaces:{ring.Workspace.DisplayName}:StepsNumber, or set PolicySpill to Reallocate or External");

    [DoesNotReturn]
    internal static void NotKept(Workspace workspace) => throw new StaleAccessException(
        "hold a pass", $"the ring of workspace '{workspace.DisplayName}'", "it is no pass of this ring, or its slot has been taken by a later one",
        "hold a pass entered directly in the ring's workspace, while it is open or among the last StepsNumber - 1");

    [DoesNotReturn]
    internal static void Ended(Ring ring, string asked) => throw new ObjectDisposedException(
        ring.Workspace.DisplayName,
        WorkspaceException.Compose(
            asked, $"the ring of workspace '{ring.Workspace.DisplayName}'",
        "the lease of its workspace has ended", "stop producers and consumers before the workspace is disposed"));

    [DoesNotReturn]
    internal static void DefaultHandle(string asked) => throw new StaleAccessException(
        asked, "a default handle of a ring", "it was never acquired or taken (default value of the struct)", "get it from Ring.Acquire or Ring.Take");
}
