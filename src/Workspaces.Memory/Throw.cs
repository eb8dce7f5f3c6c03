using System.Diagnostics.CodeAnalysis;
using Workspaces.Memory.Passes;

namespace Workspaces.Memory;

/// <summary>The errors of the memory core, kept apart so that hot paths stay small.</summary>
internal static class Throw
{
    [DoesNotReturn]
    internal static void BadSize(Frame frame, in BlockRequest request) => throw new WorkspaceException(
        $"allocate {request.Bytes} bytes", By(frame, request.Op), $"a block may have 0 to {Granule.MaxRequest} bytes",
        "check the product of the dimensions and the element size for overflow or a negative dimension");

    [DoesNotReturn]
    internal static BlockHeader PassEnded(Frame frame, string? op) => throw new StaleAccessException(
        "allocate memory", By(frame, op), $"pass {frame.PassNumber} has ended",
        "allocate between Enter and Dispose of the pass, or enter another pass");

    [DoesNotReturn]
    internal static void Straggler(Frame frame) => throw new StaleAccessException(
        "use the ambient pass", $"thread {Environment.CurrentManagedThreadId} in the flow of workspace '{frame.Name}'",
        frame.IsOpen
            ? $"the pass that this flow was started in has ended; pass {frame.PassNumber} is open now and belongs to another flow"
            : $"pass {frame.PassNumber} has ended, and this flow has outlived it",
        "await the task before the pass ends, or let the task enter a workspace of its own");

    [DoesNotReturn]
    internal static void OutOfMemory(Frame frame, in BlockRequest request, Allocators.AllocationException? refusal = null)
    {
        Workspace? workspace = frame.Workspace;
        if ((workspace?.Arenas.Budget ?? frame.Manager.Persistent.Budget).LastRefusal is { } full)
            Budgets.BudgetErrors.Throw($"allocate {request.Bytes} bytes", By(frame, request.Op), full, frame.Manager);
        Tracking.MemoryReport memory = workspace?.Memory ?? frame.Manager.Persistent.Memory;
        long max = workspace?.Configuration.MaxSize ?? 0;
        string limit = max > 0 ? $"MaxSize is {max} bytes" : "the system or the arena's address range refused more";
        if (refusal is not null) RefusedByAllocator(frame, request, refusal, memory.External);
        string? spill = workspace?.Arenas.SpillProblem;
        if (spill is not null) Refused(frame, request, $"{memory.Allocated} bytes are live, {memory.Committed} committed, {limit}, and {spill}");
        throw new OutOfWorkspaceException(
            $"allocate {request.Bytes} bytes", By(frame, request.Op),
            $"{memory.Allocated} bytes are live, {memory.Committed} committed, {limit}",
            max > 0
                ? $"raise Workspaces:{frame.Name}:MaxSize, use smaller batches, or dispose tensors earlier; smaller requests still succeed"
                : "use smaller batches or dispose tensors earlier; smaller requests still succeed");
    }

    /// <summary>The cap is reached, and what lies beyond it cannot be had either.</summary>
    [DoesNotReturn]
    private static void Refused(Frame frame, in BlockRequest request, string numbers) => throw new OutOfWorkspaceException(
        $"allocate {request.Bytes} bytes", By(frame, request.Op), numbers,
        $"free space there, name a folder on another disk in Workspaces:{frame.Name}:TempFilePath, raise Workspaces:{frame.Name}:MaxSize, or use smaller batches; "
        + "smaller requests still succeed");

    [DoesNotReturn]
    private static void RefusedByAllocator(Frame frame, in BlockRequest request, Allocators.AllocationException refusal, long live) =>
        throw new OutOfWorkspaceException(
            $"allocate {request.Bytes} bytes", By(frame, request.Op),
            $"{live} bytes of own blocks are live; the allocator {refusal.By} refused: {refusal.Numbers}", $"{refusal.Remedy}; smaller requests may still succeed",
            refusal);

    [DoesNotReturn]
    internal static void BirthsUsedUp(Frame frame) => throw new WorkspaceException(
        "open a pass", $"workspace '{frame.Name}'", "its passes have handed out nearly 2^48 blocks, and every block has a number of its own",
        "dispose the workspace, destroy its name, and create it again");

    [DoesNotReturn]
    internal static void TooManyFrames(Workspace workspace) => throw new WorkspaceException(
        "make another nested pass, lane or batch slot", $"workspace '{workspace.DisplayName}'", "it has 65,535, and the numbers of their blocks would meet",
        "fork into fewer lanes, e.g. one for each core");

    [DoesNotReturn]
    internal static void Disposed(Workspace workspace, string asked) => throw new ObjectDisposedException(
        workspace.DisplayName,
        WorkspaceException.Compose(
            asked, $"workspace '{workspace.DisplayName}'", $"its lease has ended after {workspace.PassCount} passes",
            "create it again with WorkspaceManager.Create; a named workspace keeps its memory meanwhile"));

    [DoesNotReturn]
    internal static void UsedAfterDispose(string owner, string asked, string remedy) =>
        throw new ObjectDisposedException(owner, WorkspaceException.Compose(asked, owner, "it was disposed", remedy));

    [DoesNotReturn]
    internal static void OtherFlow(Workspace workspace, long openPass) => throw new WorkspaceException(
        "enter a pass", $"workspace '{workspace.DisplayName}'",
        $"pass {openPass} is open in another flow, which this one is not inside of",
        "create (lease) the workspace by the same name in this flow: it gets its own arena and shares what was learned; for parallel branches of one pass use "
        + "pass.Fork(n); if the pass was entered in an async method that has returned, dispose it there");

    [DoesNotReturn]
    internal static Frame OtherFlowOf(Workspace workspace, long openPass)
    {
        OtherFlow(workspace, openPass);
        return null!;
    }

    [DoesNotReturn]
    internal static void OuterPassGone(Workspace workspace) => throw new WorkspaceException(
        "enter a pass", $"workspace '{workspace.DisplayName}'",
        "its implicit outer pass was closed, because a scope that it was created in was disposed first",
        "dispose workspaces in the reverse order of creating them, best by using declarations; then create this one again");

    [DoesNotReturn]
    internal static void PassClosed(string asked, long pass, string workspace) => throw new StaleAccessException(
        asked, $"pass {pass} of workspace '{workspace}'", "the pass has ended", "do it before the pass is disposed");

    /// <summary>Throws, unless the block's workspace wants no checks and the handle can be let through.</summary>
    internal static void StaleBlock(BlockHeader header, ulong generation, string asked)
    {
        if (header.Frame.Overlooks(header, generation)) return;
        WorkspaceManager.NoteLateUse(header, generation);
        throw new StaleAccessException(
            asked, DescribeBlock(header, generation), DescribeLife(header, generation) + header.Frame.DescribeSites(header, generation),
            LateUseRemedy(header, generation) ?? "use it before it is released and before its pass ends, or copy it to memory that lives longer");
    }

    [DoesNotReturn]
    internal static void DefaultHandle(string asked) => throw new StaleAccessException(
        asked, "a default handle", "it was never allocated (default value of the struct)", "allocate it from a workspace first");

    /// <summary>What to do about a block that its last use ended, else null. Being asked for it gives the block a longer life in the next plan.</summary>
    internal static string? LateUseRemedy(BlockHeader header, ulong generation)
    {
        if (!EndedByLastUse(header, generation)) return null;
        header.Frame.NoteLateUse(header, generation);
        return "call Keep() on it where it is made, or set Lifetimes to Released; the next plan keeps it to the end of the pass";
    }

    internal static string DescribeLife(BlockHeader header, ulong generation)
    {
        Frame frame = header.Frame;
        string where = $"workspace '{frame.Name}'";
        if (generation <= frame.Floor)
        {
            return frame.IsPersistent ? $"its manager, owner of {where}, was disposed"
                : $"its pass in {where} has ended ({Born(header, generation)}last pass: {frame.PassNumber})";
        }

        if (EndedByLastUse(header, generation))
            return $"Lifetimes is LastUse, and it was used as often as in the passes that the plan of {where} was made from";
        return header.Birth == generation
            ? $"it was released in pass {header.BirthPass} of {where}, where it was born"
            : $"it was released in pass {frame.PassNumber} of {where}, and its header serves block {header.Birth} now (handle: {generation})";
    }

    /// <summary>What can still be said of a block whose header serves another by now: "block 17 (48 bytes made by Ones)".</summary>
    internal static string DescribeLost(BlockHeader header, ulong generation, string kind) =>
        header.Frame.Lost(generation) is { } lost ? $"{kind} {generation} ({lost.Bytes} bytes made by {lost.Op ?? "the caller"})" : $"{kind} {generation}";

    private static string Born(BlockHeader header, ulong generation) =>
        header.Birth != generation && header.Frame.PassOf(generation) is > 0 and long pass ? $"born in pass {pass}, ended with it; " : "";

    private static bool EndedByLastUse(BlockHeader header, ulong generation) =>
        header.Birth == generation && header.LastUse == LastUseState.Ended && generation > header.Frame.Floor;

    internal static string DescribeBlock(BlockHeader header, ulong generation) =>
        header.Birth == generation
            ? $"a block of {header.Bytes} bytes made by {header.Op ?? "the caller"}{(header.BirthPass > 0 ? $" in pass {header.BirthPass}" : "")}"
            : DescribeLost(header, generation, "block");

    private static string By(Frame frame, string? op) =>
        $"{op ?? "the caller"} in pass {frame.PassNumber} of workspace '{frame.Name}'";
}
