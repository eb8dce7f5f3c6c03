using Workspaces.Memory.Passes;

namespace Workspaces.Memory.Tracking;

/// <summary>The texts of what the leak detector has to say, four parts each.</summary>
internal static class LeakFindings
{
    internal static Finding NotClosed(Workspace workspace, bool abandoned) => Warning(
        FindingCodes.WorkspaceNotClosed, workspace.DisplayName, "keep a workspace open for good", $"workspace '{workspace.DisplayName}'{workspace.MadeAt}",
        $"{(abandoned ? "nobody can reach it any more" : "it is open")} after {workspace.PassCount} passes, with {workspace.OwnMemory.Committed} bytes committed",
        "dispose it, best by a using declaration; its memory stays until its manager is disposed");

    internal static Finding PassOpen(Workspace workspace, Frame frame) => Warning(
        FindingCodes.PassNotClosed, workspace.DisplayName, "keep a pass open", $"pass {frame.PassNumber} of workspace '{workspace.DisplayName}'",
        $"it has made {frame.Requests} requests and is open", "dispose it, best by a using declaration in the method that entered it");

    internal static Finding OpsInFlight(Workspace workspace) => Warning(
        FindingCodes.OpInFlightAtEnd, workspace.DisplayName, "leave ops running", $"workspace '{workspace.DisplayName}'",
        "at least 1 op is at work on its tensors", "wait for the tasks of a pass before it ends");

    internal static Finding RingHeld(Workspace workspace, int held) => Warning(
        FindingCodes.RingSlotsOpen, workspace.DisplayName, "hold slots of a ring", $"the ring of workspace '{workspace.DisplayName}'", $"{held} slots are being filled or read",
        "stop producers and dispose leases of slots");

    internal static Finding PersistentAlive(long blocks, long bytes, string which) => Warning(
        FindingCodes.PersistentNotDisposed, "persistent", "keep memory that outlives passes", which, $"{blocks} blocks with {bytes} bytes are alive",
        "dispose models, optimizers and tensors made outside every workspace, or dispose their manager");

    internal static Finding ManagerOpen(int workspaces) => Warning(
        FindingCodes.LeaseNotDisposed, "manager", "keep a manager", "a manager made here", $"it is not disposed; {workspaces} of its workspaces are open",
        "dispose it, best by a using declaration");

    internal static Finding OuterGrows(Frame frame, int passes, long bytes) => Warning(
        FindingCodes.GrowsPassOverPass, frame.Name, "use memory longer and longer without a reset", $"pass {frame.PassNumber} of workspace '{frame.Name}'",
        $"what lives in it has grown by {bytes} bytes over the last {Watched} of the {passes} passes inside it, a little more after each",
        "dispose what a pass has moved outwards once it is used, make it in the inner pass, or end the outer pass now and then");

    internal static Finding PersistentGrows(Frame frame, int passes, long bytes) => Warning(
        FindingCodes.GrowsPassOverPass, "persistent", "keep more and more memory that outlives passes", $"the loop over the passes of workspace '{frame.Name}'",
        $"tensors outside every workspace, parameters and optimizer state have grown by {bytes} bytes over the last {Watched} of its {passes} passes, a little more after each",
        "dispose such tensors when they are replaced, or make them inside a pass");

    internal static Finding LateUse(Frame frame, string what) => new(
        FindingCodes.HandleOutlivesPass, FindingSeverity.Information, frame.Name, WorkspaceException.Compose(
            "hold a reference beyond its pass", what, $"its pass in workspace '{frame.Name}' had ended when it was used; pass {frame.PassNumber} is the last one",
            "keep numbers, or MoveTo a pass that lives longer; do not store tensors of a pass in fields or closures"));

    internal static Finding TooMany(int open, string names, int limit) => Warning(
        FindingCodes.TooManyWorkspaces, "manager", limit > 0 ? "open another workspace" : "keep so many workspaces open", $"workspaces ({names})",
        limit > 0 ? $"{open} are open and Workspaces:Manager:MaxWorkspaces is {limit}" : $"{open} are open at once",
        "dispose those that are not used, rent them from a WorkspacePool, or enter passes of one workspace instead");

    internal static Finding TooManyNames(int names, string last) => Warning(
        FindingCodes.TooManyWorkspaces, last, "keep so many names", $"workspace '{last}' and others", $"{names} names are kept, each with its memory and plans",
        "use a few fixed names, not one a request; leases of one name share what was learned");

    internal static Finding HandlersPileUp(string workspace, string what, int count) => Warning(
        FindingCodes.HandlersPileUp, workspace, "keep so many handlers", what, $"{count} are registered",
        "remove each when it has seen enough (RemoveObserver, GradientHook.Dispose): until then it keeps what it refers to alive");

    internal static Finding NeverEnds(Frame frame) => Warning(
        FindingCodes.PassNeverEnds, frame.Name, "use a pass without an end", $"pass {frame.PassNumber} of workspace '{frame.Name}'",
        $"it has made {frame.Requests} requests and more, which are not recorded, so it cannot be planned",
        "enter a pass for each step: using var pass = workspace.Enter()");

    internal static Finding FixedSizeTooSmall(Frame frame, WorkspaceConfiguration configuration, long requests) => DoesNotFit(
        frame.Name, "serve passes in a fixed size",
        $"InitialSize is {configuration.InitialSize} bytes and PolicyLearning is None; {requests} requests did not fit, some in each of the last {Watched} passes",
        $"raise Workspaces:{frame.Name}:InitialSize, or set PolicyLearning to Optimized");

    internal static Finding ForeignThreads(Frame frame, long requests) => DoesNotFit(
        frame.Name, "serve several threads in one pass",
        $"{requests} requests came from threads that could not take the pass over, some in each of the last {Watched} passes; no plan serves them",
        "give each parallel branch a lane: pass.Fork(n)");

    internal static Finding InitialSizeUnused(string name, long initial, long peak, long passes) => DoesNotFit(
        name, "commit memory beforehand", $"InitialSize is {initial} bytes, and {passes} passes needed {peak} bytes at most",
        $"lower Workspaces:{name}:InitialSize, or leave it out: a plan knows the size")
        with { Severity = FindingSeverity.Information };

    private static int Watched => GrowthWatch.Looks * PassWatch.Period;

    private static Finding DoesNotFit(string name, string asked, string numbers, string remedy) =>
        Warning(FindingCodes.ConfigurationDoesNotFit, name, asked, $"workspace '{name}'", numbers, remedy);

    private static Finding Warning(string code, string workspace, string asked, string by, string numbers, string remedy) =>
        new(code, FindingSeverity.Warning, workspace, WorkspaceException.Compose(asked, by, numbers, remedy));
}
