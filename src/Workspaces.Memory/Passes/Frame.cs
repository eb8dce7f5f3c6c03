using System.Runtime.CompilerServices;
using Workspaces.Memory.Persistent;
using Workspaces.Memory.Replay;
using Workspaces.Memory.Sites;
using Workspaces.Memory.Tracking;

namespace Workspaces.Memory.Passes;

/// <summary>
/// The memory of one pass at one nesting depth: where its blocks come from, their headers, the trace. The object is reused by every pass
/// at that depth; <see cref="Serial"/> tells the passes apart.
/// <code>
///   workspace ── root frame (implicit outer pass, Create … Dispose)
///                  └─ child frame (Enter … Dispose)
///                       ├─ child frame (nested Enter)
///                       └─ lane frames (Fork)
/// </code>
/// <para>
/// Threads: everything that changes blocks happens inside the gate. <see cref="OpenOps"/> counts the ops that are reading or writing blocks
/// of this frame right now, on any thread. An op registers first and checks generations second; a request reuses bytes only when
/// no op but its own is open. So either the op sees the dead generation, or the request sees the op. The gate's owner orders nothing by interlocked
/// steps; an op of another thread therefore ends the ownership first.
/// </para>
/// </summary>
internal sealed partial class Frame
{
    /// <summary>Frames get disjoint ranges of birth numbers, so that a generation is unique in its workspace.</summary>
    private const int BirthBits = 48;

    /// <summary>Births of a frame after which no pass is opened: far below the next frame's range, so that no pass can reach that.</summary>
    private const ulong MostBirths = (1UL << BirthBits) - (1UL << 40);

    /// <summary>Serials are taken from the process in runs, so that most passes need no interlocked step for theirs.</summary>
    private const int SerialRun = 1024;

    private readonly ulong _firstBirth;
    private readonly bool _persistent;
    private readonly CheckMode _checks = CheckMode.Span;
    private readonly PassReplay? _replay;
    private HeaderList _headers;
    private BlockSource? _source;
    private long _serialsTaken;
    private PassTrace _trace = new();
    private ulong _births;
    private Gate<BlockGate> _gate = new();
    private FlowThread? _owner;
    private long _serial;
    private long _lastSerial;

    /// <summary>Makes a frame of a workspace.</summary>
    /// <param name="workspace">The workspace.</param>
    /// <param name="up">The frame that it is nested in, or null for the root.</param>
    /// <param name="index">Number of the frame in its workspace.</param>
    /// <param name="place">Which frame of <paramref name="up"/> it is: passes at one place share plans over all leases. 0 for one that is never planned.</param>
    internal Frame(Workspace workspace, Frame? up, int index, int place)
        : this(workspace, workspace.Manager, up, index, null)
    {
        _checks = workspace.Configuration.Checks;
        CountsOps = _checks != CheckMode.Off;
        Place = new PassSignature(up?.Place ?? 0).With(place).Key;
        if (place != 0) _replay = new PassReplay(workspace.Learned.Plans, Place);
        if (!HasArena || workspace.Arenas.SpillsToAllocator) _own = workspace.Arenas.Own;
    }

    /// <summary>Makes a frame of persistent memory.</summary>
    internal Frame(WorkspaceManager manager, int index, BlockSource source)
        : this(null, manager, null, index, source)
    {
    }

    private Frame(Workspace? workspace, WorkspaceManager manager, Frame? up, int index, BlockSource? persistentSource)
    {
        Workspace = workspace;
        Manager = manager;
        Up = up;
        _firstBirth = (ulong)(uint)index << BirthBits;
        _births = _firstBirth;
        Floor = _firstBirth;
        _source = persistentSource;
        _persistent = persistentSource is not null;
        _own = (persistentSource as Persistent.SlabSource)?.Own;
        _headers = new HeaderList(this);
        ShapesOnly = manager.ShapesOnly;
        HasArena = workspace is { Configuration.WorkspaceMode: not WorkspaceMode.None };
        if (_persistent) _serial = 1;
    }

    /// <summary>The workspace, or null for persistent memory, which belongs to its manager.</summary>
    internal Workspace? Workspace { get; }

    internal WorkspaceManager Manager { get; }

    /// <summary>The frame of the same workspace that this one is nested in.</summary>
    internal Frame? Up { get; }

    /// <summary>Names the frame's position in its workspace, the same in every lease.</summary>
    internal ulong Place { get; }

    /// <summary>The plan that the last pass with requests ran on, or null when it was served online.</summary>
    internal ReplayPlan? Plan => _replay?.Plan;

    /// <summary>Number of the pass that is open, unique in the process; 0 while closed.</summary>
    internal long Serial => Volatile.Read(ref _serial);

    /// <summary>Number of the last pass, kept when it ends: while it stands, the links in <see cref="Scope"/> are those of that pass.</summary>
    internal long LastSerial => Volatile.Read(ref _lastSerial);

    /// <summary>Number of the last pass, open or not, counted in its workspace from 1.</summary>
    internal long PassNumber { get; private set; }

    /// <summary>Blocks with a birth at or below it are dead: that is how a pass ends in O(1).</summary>
    internal ulong Floor;

    /// <summary>Ops in flight on blocks of this frame, over all threads; of persistent memory only the clearing of new blocks.</summary>
    internal int OpenOps;

    /// <summary>State of the scope: what was ambient before, nested frames, cached execution contexts.</summary>
    internal readonly ScopeLinks Scope = new();

    /// <summary>Nested requests to record no gradients in this pass; passes inside it start with the same.</summary>
    internal int GradientsOff;

    /// <summary>Added to <see cref="GradientsOff"/> while a segment runs that is going to be recomputed: it records nothing, in a pass that does.</summary>
    internal const int Suspended = 1 << 16;

    /// <summary>What the outputs of ops are checked for, in bits that the layer above gives their meaning; passes inside this one start with the same.</summary>
    internal int ValueChecks;

    /// <summary>What the layer above keeps for this frame from pass to pass (its pool of tape nodes).</summary>
    internal IFrameAttachment? Attachment;

    /// <summary>True when ops are counted in <see cref="OpenOps"/>: not in persistent memory, whose readers do not register, and not with <see cref="CheckMode.Off"/>.</summary>
    internal readonly bool CountsOps;

    internal bool IsOpen => Serial != 0;

    internal bool IsPersistent => _persistent;

    /// <summary>True while the pass is traced on shapes alone: blocks get headers, births and trace entries, but no bytes.</summary>
    internal bool ShapesOnly { get; private set; }

    /// <summary>True when blocks lie in an arena that a plan can lay out.</summary>
    internal bool HasArena { get; }

    internal string Name => Workspace?.DisplayName ?? "persistent";

    /// <summary>Requests served by a thread that could not take over the pass because ops were in flight elsewhere.</summary>
    internal long ForeignRequests { get; private set; }

    /// <summary>Times that another thread took over the pass, as after an <c>await</c>.</summary>
    internal long ThreadHops { get; private set; }

    /// <summary>The trace of the last complete pass.</summary>
    internal PassTrace? LastTrace { get; private set; }

    internal ulong Births => _births;

    /// <summary>Requests recorded in the pass so far.</summary>
    internal int Requests => _trace.Count;

    /// <summary>True when the pass is one that records gradients, as far as plans tell such passes apart.</summary>
    private bool IsRecordingPass => (GradientsOff & (Suspended - 1)) == 0;

    /// <summary>For tests: as if so many blocks had been handed out.</summary>
    internal void SkipBirths(ulong count) => Floor = _births += count;

    /// <summary>The pass that is open does not come to its end: nothing is to be learned from it.</summary>
    internal void Abandon() => _replay?.Abandon();

    internal void Open(FlowThread me, long passNumber, PassSignature signature, bool shapesOnly)
    {
        long serial = NextSerial();
        if (_births - _firstBirth > MostBirths) Throw.BirthsUsedUp(this);
        ShapesOnly = shapesOnly;
        _trace.Begin(signature);
        _watch.Restart();
        if (Part is not null) Part = null;
        _hasAllSites = Manager.Sites is not null;
        _replay?.Open(signature);
        if (!ReferenceEquals(_owner, me)) _owner = me;
        if (!_gate.IsOwner(me))
        {
            using (_gate.Enter(me)) _gate.Prefer(me);
        }

        PassNumber = passNumber;
        NotePass(passNumber);
        Volatile.Write(ref _lastSerial, serial);
        Volatile.Write(ref _serial, serial);
    }

    /// <summary>Registers an op that reads or writes blocks of this frame, where ops are counted; check generations after it.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal void BeginOp() => BeginOp(FlowThread.Current);

    /// <summary>The same for who knows the thread already.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal void BeginOp(FlowThread me)
    {
        if (!CountsOps) return;
        Interlocked.Increment(ref OpenOps);
        if (_gate.IsOwnedByOther(me)) _gate.Share(); // the owner's releases must be visible before generations are checked
    }

    /// <summary>The op has touched its last byte.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal void EndOp()
    {
        if (CountsOps) Interlocked.Decrement(ref OpenOps);
    }

    /// <summary>An op of this pass uses persistent memory of a manager; said before its operands are checked.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal void NoteHost(WorkspaceManager host)
    {
        if (!ReferenceEquals(host, Manager)) Workspace?.NoteHost(host);
    }

    /// <summary>True when no op runs on this frame, on one nested in it, or on a lane.</summary>
    internal bool IsQuiet() => Volatile.Read(ref OpenOps) == 0 && Scope.IsQuiet();

    /// <summary>Lets the arena give back what this pass has not handed out. Never waits: does nothing while a thread is in the gate.</summary>
    internal bool TryShrink(ArenaSource source) => TryShrink(source, keepsPlan: false);

    /// <summary>The same, with a choice.</summary>
    /// <param name="source">The arena.</param>
    /// <param name="keepsPlan">True to give back only what lies above the plan of the pass.</param>
    internal bool TryShrink(ArenaSource source, bool keepsPlan)
    {
        if (!_gate.TryEnter()) return false;
        try
        {
            if (!ReferenceEquals(_source, source)) return false; // its pass is ending: soon it is idle, and can be asked again
            if (keepsPlan) source.TrimSurplus();
            else source.Shrink();
            return true;
        }
        finally
        {
            _gate.ExitShared();
        }
    }

    /// <summary>Lets persistent memory give back pages above its blocks. Never waits: does nothing while a thread is in the gate.</summary>
    internal long TryTrim(SlabSource source)
    {
        if (!_gate.TryEnter()) return 0;
        try
        {
            return source.Trim();
        }
        finally
        {
            _gate.ExitShared();
        }
    }

    /// <summary>Ends the pass: all its handles are stale, its memory serves the next one. Returns true when ops were still in flight.</summary>
    internal bool End()
    {
        bool inFlight;
        CodeSite? site = SiteOfEnd();
        BlockSource? source = null;
        Recording.RecordedBlock[]? recorded = null;
        using (_gate.Enter())
        {
            Volatile.Write(ref _serial, 0);
            _sealed = IsEntered = false;
            Floor = _births;
            NoteEnd(site);
            Interlocked.MemoryBarrier(); // an op registers, then reads the floor; here the floor is written, then the register read
            inFlight = Volatile.Read(ref OpenOps) != 0;
            recorded = CaptureBlocks();
            _headers.EndPass(_source, keepsHeaders: !inFlight && Manager.Sites is null);
            source = _source;
            EndedAsPlanned = _planned is { RanAsPlanned: true };
            _planned = null;
            _source = null; // inside the gate, so that nobody who wants pages shrinks what is being given back
            _trace.End();
            (_trace, LastTrace) = (LastTrace ?? new PassTrace(), _trace);
        }

        if (!EndedAsPlanned) NoteReport(source);
        try
        {
            Attachment?.EndPass();
            _replay?.Close(LastTrace);
            TellRecordings(recorded, source);
        }
        finally
        {
            source?.EndPass(inFlight ? this : null); // also when planning has failed
        }

        return inFlight;
    }

    private long NextSerial()
    {
        if (_serialsTaken % SerialRun == 0) _serialsTaken = WorkspaceManager.TakeSerials(SerialRun);
        return ++_serialsTaken;
    }

    /// <summary>Ends persistent memory with its manager: a request that is in the gate gets its block, and no later one.</summary>
    internal void EndPersistent()
    {
        using (_gate.Enter())
        {
            Volatile.Write(ref _serial, 0);
            Floor = ulong.MaxValue;
        }
    }

    /// <summary>Gives the bytes of ended persistent memory back, while nobody releases a block of it.</summary>
    internal void UnmapPersistent(Action unmap)
    {
        using (_gate.Enter())
        {
            unmap();
            _source = null; // there is nothing left to free
        }
    }
}
