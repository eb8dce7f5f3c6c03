using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace Workspaces.Memory.Passes;

/// <summary>
/// One thread at a time, biased: the thread that uses the gate again and again enters with two plain stores and a load, everybody else with a
/// compare-and-swap. Not re-entrant.
/// <code>
///   owner:   inside = id;   owner still me?  yes → in              (no interlocked step)
///   other:   taken 0 → 1;   owner = null;  barrier in all threads;  wait while the owner's inside == id;  in
/// </code>
/// <para>
/// Why it holds: the other's barrier drains the stores of every thread. If the owner looked before it, its "inside" is visible after it; if the owner looks
/// after it, it finds itself deposed and goes the long way. Inside belongs to the thread that writes it, so a late store of an old owner harms nobody.
/// Biased locking with process-wide barriers is known from Dice, Moir and Scherer, "Quickly Reacquirable Locks" (2003).
/// </para>
/// <para>
/// A barrier in all threads costs microseconds. So each time that an owner is deposed, the gate asks for four times as many openings in a row by one thread
/// before it takes an owner again: passes that change threads soon run on compare-and-swap alone.
/// </para>
/// </summary>
/// <typeparam name="TKind">How it waits, and where a thread notes that it is inside.</typeparam>
internal struct Gate<TKind>
    where TKind : IGateKind
{
    private const int MostPatience = 1 << 20;
    private readonly long _id = WorkspaceManager.TakeSerials(1);
    private int _taken;
    private int _patience = 1;
    private int _streak;
    private FlowThread? _owner;

    /// <summary>The owner, and after it was deposed until its stores are visible to everybody and it has left.</summary>
    private FlowThread? _unordered;
    private FlowThread? _candidate;

    public Gate()
    {
    }

    /// <summary>Enters until the scope is disposed.</summary>
    [UnscopedRef]
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal Scope Enter() => Enter(FlowThread.Current);

    /// <summary>The same for who knows the thread already.</summary>
    [UnscopedRef]
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal Scope Enter(FlowThread me) => new(ref this, me);

    /// <summary>Enters without an interlocked step if the thread is the owner. A thread that is inside another gate of the kind goes the long way.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal bool TryEnterAsOwner(FlowThread me)
    {
        if (!ReferenceEquals(_owner, me)) return false;
        ref long inside = ref TKind.Inside(me);
        if (inside != 0) return false;
        Volatile.Write(ref inside, _id);
        if (ReferenceEquals(Volatile.Read(ref _owner), me)) return true;
        Volatile.Write(ref inside, 0);
        return false;
    }

    /// <summary>Leaves after <see cref="TryEnterAsOwner"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static void ExitAsOwner(FlowThread me) => Volatile.Write(ref TKind.Inside(me), 0);

    /// <summary>Enters unless somebody is inside; never waits. Left by <see cref="ExitShared"/>.</summary>
    internal bool TryEnter()
    {
        FlowThread me = FlowThread.Current;
        if (Interlocked.CompareExchange(ref _taken, 1, 0) != 0) return false;
        if (_owner is not { } owner) return true;
        bool free = ReferenceEquals(owner, me) ? TKind.Inside(me) != _id : TryDepose(owner);
        if (!free) ExitShared();
        return free;
    }

    /// <summary>Leaves after <see cref="TryEnter"/>.</summary>
    internal void ExitShared() => Volatile.Write(ref _taken, 0);

    /// <summary>Called inside the gate when a pass opens: a thread that has opened many in a row becomes the owner.</summary>
    internal void Prefer(FlowThread me)
    {
        if (ReferenceEquals(_owner, me)) return;
        if (!ReferenceEquals(_candidate, me)) (_candidate, _streak) = (me, 0);
        if (++_streak < _patience) return;
        _owner = _unordered = me;
        Interlocked.MemoryBarrier(); // who registers an op from here on finds the owner, see IsOwnedByOther
    }

    internal readonly bool IsOwner(FlowThread me) => ReferenceEquals(_owner, me);

    /// <summary>
    /// True when the gate spares another thread its interlocked steps: what that thread stored may not be visible here yet. It stays true while a third
    /// thread is deposing that one, because the barrier may still be to come.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal readonly bool IsOwnedByOther() => IsOwnedByOther(FlowThread.Current);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal readonly bool IsOwnedByOther(FlowThread me) => _unordered is { } owner && !ReferenceEquals(owner, me);

    /// <summary>After it every store of an owner is visible here, and all that follow it will be ordered by interlocked steps.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    internal void Share() => Enter().Dispose();

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void EnterShared(FlowThread me)
    {
        var spin = new SpinWait();
        while (Interlocked.CompareExchange(ref _taken, 1, 0) != 0) spin.SpinOnce(TKind.SleepThreshold);
        if (_owner is not { } owner || ReferenceEquals(owner, me)) return;
        Depose();
        while (Volatile.Read(ref TKind.Inside(owner)) == _id) spin.SpinOnce(TKind.SleepThreshold);
        Volatile.Write(ref _unordered, null);
    }

    /// <summary>Takes the ownership away unless the owner is inside: then it stays the owner, and nobody need wait for it.</summary>
    private bool TryDepose(FlowThread owner)
    {
        Depose();
        bool free = Volatile.Read(ref TKind.Inside(owner)) != _id;
        if (free) Volatile.Write(ref _unordered, null);
        else Volatile.Write(ref _owner, owner);
        return free;
    }

    /// <summary>Nobody enters as the owner any more; who did so before shows it.</summary>
    private void Depose()
    {
        _patience = Math.Min(_patience * 4, MostPatience);
        (_candidate, _streak) = (null, 0);
        Volatile.Write(ref _owner, null);
        Interlocked.MemoryBarrierProcessWide();
    }

    /// <summary>Inside until disposed.</summary>
    internal readonly ref struct Scope
    {
        private readonly ref Gate<TKind> _gate;
        private readonly FlowThread _me;
        private readonly bool _asOwner;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        internal Scope(ref Gate<TKind> gate, FlowThread me)
        {
            _gate = ref gate;
            _me = me;
            _asOwner = gate.TryEnterAsOwner(me);
            if (!_asOwner) gate.EnterShared(me);
        }

        /// <summary>Leaves.</summary>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Dispose()
        {
            if (_asOwner) ExitAsOwner(_me);
            else _gate.ExitShared();
        }
    }
}
