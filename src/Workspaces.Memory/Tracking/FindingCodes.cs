namespace Workspaces.Memory.Tracking;

/// <summary>The stable codes of findings.</summary>
public static class FindingCodes
{
    /// <summary>An outer pass or workspace was closed while an inner one was open; the inner ones were closed with it.</summary>
    public const string ClosedOutOfOrder = "WSF001";

    /// <summary>A pass ended while lanes of it were open; they were closed with it.</summary>
    public const string LaneNotJoined = "WSF002";

    /// <summary>A pass ended while another thread was in the middle of an op on its tensors; its memory is set aside until that op ends.</summary>
    public const string OpInFlightAtEnd = "WSF003";

    /// <summary>The manager was disposed while a lease was open.</summary>
    public const string LeaseNotDisposed = "WSF004";

    /// <summary>Tensors made outside every workspace were still alive when their manager was disposed.</summary>
    public const string PersistentNotDisposed = "WSF005";

    /// <summary>Passes differ too often for plans to pay; they are served online.</summary>
    public const string PlansDoNotSettle = "WSF007";

    /// <summary>A file of plans does not match; passes are learned again.</summary>
    public const string PlansNotLoaded = "WSF009";

    /// <summary>Passes of one signature alternate between two memory patterns that are better not planned together.</summary>
    public const string PassesDiffer = "WSF008";

    /// <summary>A pass could not be traced on shapes alone before it ran, mostly because it reads values; it learns its memory while it runs.</summary>
    public const string NotTracedOnShapes = "WSF010";

    /// <summary>A workspace spills pass after pass, or did in the few passes that it ran: its cap is below what the work needs. The text says what it cost.</summary>
    public const string SpillsEveryPass = "WSF011";

    /// <summary>A setting asks for a device, and there is none: the work runs on the processor.</summary>
    public const string NoDevice = "WSF012";

    /// <summary>The file of a mapped workspace could not be committed when its lease ended; what was committed before is checked when it is opened.</summary>
    public const string NotCommitted = "WSF013";

    /// <summary>A step needs more memory at one moment than the machine, or the control group of the process, has left.</summary>
    public const string StepAboveMemory = "WSF014";

    /// <summary>Memory was still pinned, as for I/O, when its pass ended: what was written to it after that may have hit a later pass.</summary>
    public const string PinnedAtEnd = "WSF050";

    /// <summary>A slot of a ring was needed at once while all were held; memory outside the ring served it. Told once a lease.</summary>
    public const string RingSpilled = "WSF020";

    /// <summary>A workspace was disposed while slots of its ring were being filled or read.</summary>
    public const string RingSlotsOpen = "WSF021";

    /// <summary>A workspace is open and nobody can reach it any more, or it was open when everything was to be closed.</summary>
    public const string WorkspaceNotClosed = "WSF030";

    /// <summary>Bytes grow pass over pass: in an outer pass, or in memory that outlives passes.</summary>
    public const string GrowsPassOverPass = "WSF031";

    /// <summary>A handle was used after its pass had ended; the exception of that use says the same.</summary>
    public const string HandleOutlivesPass = "WSF032";

    /// <summary>Many workspaces are open at once, many names are kept, or the limit refused one.</summary>
    public const string TooManyWorkspaces = "WSF033";

    /// <summary>A configuration does not fit the work: pass after pass is served otherwise than it says.</summary>
    public const string ConfigurationDoesNotFit = "WSF034";

    /// <summary>Observers or hooks are added and never removed; they keep alive what they watch.</summary>
    public const string HandlersPileUp = "WSF035";

    /// <summary>One pass has made so many requests that they are not recorded any more: it is used too long without an end.</summary>
    public const string PassNeverEnds = "WSF036";

    /// <summary>A pass was open when everything was to be closed.</summary>
    public const string PassNotClosed = "WSF037";

    /// <summary>Workspaces are entered inside each other in circles, or one inside itself without an end.</summary>
    public const string NestsInCircles = "WSF040";

    /// <summary>A chain of recorded ops grows from pass to pass, or without an end: a state is carried on without <c>Detach</c>.</summary>
    public const string ChainGrows = "WSF041";

    /// <summary>True for a finding that tells of something not given back, which <see cref="WorkspaceManager.AssertNoLeaks"/> fails on when it is a warning.</summary>
    /// <param name="code">A code.</param>
    /// <returns>False for notes about learning, spilling and defaults.</returns>
    public static bool IsLeak(string code)
    {
        ArgumentNullException.ThrowIfNull(code);
        return code is ClosedOutOfOrder or LaneNotJoined or OpInFlightAtEnd or LeaseNotDisposed or PersistentNotDisposed
            or RingSlotsOpen or PinnedAtEnd or WorkspaceNotClosed or GrowsPassOverPass or HandleOutlivesPass or TooManyWorkspaces or HandlersPileUp
            or PassNeverEnds or PassNotClosed or NestsInCircles or ChainGrows;
    }
}
