using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Workspaces.Memory.Allocators;
using Workspaces.Memory.Budgets;

namespace Workspaces.Memory.Arenas;

/// <summary>
/// One reserved address range that is committed from its start as needed and never moves: growth keeps every pointer valid.
/// <code>
/// Base                Touched            Usable  +1 page = Committed                     Reserved
///  | poisoned, or written | committed, zero | tail page |        address space only        |
/// </code>
/// The tail page is readable, so that a masked vector load past the last granule never faults; it belongs to nobody.
/// </summary>
/// <remarks>
/// Not thread-safe: the owner serialises calls; counters may be read from anywhere. There is no finalizer on purpose: pulling pages
/// from under a span that still lives would crash the process, so an arena that nobody disposes is reported elsewhere and not unmapped.
/// </remarks>
internal sealed unsafe partial class Arena : IDisposable
{
    /// <summary>The largest arena: 256 GiB, what 32-bit offsets in granules of 64 bytes address.</summary>
    public const long MaxReserveBytes = 1L << 38;

    /// <summary>What a reservation is halved down to by default before the constructor gives up: 64 MiB.</summary>
    public const long DefaultMinimumReserveBytes = 64L << 20;

    /// <summary>Alignment of the base in bytes (2 MiB, a huge page), and granule of growth of an arena at least that large.</summary>
    public const long Alignment = VirtualMemory.HugePageSize;

    /// <summary>Granule of growth of a small arena and of poisoning, in bytes (64 KiB).</summary>
    public const long SmallGranule = 64L << 10;

    /// <summary>What fresh and dead memory is filled with: NaN in floats, -1 in integers.</summary>
    internal const byte Poison = 0xFF;

    private readonly VirtualMemory _memory;
    private readonly AddressRange _range;
    private readonly long _page;
    private MemoryBudget? _budget;
    private bool _hugePagesRefused;
    private bool _pastBudget; // what the last refusal was
    private long _committed;
    private long _discardedFrom = long.MaxValue;
    private int _disposed;
    private long _touched; // -1 after Dispose: one comparison in Touch serves both

    /// <summary>Reserves address space; commits nothing.</summary>
    /// <param name="reserveBytes">1 … <see cref="MaxReserveBytes"/>, rounded up to 2 MiB; halved while the system refuses.</param>
    /// <param name="minimumBytes">The least that is still worth having: 0 … <paramref name="reserveBytes"/> are tried.</param>
    /// <exception cref="ArgumentOutOfRangeException">A size outside its range.</exception>
    /// <exception cref="AllocationException">The system refuses even the minimum.</exception>
    public Arena(long reserveBytes, long minimumBytes = DefaultMinimumReserveBytes)
        : this(reserveBytes, minimumBytes, VirtualMemory.Current)
    {
    }

    /// <summary>Makes an arena that reserves every page in a budget before it asks the system.</summary>
    internal Arena(long reserveBytes, long minimumBytes, VirtualMemory memory, MemoryBudget? budget = null)
    {
        if (reserveBytes is <= 0 or > MaxReserveBytes)
            ArenaErrors.ThrowReserveSize(reserveBytes);
        ArgumentOutOfRangeException.ThrowIfNegative(minimumBytes);

        _memory = memory;
        _budget = budget;
        _page = memory.PageSize;
        long capacity = VirtualMemory.RoundUp(reserveBytes, Alignment);
        long smallest = VirtualMemory.RoundUp(Math.Clamp(minimumBytes, 1, capacity), Alignment);
        int error = memory.Reserve(capacity + _page, Alignment, out _range);
        while (error != 0 && capacity > smallest)
        {
            capacity = Math.Max(VirtualMemory.RoundUp(capacity / 2, Alignment), smallest);
            error = memory.Reserve(capacity + _page, Alignment, out _range);
        }
        if (error != 0)
            ArenaErrors.ThrowReserveRefused(reserveBytes, smallest, memory.Name, error);
        _ = memory.DoNotFork(_range);
        CapacityBytes = capacity;
    }

    /// <summary>Address of the first byte, a multiple of 2 MiB; the same for the arena's whole life.</summary>
    /// <exception cref="ObjectDisposedException">The arena was disposed.</exception>
    public nint Address
    {
        get
        {
            ThrowIfDisposed();
            return _range.Start;
        }
    }

    /// <summary><see cref="Address"/> as a pointer.</summary>
    /// <exception cref="ObjectDisposedException">The arena was disposed.</exception>
    public byte* Base => (byte*)Address;

    /// <summary>The most bytes that can ever be usable; less than asked when the system refused.</summary>
    public long CapacityBytes { get; private set; }

    /// <summary>Address space held: the capacity and the tail page.</summary>
    public long ReservedBytes => CapacityBytes == 0 ? 0 : CapacityBytes + _page;

    /// <summary>Bytes that the system has promised: the usable ones, rounded up to pages, and the tail page.</summary>
    public long CommittedBytes => _committed - DiscardedBytes;

    /// <summary>Bytes of pages inside that were given back by <see cref="Discard"/> and must not be touched.</summary>
    internal long DiscardedBytes { get; private set; }

    /// <summary>Bytes from <see cref="Base"/> that may be handed out.</summary>
    public long UsableBytes { get; private set; }

    /// <summary>Bytes from <see cref="Base"/> that have been poisoned, so are no longer the system's zero pages.</summary>
    public long TouchedBytes => Math.Max(_touched, 0);

    /// <summary>Bytes from <see cref="Base"/> for which the system took the advice to use huge pages; 0 where it has none.</summary>
    public long HugePageAdvisedBytes { get; private set; }

    /// <summary>The system's number of the last refusal, 0 when there was none.</summary>
    public int LastSystemError { get; private set; }

    /// <summary>Number and text of the last refusal of the system, for messages.</summary>
    public string LastSystemErrorText => LastSystemError == 0 ? "no error" : VirtualMemory.Describe(LastSystemError);

    /// <summary>
    /// Makes the first <paramref name="usableBytes"/> usable. Grows in granules of 64 KiB, or of 2 MiB once that large; where the system
    /// refuses a whole granule, by the pages needed. What is already usable is never taken away.
    /// </summary>
    /// <param name="usableBytes">Bytes from <see cref="Base"/>, not negative.</param>
    /// <param name="limitBytes">Usable bytes are never more than this, whatever the granule; the tail page comes on top.</param>
    /// <param name="status">Why not, when false is returned.</param>
    /// <returns>False when the bytes are not usable; then nothing has changed.</returns>
    /// <exception cref="ObjectDisposedException">The arena was disposed.</exception>
    public bool TryCommit(long usableBytes, long limitBytes, out CommitStatus status)
    {
        ThrowIfDisposed();
        ArgumentOutOfRangeException.ThrowIfNegative(usableBytes);
        status = CommitStatus.Committed;
        if (usableBytes <= UsableBytes)
            return true;

        if (usableBytes > limitBytes)
            status = CommitStatus.PastLimit;
        else if (usableBytes > CapacityBytes)
            status = CommitStatus.PastCapacity;
        else if (!TryGrowInGranules(usableBytes, Math.Min(limitBytes, CapacityBytes)))
            status = _pastBudget ? CommitStatus.PastBudget : CommitStatus.RefusedBySystem;
        return status == CommitStatus.Committed;
    }

    /// <summary>
    /// First touch: fills [<see cref="TouchedBytes"/>, <paramref name="end"/>) with 0xFF, once, in chunks of 64 KiB that stay inside the
    /// usable bytes. That is NaN in f32 and f64 and -1 in integers, so an op that forgets to write its output is seen in the first pass.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="end"/> lies above <see cref="UsableBytes"/>.</exception>
    /// <exception cref="ObjectDisposedException">The arena was disposed.</exception>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Touch(long end)
    {
        if (end > _touched)
            PoisonUpTo(end);
    }

    /// <summary>
    /// Gives everything above <paramref name="keepUsableBytes"/>, rounded up to a page, back to the system; addresses stay reserved and a
    /// later <see cref="TryCommit"/> brings fresh pages. 0 gives back the tail page too. Nothing live may lie above.
    /// </summary>
    /// <returns>Bytes given back; 0 when there was nothing to give or the system refused (<see cref="LastSystemError"/>).</returns>
    /// <exception cref="ObjectDisposedException">The arena was disposed.</exception>
    public long Trim(long keepUsableBytes)
    {
        ThrowIfDisposed();
        ArgumentOutOfRangeException.ThrowIfNegative(keepUsableBytes);
        if (keepUsableBytes >= UsableBytes)
            return 0;
        long keep = VirtualMemory.RoundUp(keepUsableBytes, _page);
        long committed = keep == 0 ? 0 : keep + _page;
        long surplus = _committed - committed;
        if (surplus <= 0)
            return 0;
        if (!GivePages(committed, _committed))
            return 0;

        int error = _memory.Decommit((nint)(_range.Start + committed), surplus);
        if (error != 0)
        {
            LastSystemError = error;
            return 0;
        }
        _committed = committed;
        UsableBytes = keep;
        _budget?.Give(surplus);
        _touched = Math.Min(_touched, keep);
        HugePageAdvisedBytes = Math.Min(HugePageAdvisedBytes, VirtualMemory.RoundDown(keep, Alignment));
        return surplus;
    }

    /// <summary>Releases the address range; pointers into it fault from now on. Further calls do nothing.</summary>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0)
            return;
        long committed = CommittedBytes;
        _committed = DiscardedBytes = UsableBytes = HugePageAdvisedBytes = CapacityBytes = 0;
        _touched = -1;
        LastSystemError = _memory.Release(_range);
        _budget?.Give(committed);
    }

    /// <summary>The budget that its pages are reserved in; null for none.</summary>
    internal MemoryBudget? Budget => _budget;

    /// <summary>The least bytes that the system has to commit before so many are usable.</summary>
    internal long MissingBytes(long usableBytes) => Math.Max(VirtualMemory.RoundUp(usableBytes, _page) + _page - _committed, 0);

    /// <summary>Reserves the pages in another budget from now on; false, and nothing changed, when that one has no room.</summary>
    internal bool TryMoveTo(MemoryBudget budget)
    {
        if (_budget is { } before ? !before.TryMove(CommittedBytes, budget) : !budget.TryTake(CommittedBytes))
            return false;
        _budget = budget;
        return true;
    }

    /// <summary>The next touch poisons from the start again: for pages whose next owner is to find no bytes of the last one.</summary>
    internal void ForgetTouch()
    {
        ThrowIfDisposed();
        _touched = 0;
    }

    /// <summary>Usable bytes as a span; the caller keeps to its own.</summary>
    internal Span<byte> Slice(long offset, int length)
    {
        if (offset < 0 || length > UsableBytes - offset) ArenaErrors.ThrowTouchRange(offset + length, UsableBytes);
        return new Span<byte>(Base + offset, length);
    }

    /// <summary>Fills dead bytes, so that a use of them shows.</summary>
    internal void Kill(long offset, long bytes) => NativeMemory.Fill(Base + offset, (nuint)bytes, Poison);

    /// <summary>Bytes of the whole pages inside [from, to).</summary>
    internal long WholePages(long from, long to) => Math.Max(0, VirtualMemory.RoundDown(to, _page) - VirtualMemory.RoundUp(from, _page));

    /// <summary>
    /// Gives the whole pages inside [from, to) back, below the usable end. Nothing may touch them until <see cref="RestoreDiscarded"/>.
    /// </summary>
    /// <returns>Bytes given back; 0 when there are none or the system refused.</returns>
    internal long Discard(long from, long to)
    {
        ThrowIfDisposed();
        long bytes = WholePages(from, Math.Min(to, UsableBytes)), first = VirtualMemory.RoundUp(from, _page);
        if (bytes == 0 || !GivePages(first, first + bytes)) return 0;
        int error = _memory.Decommit((nint)(_range.Start + first), bytes);
        if (error != 0)
        {
            LastSystemError = error;
            return 0;
        }

        DiscardedBytes += bytes;
        _budget?.Give(bytes);
        _discardedFrom = Math.Min(_discardedFrom, first);
        return bytes;
    }

    /// <summary>After a pass with discarded pages: everything from the first of them on is given back and grows anew.</summary>
    internal void RestoreDiscarded()
    {
        long keep = Math.Max(0, _discardedFrom - _page), committed = keep == 0 ? 0 : keep + _page, held = CommittedBytes;
        _ = GivePages(committed, _committed);
        int error = _memory.Decommit((nint)(_range.Start + committed), _committed - committed);
        if (error != 0) LastSystemError = error; // the pages that are there stay unused until growth commits them again
        _committed = committed;
        UsableBytes = keep;
        _touched = Math.Min(_touched, keep);
        HugePageAdvisedBytes = Math.Min(HugePageAdvisedBytes, VirtualMemory.RoundDown(keep, Alignment));
        DiscardedBytes = 0;
        _discardedFrom = long.MaxValue;
        _budget?.Give(held - committed);
    }

    /// <summary>Changes the access to the whole pages inside [from, to); for checked mode. Contents stay.</summary>
    /// <returns>False when the system refused (<see cref="LastSystemError"/>).</returns>
    internal bool TryProtect(long from, long to, PageAccess access)
    {
        ThrowIfDisposed();
        if (from < 0 || to < from || to > UsableBytes)
            ArenaErrors.ThrowProtectRange(from, to, UsableBytes);
        long first = VirtualMemory.RoundUp(from, _page);
        long last = VirtualMemory.RoundDown(to, _page);
        if (first >= last)
            return true;
        int error = _memory.Protect((nint)(_range.Start + first), last - first, access);
        if (error != 0)
            LastSystemError = error;
        return error == 0;
    }

    private bool TryGrowInGranules(long usable, long cap)
    {
        long granule = usable < Alignment ? SmallGranule : Alignment;
        long wished = Math.Min(VirtualMemory.RoundUp(usable, granule), cap);
        long least = Math.Min(VirtualMemory.RoundUp(usable, _page), cap);
        return TryGrow(wished) || (least < wished && TryGrow(least));
    }

    private bool TryGrow(long usable)
    {
        long committed = VirtualMemory.RoundUp(usable, _page) + _page;
        if (committed > _committed)
        {
            long more = committed - _committed;
            _pastBudget = _budget is { } budget && !budget.TryTake(more);
            if (_pastBudget)
                return false;
            int error = _memory.Commit((nint)(_range.Start + _committed), more);
            if (error != 0)
            {
                _budget?.Give(more);
                LastSystemError = error;
                return false;
            }
            _committed = committed;
        }
        UsableBytes = usable;
        AdviseHugePages();
        return true;
    }

    // Advice comes before the first touch, which decides the size of the page behind an address.
    private void AdviseHugePages()
    {
        long end = VirtualMemory.RoundDown(UsableBytes, Alignment);
        if (_hugePagesRefused || end <= HugePageAdvisedBytes)
            return;
        int error = _memory.AdviseHugePages((nint)(_range.Start + HugePageAdvisedBytes), end - HugePageAdvisedBytes);
        if (error == 0)
            HugePageAdvisedBytes = end;
        else
            _hugePagesRefused = true;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void PoisonUpTo(long end)
    {
        ThrowIfDisposed();
        if (end > UsableBytes)
            ArenaErrors.ThrowTouchRange(end, UsableBytes);
        long to = Math.Min(VirtualMemory.RoundUp(end, SmallGranule), UsableBytes);
        NativeMemory.Fill((byte*)_range.Start + _touched, (nuint)(to - _touched), Poison);
        _touched = to;
    }

    private void ThrowIfDisposed() => ObjectDisposedException.ThrowIf(Volatile.Read(ref _disposed) != 0, this);
}
