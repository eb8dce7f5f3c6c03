using Workspaces.Memory.Passes;
using Workspaces.Memory.Persistent;

namespace Workspaces.Memory;

/// <summary>Passes that are opened in other ways than by <see cref="Enter"/>: traced on shapes alone, or never ambient.</summary>
public sealed partial class Workspace
{
    private readonly List<Frame> _detached = [];
    private int _detachedTaken;

    /// <summary>
    /// Opens a pass like <see cref="Enter"/> that is traced on shapes alone, with everything nested in it: no bytes, no kernels, the same trace, which
    /// stays as <see cref="LastTrace"/>. It is not counted in <see cref="PassCount"/>.
    /// </summary>
    internal Pass EnterShapes(in PassSignature signature = default)
    {
        Frame frame = OpenNested(FlowThread.Current, signature, shapesOnly: true);
        Ambient.Install(frame, Ambient.IsOnThread);
        return new Pass(frame, frame.Serial);
    }

    /// <summary>A frame that is never ambient, for batch slots: opened by its owner alone, ended with the lease. Leases of one name share them.</summary>
    internal Frame NewDetachedFrame()
    {
        using (_gate.Enter())
        {
            if (!_leased) Throw.Disposed(this, "make a batch slot");
            if (_detachedTaken == _detached.Count) _detached.Add(NewFrame(_root, DetachedPlace));
            return _detached[_detachedTaken++];
        }
    }

    /// <summary>Begins the next life of a detached frame; everything in it from before is stale.</summary>
    internal void Restart(Frame frame, bool shapesOnly = false)
    {
        using (_gate.Enter())
        {
            if (!_leased) Throw.Disposed(this, "fill a batch slot");
            if (frame.IsOpen) End(frame);
            OpenFrame(FlowThread.Current, frame, null, null, default, shapesOnly);
        }

        _memory.FreeDead();
    }

    /// <summary>Number of the lease that is open, unique in the process; 0 for none.</summary>
    internal long LeaseSerial => _root.Serial;

    /// <summary>Ends a lease from a pool, unless it has ended already and the workspace serves another one.</summary>
    internal void EndLeaseOf(long serial)
    {
        if (_root.Serial == serial) EndLease(reportOpen: true);
    }

    private WorkspaceManager[] _hosts = []; // other managers whose memory was used here

    /// <summary>An op in a pass of this workspace uses persistent memory of another manager, which is to wait for it as for its own. Said before operands are checked.</summary>
    internal void NoteHost(WorkspaceManager host)
    {
        if (Array.IndexOf(_hosts, host) >= 0) return;
        ForgetHosts();
        if (host.Admit(this)) _hosts = [.. _hosts, host];
    }

    private void ForgetHosts()
    {
        if (Array.Exists(_hosts, static host => host.IsDisposed)) _hosts = Array.FindAll(_hosts, static host => !host.IsDisposed);
    }

    /// <summary>A lease from a pool reads persistent memory only while a pass or lanes are open in it, so that an idle worker keeps nothing from reuse.</summary>
    private void NoteReader(Frame parent)
    {
        if (_kind != LeaseKind.Pooled || !ReferenceEquals(parent, _root) || QuiescentAt != long.MaxValue) return;
        QuiescentAt = PersistentMemory.Clock;
        Interlocked.MemoryBarrier(); // it counts as a reader before its first op looks at a generation
    }

    private void NoteUnread(Frame? parent)
    {
        if (_kind != LeaseKind.Pooled || !ReferenceEquals(parent, _root) || _root.Scope is not { OpenLanes: 0, Child: not { IsOpen: true } }) return;
        if (IsQuiet) QuiescentAt = long.MaxValue;
    }

    private void EndDetached()
    {
        foreach (Frame frame in _detached)
        {
            if (frame.IsOpen) End(frame);
        }

        _detachedTaken = 0;
    }

    private void FinishLease()
    {
        using (_gate.Enter())
        {
            if (!_leased) return;
            _leased = false;
            EndDetached();
            EndRing();
        }

        _memory.Teach(Learned.Sizes);
        _memory.ReportSpills();
        try
        {
            CloseStore();
            _memory.FreeDead();
        }
        finally
        {
            Manager.Return(this);
        }
    }

    /// <summary>What is left to do for passes that have ended, outside every lock: allocators and observers may call back.</summary>
    private void FinishEnd()
    {
        try
        {
            _memory.FreeDead();
        }
        finally
        {
            Manager.DeliverFindings();
        }
    }
}
