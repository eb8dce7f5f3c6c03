using System.Runtime.CompilerServices;
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
/// no op but its own is open. So either the op sees the dead generation, or the request sees the op.
/// </para>
/// </summary>
internal sealed class Frame
{
    /// <summary>Frames get disjoint ranges of birth numbers, so that a generation is unique in its workspace.</summary>
    private const int BirthBits = 48;

    private readonly ulong _firstBirth;
    private readonly bool _persistent;
    private HeaderList _headers;
    private BlockSource? _source;
    private PassTrace _trace = new();
    private ulong _births;
    private Gate _gate;
    private int _owner;
    private long _serial;
    private long _lastSerial;

    internal Frame(Workspace? workspace, WorkspaceManager manager, Frame? up, int index, BlockSource? persistentSource = null)
    {
        Workspace = workspace;
        Manager = manager;
        Up = up;
        _firstBirth = (ulong)(uint)index << BirthBits;
        _births = _firstBirth;
        Floor = _firstBirth;
        _source = persistentSource;
        _persistent = persistentSource is not null;
        _headers = new HeaderList(this);
        if (_persistent) _serial = 1;
    }

    /// <summary>The workspace, or null for persistent memory, which belongs to its manager.</summary>
    internal Workspace? Workspace { get; }

    internal WorkspaceManager Manager { get; }

    /// <summary>The frame of the same workspace that this one is nested in.</summary>
    internal Frame? Up { get; }

    /// <summary>Number of the pass that is open, unique in the process; 0 while closed.</summary>
    internal long Serial => Volatile.Read(ref _serial);

    /// <summary>Number of the last pass, kept when it ends: while it stands, the links in <see cref="Scope"/> are those of that pass.</summary>
    internal long LastSerial => Volatile.Read(ref _lastSerial);

    /// <summary>Number of the last pass, open or not, counted in its workspace from 1.</summary>
    internal long PassNumber { get; private set; }

    /// <summary>Blocks with a birth at or below it are dead: that is how a pass ends in O(1).</summary>
    internal ulong Floor;

    /// <summary>Ops in flight on blocks of this frame, over all threads.</summary>
    internal int OpenOps;

    /// <summary>State of the scope: what was ambient before, nested frames, cached execution contexts.</summary>
    internal readonly ScopeLinks Scope = new();

    /// <summary>Nested requests to record no gradients in this pass; passes inside it start with the same.</summary>
    internal int GradientsOff;

    /// <summary>What the layer above keeps for this frame from pass to pass (its pool of tape nodes).</summary>
    internal IFrameAttachment? Attachment;

    internal bool IsOpen => Serial != 0;

    internal bool IsPersistent => _persistent;

    internal string Name => Workspace?.DisplayName ?? "persistent";

    /// <summary>Requests served by a thread that could not take over the pass because ops were in flight elsewhere.</summary>
    internal long ForeignRequests { get; private set; }

    /// <summary>Times that another thread took over the pass, as after an <c>await</c>.</summary>
    internal long ThreadHops { get; private set; }

    /// <summary>The trace of the last complete pass.</summary>
    internal PassTrace? LastTrace { get; private set; }

    internal ulong Births => _births;

    internal void Open(long serial, long passNumber, PassSignature signature)
    {
        _trace.Begin(signature);
        _owner = Environment.CurrentManagedThreadId;
        PassNumber = passNumber;
        Volatile.Write(ref _lastSerial, serial);
        Volatile.Write(ref _serial, serial);
    }

    /// <summary>Hands out a block. Throws when the pass has ended or memory is refused; then nothing has changed.</summary>
    /// <param name="factory">Makes the header.</param>
    /// <param name="request">What is asked for.</param>
    /// <param name="ownOps">Ops that the calling thread itself has open on this frame.</param>
    internal BlockHeader Allocate(HeaderFactory factory, in BlockRequest request, int ownOps)
    {
        if ((ulong)request.Bytes > Granule.MaxRequest) Throw.BadSize(this, request);
        BlockHeader? header = null;
        bool open;
        _gate.Enter();
        try
        {
            open = IsOpen;
            if (open) header = AllocateInGate(factory, request, ownOps);
            if (header is not null && request.Zeroed) BeginOp();
        }
        finally
        {
            _gate.Exit();
        }

        if (!open) Throw.PassEnded(this, request.Op);
        if (header is null) Throw.OutOfMemory(this, request);
        if (!request.Zeroed) return header;
        header.Clear();
        EndOp();
        return header;
    }

    /// <summary>Registers an op that reads or writes blocks of this frame; check generations after it. Persistent memory has no register.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal void BeginOp()
    {
        if (!_persistent) Interlocked.Increment(ref OpenOps);
    }

    /// <summary>The op has touched its last byte.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal void EndOp()
    {
        if (!_persistent) Interlocked.Decrement(ref OpenOps);
    }

    /// <summary>Keeps the bytes of a block to the end of the pass, because a span of them leaves our hands. False when the handle is stale.</summary>
    internal bool TryExpose(BlockHeader header, ulong generation)
    {
        _gate.Enter();
        try
        {
            if (!header.Admits(generation)) return false;
            header.Exposed = true;
            _trace.Expose(header.Slot);
            return true;
        }
        finally
        {
            _gate.Exit();
        }
    }

    /// <summary>True when no op runs on this frame, on one nested in it, or on a lane.</summary>
    internal bool IsQuiet() => Volatile.Read(ref OpenOps) == 0 && Scope.IsQuiet();

    /// <summary>Lets the arena give back what this pass has not handed out. Never waits: does nothing while a thread is in the gate.</summary>
    internal void TryShrink(ArenaSource source)
    {
        if (!_gate.TryEnter()) return;
        try
        {
            if (ReferenceEquals(_source, source)) source.Shrink();
        }
        finally
        {
            _gate.Exit();
        }
    }

    /// <summary>Hands out a header without bytes, for a view; it lives to the end of the pass.</summary>
    internal BlockHeader AllocateView(HeaderFactory factory, string? op)
    {
        if (_persistent) return BornView(factory.Create(this), op);
        _gate.Enter();
        try
        {
            if (IsOpen) return BornView(_headers.Take(factory, mayRecycle: false), op);
        }
        finally
        {
            _gate.Exit();
        }

        return Throw.PassEnded(this, op);
    }

    /// <summary>Drops the creator's hold. A second call, or one with a stale generation, does nothing.</summary>
    internal void Release(BlockHeader header, ulong generation)
    {
        _gate.Enter();
        try
        {
            if (!header.Admits(generation)) return;
            header.Generation = 0;
            DropHoldInGate(header);
        }
        finally
        {
            _gate.Exit();
        }
    }

    /// <summary>Keeps the bytes of a life beyond its creator's release. False when that life is over.</summary>
    internal bool TryHold(BlockHeader header, ulong birth)
    {
        _gate.Enter();
        try
        {
            if (!header.Keeps(birth)) return false;
            header.Holds++;
            return true;
        }
        finally
        {
            _gate.Exit();
        }
    }

    /// <summary>Gives back a hold; does nothing when that life has ended meanwhile.</summary>
    internal void DropHold(BlockHeader header, ulong birth)
    {
        _gate.Enter();
        try
        {
            if (header.Keeps(birth)) DropHoldInGate(header);
        }
        finally
        {
            _gate.Exit();
        }
    }

    /// <summary>Records that an op has used a block.</summary>
    internal void Use(BlockHeader header)
    {
        if (_persistent) return;
        _gate.Enter();
        _trace.Use(header.Slot);
        _gate.Exit();
    }

    /// <summary>Records kernel scratch of the op that runs now, so that the lower bound knows of it.</summary>
    internal void RecordScratch(long bytes)
    {
        if (_persistent || !IsOpen) return;
        _gate.Enter();
        _trace.Request(bytes, PassTrace.ScratchTag, "scratch");
        _gate.Exit();
    }

    /// <summary>Ends every block born after <paramref name="births"/>; marks are taken from <see cref="Births"/>. False when the pass has ended.</summary>
    internal bool Rewind(long serial, ulong births)
    {
        _gate.Enter();
        try
        {
            if (Serial != serial) return false;
            for (int i = 0; i < _headers.Count; i++)
            {
                BlockHeader header = _headers[i];
                if (header.Birth <= births || header.Holds == 0) continue;
                header.Generation = 0;
                header.Holds = 1;
                header.Exposed = false;
                DropHoldInGate(header);
            }

            return true;
        }
        finally
        {
            _gate.Exit();
        }
    }

    /// <summary>Ends the pass: all its handles are stale, its memory serves the next one. Returns true when ops were still in flight.</summary>
    internal bool End()
    {
        bool inFlight;
        _gate.Enter();
        try
        {
            Volatile.Write(ref _serial, 0);
            Floor = _births;
            Interlocked.MemoryBarrier(); // an op registers, then reads the floor; here the floor is written, then the register read
            inFlight = Volatile.Read(ref OpenOps) != 0;
            _headers.EndPass(_source, inFlight);
            _trace.End();
            (_trace, LastTrace) = (LastTrace ?? new PassTrace(), _trace);
        }
        finally
        {
            _gate.Exit();
        }

        Attachment?.EndPass();
        if (_source is { } source)
        {
            _source = null;
            source.EndPass(inFlight ? this : null);
        }

        return inFlight;
    }

    /// <summary>Ends persistent memory with its manager.</summary>
    internal void EndPersistent()
    {
        Volatile.Write(ref _serial, 0);
        Floor = ulong.MaxValue;
    }

    private BlockHeader? AllocateInGate(HeaderFactory factory, in BlockRequest request, int ownOps)
    {
        bool othersRun = Volatile.Read(ref OpenOps) != ownOps;
        int thread = Environment.CurrentManagedThreadId;
        if (thread != _owner && !_persistent) ChangeOwner(thread, othersRun);
        _source ??= Workspace!.LeaseSource(this, ownOps);
        BlockHeader header = _persistent ? factory.Create(this) : _headers.Take(factory, mayRecycle: !othersRun);
        header.Chunk = -1; // should the request be refused, the header owns nothing
        if (!_source.TryPlace(header, request.Bytes, othersRun))
        {
            _headers.Return(header);
            return null;
        }

        Born(header, request.Bytes, request.Op);
        header.Slot = _persistent ? -1 : _trace.Request(request.Bytes, request.Tag, request.Op);
        return header;
    }

    private void ChangeOwner(int thread, bool othersRun)
    {
        if (othersRun)
        {
            ForeignRequests++;
            return;
        }

        _owner = thread;
        ThreadHops++;
    }

    private BlockHeader BornView(BlockHeader header, string? op)
    {
        header.Address = 0;
        header.Chunk = -1;
        return Born(header, 0, op);
    }

    private BlockHeader Born(BlockHeader header, long bytes, string? op)
    {
        ulong birth = _persistent ? Interlocked.Increment(ref _births) : ++_births;
        header.Bytes = bytes;
        header.Op = op;
        header.BirthPass = PassNumber;
        header.Holds = 1;
        header.Version = 0;
        header.Exposed = false;
        header.Slot = -1;
        header.Birth = birth;
        Volatile.Write(ref header.Generation, birth);
        return header;
    }

    private void DropHoldInGate(BlockHeader header)
    {
        if (--header.Holds != 0) return;
        header.Generation = 0;
        _trace.Release(header.Slot);
        if (header.Exposed && !_persistent)
        {
            _source?.Retire(header);
            return;
        }

        if (_source is not null && _source.Free(header, Volatile.Read(ref OpenOps) != 0)) _headers.Return(header);
    }
}
