using Workspaces.Memory.Passes;
using Workspaces.Memory.Persistent;
using Workspaces.Memory.Telemetry;
using Workspaces.Memory.Tracking;

namespace Workspaces.Memory;

/// <summary>
/// Named memory with a configuration, arenas and what was learned from earlier passes. Obtained from <see cref="WorkspaceManager.Create"/>,
/// which also makes it ambient with an implicit outer pass; <see cref="Enter"/> opens passes inside it. <see cref="Dispose"/> ends the lease.
/// </summary>
/// <remarks>Enter and dispose in the flow that created the workspace. Ops of one pass may run on several threads; see <see cref="Pass.Fork"/>.</remarks>
public sealed partial class Workspace : IDisposable
{
    private const int RootPlace = 1, ChildPlace = 2, DetachedPlace = 0, FirstLanePlace = 3;
    private const int MostFrames = ushort.MaxValue; // the births of each have a range of their own
    private Gate<PassGate> _gate = new();
    private readonly WorkspaceMemory _memory;
    private readonly Frame _root;
    private int _frames;
    private bool _leased;
    private LeaseKind _kind;

    internal Workspace(WorkspaceManager manager, WorkspaceConfiguration configuration, LearnedWorkspace learned)
    {
        Manager = manager;
        Configuration = configuration;
        Learned = learned;
        _memory = configuration.WorkspaceMode == WorkspaceMode.Single ? manager.Share(this) : new WorkspaceMemory(this);
        MemoryManager = new MemoryManager(this);
        _root = NewFrame(null, RootPlace);
        Reference = new WeakReference<Workspace>(this, trackResurrection: true);
        _guard = new LeaseGuard(this);
        if (manager.IsWatched) _counts = WorkspaceRegister.Add(this);
    }

    /// <summary>The configured name, or null for an unnamed workspace.</summary>
    public string? Name => Configuration.Name;

    /// <summary>The configuration that the workspace was created with.</summary>
    public WorkspaceConfiguration Configuration { get; }

    /// <summary>The manager that owns it.</summary>
    public WorkspaceManager Manager { get; }

    /// <summary>Hands out memory of the innermost pass that is open in this workspace.</summary>
    public MemoryManager MemoryManager { get; }

    /// <summary>The implicit outer pass of this lease, a target for results that are to outlive the passes inside it.</summary>
    /// <exception cref="ObjectDisposedException">The lease has ended.</exception>
    public Pass OuterPass
    {
        get
        {
            if (!_leased) Throw.Disposed(this, "ask for the outer pass");
            return new Pass(_root, _root.Serial);
        }
    }

    /// <summary>What the workspace does now.</summary>
    public WorkspaceState State => !_leased ? WorkspaceState.Closed : Main.Plan is null ? WorkspaceState.Learning : WorkspaceState.Planned;

    internal bool IsLeased => _leased;

    /// <summary>Passes begun so far, the implicit outer ones included.</summary>
    public long PassCount { get; private set; }

    /// <summary>The memory kinds of all arenas of this lease.</summary>
    public MemoryReport Memory
    {
        get
        {
            MemoryReport report = _memory.Report();
            return report with { External = report.External + (_store?.HeldBytes ?? 0) };
        }
    }

    /// <summary>Most bytes that were in use at once in an arena of this lease (highest end of a block).</summary>
    public long PeakBytes => _memory.PeakBytes;

    /// <summary>Calls to the system or to an allocator so far: commits, trims, blocks that own their memory.</summary>
    public long SystemCalls => _memory.SystemCalls;

    /// <summary>The trace of the last complete pass entered directly in this workspace (else of the last lease), or null before the first one.</summary>
    public PassTrace? LastTrace => Main.LastTrace ?? _root.LastTrace;

    internal LearnedWorkspace Learned { get; }

    /// <summary>Round of the trimmer in which the last lease ended.</summary>
    internal long IdleSince { get; set; }

    /// <summary>The clock of persistent memory when no pass of this lease was reading it for the last time.</summary>
    internal long QuiescentAt { get; private set; }

    /// <summary>Where the blocks of this workspace lie.</summary>
    internal WorkspaceMemory Arenas => _memory;

    /// <summary>True while no op runs on any pass of this workspace, open or ended.</summary>
    internal bool IsQuiet => _root.IsQuiet() && _ring?.IsQuiet() != false;

    internal string DisplayName => Name ?? "(unnamed)";

    /// <summary>The frame of passes entered directly in this workspace, or of the outer pass when there are none.</summary>
    private Frame Main => _root.Scope.Child ?? _root;

    /// <summary>The innermost frame that is open here, lanes aside.</summary>
    internal Frame Innermost
    {
        get
        {
            Frame frame = _root;
            while (frame.Scope.Child is { IsOpen: true } child) frame = child;
            return frame;
        }
    }

    /// <summary>
    /// Opens a pass: tensors made until it is disposed live in this workspace and die with it. Nested passes close before the outer ones.
    /// It flows through <c>await</c>, <c>Task.Run</c> and <c>Parallel.For</c>; entered inside an async method, it does not reach that method's caller.
    /// </summary>
    /// <param name="signature">Tells passes with different memory needs apart.</param>
    /// <returns>The pass; dispose it in the same flow.</returns>
    /// <exception cref="ObjectDisposedException">The lease has ended.</exception>
    /// <exception cref="WorkspaceException">The workspace is open in a flow that this one is not inside of.</exception>
    public Pass Enter(in PassSignature signature = default)
    {
        Frame frame = OpenNested(FlowThread.Current, signature);
        Ambient.Install(frame, Ambient.IsOnThread);
        return new Pass(frame, frame.Serial);
    }

    /// <summary>Opens a pass that is ambient on this thread only, at no cost in contexts. A ref struct, so no <c>await</c> can lie inside.</summary>
    /// <param name="signature">Tells passes with different memory needs apart.</param>
    /// <returns>The pass; dispose it on the same thread.</returns>
    /// <exception cref="ObjectDisposedException">The lease has ended.</exception>
    /// <exception cref="WorkspaceException">A pass is open in this workspace that this thread is not inside of.</exception>
    public ThreadPass EnterOnThread(in PassSignature signature = default)
    {
        FlowThread me = FlowThread.Current;
        Frame frame = OpenNested(me, signature, allowAnyFlow: true);
        Ambient.Install(me, frame, onThread: true);
        return new ThreadPass(new Pass(frame, frame.Serial), me);
    }

    /// <summary>Gives pages back to the system that no open pass uses, down to <c>MinSize</c>.</summary>
    /// <returns>Bytes given back.</returns>
    public long Trim() => _memory.Trim(Configuration.MinSize);

    /// <summary>
    /// Ends the lease: everything made in it is stale. A named workspace keeps its memory for the next lease; an unnamed one frees it at once.
    /// Passes still open are closed and reported. A second call does nothing while nobody else has leased the name: its next lease is the same object.
    /// One from a <see cref="WorkspacePool"/> goes back with its <see cref="WorkspaceLease"/> instead, and here nothing happens.
    /// </summary>
    public void Dispose()
    {
        if (_leased && _kind == LeaseKind.Pooled) return; // it goes back with its lease, and may serve another one by now
        if (_leased) EndLease(reportOpen: true);
        else Ambient.Forget(_root); // it was ended elsewhere, and this flow may still have it
    }

    /// <inheritdoc/>
    public override string ToString() => $"workspace '{DisplayName}' ({State}, pass {PassCount}, {Memory.Allocated} of {Memory.Committed} bytes)";

    internal void BeginLease(LeaseKind kind)
    {
        using (_gate.Enter())
        {
            _leased = true;
            _kind = kind;
            ForgetHosts();
            _guard.Arm();
            long clock = PersistentMemory.Clock;
            if (IsQuiet) QuiescentAt = kind == LeaseKind.Ambient ? clock : long.MaxValue;
            OpenStore();
            if (!Manager.ShapesOnly) _memory.Prepare(Configuration.InitialSize, Learned.Sizes);
            if (IsRing) BeginRing(Configuration.StepsNumber);
            OpenFrame(FlowThread.Current, _root, null, kind == LeaseKind.Ambient ? Ambient.InnermostOpen : null, default);
        }

        if (kind == LeaseKind.Ambient) Ambient.Install(_root, Ambient.IsOnThread);
    }

    internal void EndLease(bool reportOpen)
    {
        long serial = _root.Serial;
        try
        {
            if (serial != 0) Close(_root, serial, reportOpen);
        }
        finally
        {
            FinishLease(); // also when an allocator fails to free
        }
    }

    internal BlockSource LeaseSource(Frame frame, int ownOps) => _memory.Lease(frame, ownOps);

    /// <summary>Closes a pass and whatever is open inside it; does nothing when another pass has the frame by now.</summary>
    internal void Close(Frame frame, long serial, bool reportOpen = true)
    {
        if (frame.Serial != serial) return;
        FlowThread me = FlowThread.Current;
        CloseInnerOfThisFlow(me, frame, reportOpen);
        try
        {
            using (_gate.Enter(me))
            {
                if (frame.Serial != serial) return;
                CloseNested(frame, reportOpen);
                End(frame);
                frame.Up?.NoteInner(frame);
                NoteQuiescent(frame.Up);
                NoteUnread(frame.Up);
            }
        }
        finally
        {
            if (frame.LastSerial == serial) Ambient.Uninstall(me, frame); // whatever went wrong at the end: the flow is out of the pass
        }

        FinishEnd();
    }

    /// <summary>Opens the lanes of a fork and returns what tells it from other forks of the pass.</summary>
    internal long Fork(Frame frame, long serial, int count)
    {
        using (_gate.Enter())
        {
            if (frame.Serial != serial) Throw.PassClosed("fork", frame.PassNumber, DisplayName);
            if (frame.Scope.OpenLanes != 0)
                throw new WorkspaceException(
                    $"fork into {count} lanes", $"pass {frame.PassNumber} of workspace '{DisplayName}'",
                    $"{frame.Scope.OpenLanes} lanes are open already", "dispose the lanes before forking again, or fork inside a lane");
            NoteReader(frame);
            ScopeLinks scope = frame.Scope;
            if (count > scope.Lanes.Length) scope.Lanes = MoreLanes(frame, count);
            scope.OpenLanes = count;
            return ++scope.ForkSerial;
        }
    }

    /// <summary>Opens one lane; each index once a fork.</summary>
    internal Pass EnterLane(Frame frame, long serial, long fork, int index)
    {
        Frame lane;
        using (_gate.Enter())
        {
            if (frame.Serial != serial || frame.Scope.ForkSerial != fork || frame.Scope.OpenLanes == 0) Throw.PassClosed($"enter lane {index}", frame.PassNumber, DisplayName);
            if ((uint)index >= (uint)frame.Scope.OpenLanes)
                throw new WorkspaceException(
                    $"enter lane {index}", $"pass {frame.PassNumber} of workspace '{DisplayName}'",
                    $"{frame.Scope.OpenLanes} lanes are open", "use an index from 0 to the count given to Fork, before the lanes are disposed");
            lane = frame.Scope.Lanes[index];
            if (lane.IsOpen)
                throw new WorkspaceException(
                    $"enter lane {index}", $"pass {frame.PassNumber} of workspace '{DisplayName}'",
                    "that lane is open in another branch", "give each branch an index of its own");
            OpenFrame(FlowThread.Current, lane, frame, Ambient.InnermostOpen, default);
        }

        Ambient.Install(lane, Ambient.IsOnThread);
        return new Pass(lane, lane.Serial);
    }

    /// <summary>Ends a fork; lanes still open are closed and reported.</summary>
    internal void Join(Frame frame, long serial, long fork)
    {
        using (_gate.Enter())
        {
            if (frame.Serial == serial && frame.Scope.ForkSerial == fork) CloseLanes(frame, report: true);
        }

        FinishEnd();
    }

    private void End(Frame frame)
    {
        if (!LeaveSlot(frame)) EndFrame(frame);
    }

    private void EndFrame(Frame frame)
    {
        if (frame.End()) Report(FindingCodes.OpInFlightAtEnd, Findings.OpInFlight(frame));
        while (Learned.Plans.TryTakeFinding(out Finding? finding)) Manager.QueueFinding(finding!);
        NoteEnd(frame);
    }

    /// <summary>
    /// Between two passes directly in the root frame this lease reads no persistent memory, unless a lane is open there or an op is at work, be it
    /// one of an ended pass.
    /// </summary>
    private void NoteQuiescent(Frame? parent)
    {
        if (!ReferenceEquals(parent, _root) || _root.Scope is not { OpenLanes: 0, Child: not { IsOpen: true } }) return;
        long clock = PersistentMemory.Clock; // read first: an op that registers after the look at the register reads nothing older
        if (clock != QuiescentAt && IsQuiet) QuiescentAt = clock;
    }

    private Frame[] MoreLanes(Frame frame, int count)
    {
        Frame[] known = frame.Scope.Lanes;
        if (_frames + ((long)count - known.Length) > MostFrames) Throw.TooManyFrames(this);
        var lanes = new Frame[count];
        known.CopyTo(lanes, 0);
        for (int i = known.Length; i < count; i++) lanes[i] = NewFrame(frame, FirstLanePlace + i);
        return lanes;
    }

    private Frame NewFrame(Frame? up, int place)
    {
        if (_frames >= MostFrames) Throw.TooManyFrames(this);
        return new Frame(this, up, ++_frames, place);
    }

    private Frame OpenNested(FlowThread me, in PassSignature signature, bool allowAnyFlow = false, bool shapesOnly = false)
    {
        Frame? ambient = Ambient.InnermostOpenOf(me), mine = ambient;
        while (mine is not null && !(ReferenceEquals(mine.Workspace, this) && mine.IsOpen)) mine = mine.Scope.OuterIfSame;
        using (_gate.Enter(me))
        {
            _gate.Prefer(me);
            if (!_leased) Throw.Disposed(this, "enter a pass");
            if (!_root.IsOpen) Throw.OuterPassGone(this);
            Frame parent = mine ?? (allowAnyFlow || _kind == LeaseKind.Pooled ? _root : Throw.OtherFlowOf(this, Innermost.PassNumber));
            if (parent.Scope.Child is { IsOpen: true } open) Throw.OtherFlow(this, open.PassNumber);
            if (!parent.IsOpen) Throw.PassClosed("enter a nested pass", parent.PassNumber, DisplayName);
            NoteReader(parent);
            NoteQuiescent(parent);
            Frame child = IsRing && ReferenceEquals(parent, _root) ? RotateRing() : parent.Scope.Child ??= NewChild(parent, ambient);
            OpenFrame(me, child, parent, ambient, signature, shapesOnly);
            return child;
        }
    }

    private void OpenFrame(FlowThread me, Frame frame, Frame? parent, Frame? outer, in PassSignature signature, bool shapesOnly = false)
    {
        shapesOnly |= Manager.ShapesOnly || parent is { ShapesOnly: true } || outer is { ShapesOnly: true };
        if (!ReferenceEquals(frame.Scope.Outer, outer)) frame.Scope.Outer = outer; // here and below: a store of a reference is dearer than a comparison
        frame.Scope.OuterSerial = outer?.LastSerial ?? 0;
        frame.GradientsOff = (outer ?? parent)?.GradientsOff > 0 ? 1 : 0;
        frame.ValueChecks = (outer ?? parent)?.ValueChecks ?? 0;
        long number = PassCount + 1;
        if (!shapesOnly || Manager.ShapesOnly) PassCount = number;
        frame.Open(me, number, signature, shapesOnly);
    }

    /// <summary>Scopes entered in this flow after the frame, of any workspace, end before it: last in, first out.</summary>
    private void CloseInnerOfThisFlow(FlowThread me, Frame frame, bool reportOpen)
    {
        Frame? known = Ambient.KnownTo(me);
        if (ReferenceEquals(known, frame) || !IsInside(frame, known)) return;
        for (Frame? inner = known; inner is not null && !ReferenceEquals(inner, frame);)
        {
            Frame? next = inner.Scope.OuterIfSame;
            if (inner.IsOpen && inner.Workspace is { } workspace)
            {
                string text = Findings.OutOfOrder(frame, inner);
                workspace.Close(inner, inner.Serial, reportOpen: false);
                if (reportOpen) Report(FindingCodes.ClosedOutOfOrder, text);
            }
            else
            {
                Ambient.Uninstall(inner);
            }

            inner = next;
        }
    }

    private static bool IsInside(Frame frame, Frame? current)
    {
        while (current is not null && !ReferenceEquals(current, frame)) current = current.Scope.OuterIfSame;
        return current is not null;
    }

    private void CloseNested(Frame frame, bool report)
    {
        CloseLanes(frame, report);
        if (frame.Scope.Child is not { IsOpen: true } child) return;
        string text = Findings.OutOfOrder(frame, child);
        CloseNested(child, report);
        End(child);
        if (report) Report(FindingCodes.ClosedOutOfOrder, text);
    }

    private void CloseLanes(Frame frame, bool report)
    {
        ScopeLinks scope = frame.Scope;
        for (int i = 0; i < scope.OpenLanes; i++)
        {
            Frame lane = scope.Lanes[i];
            if (!lane.IsOpen) continue;
            CloseNested(lane, report);
            End(lane);
            if (report) Report(FindingCodes.LaneNotJoined, Findings.LaneNotJoined(frame, i));
        }

        scope.OpenLanes = 0;
    }
}
