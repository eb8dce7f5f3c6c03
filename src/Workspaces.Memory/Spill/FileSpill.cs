using System.Diagnostics;
using Workspaces.Memory.Allocators;
using Workspaces.Memory.Arenas;
using Workspaces.Memory.Passes;

namespace Workspaces.Memory.Spill;

/// <summary>
/// <see cref="SpillPolicy.External"/>: blocks in a mapped temporary file, whose disk space is taken in granules of <c>TempBlockSize</c> when a request
/// needs it, and given back when the pass ends, but for what the plan will need again: taking back the space of pages that were just written makes a
/// file system write them first.
/// <code>
///   0                    planned                  PeakTop       space on disk
///   |  blocks of the plan   |  others, best fit      |   granule     |  address space
/// </code>
/// The file is made at the first spill; file and map stay until the workspace frees its memory, so that later passes only take and give back space.
/// </summary>
internal sealed class FileSpill(WorkspaceMemory owner) : SpillSource
{
    private const long Reserve = 64L << 30;

    /// <summary>Passes without need of it after which kept space is given back.</summary>
    private const int PassesToKeep = 8;
    private readonly BestFitAllocator _online = new();
    private Arena? _arena;
    private nint _base;
    private bool _isUsed;
    private bool _takesPages;
    private long _planned;
    private long _kept;
    private int _idlePasses;
    private long _peak;
    private long _ticks;

    internal override bool IsCapped => false;

    internal override long UsedBytes => _isUsed ? DiskBytes : 0;

    internal override long DiskBytes => _arena?.CommittedBytes ?? 0;

    internal override long PeakBytes => Math.Max(_peak, _online.PeakTop);

    internal override bool FreesEachBlock => false;

    /// <summary>Time spent in calls to the system.</summary>
    internal TimeSpan Time => Stopwatch.GetElapsedTime(0, _ticks);

    internal override bool Holds(BlockHeader header) => _arena is { } arena && (nuint)(header.Address - _base) < (nuint)arena.CapacityBytes;

    internal override bool TryLease(Frame frame, int ownOps)
    {
        _takesPages = frame.TakesPages;
        return _arena?.GivePages() != false;
    }

    internal override void TakePagesOf(BlockHeader header) =>
        _arena!.TakePages(header.Address - _base, header.Address - _base + Granule.RoundUp(header.Bytes));

    internal override void Trim() => GiveBack(0);

    internal override bool TryRelease()
    {
        _arena?.Dispose();
        _arena = null;
        return true;
    }

    /// <summary>Takes space for the part of a plan that does not fit the arena, before the pass's first block; false when it cannot be had.</summary>
    internal bool TryBegin(long planned)
    {
        if (!TryReach(planned)) return false;
        _arena!.Touch(planned);
        _online.Reset(planned);
        _planned = planned;
        _isUsed = true;
        return true;
    }

    /// <summary>The block of a plan at this byte of the planned part.</summary>
    internal nint AddressOf(long offset, long bytes)
    {
        if (!_arena!.GivePages(offset, offset + bytes)) ArenaErrors.ThrowPagesNotGiven(bytes, _arena.LastSystemErrorText);
        return _base + (nint)offset;
    }

    internal override bool TryPlace(BlockHeader header, in BlockRequest request, PlaceRule rule)
    {
        bool freshOnly = rule != PlaceRule.Reuse || owner.NeverReuses;
        long size = Granule.RoundUp(request.Bytes), held = _arena?.UsableBytes ?? 0;
        if (_arena is null || !_online.TryAllocate(request.Bytes, held, out long offset, out int node, freshOnly))
        {
            if (!TryReach((freshOnly ? _online.PeakTop : _online.Top) + size)) return false;
            if (!_online.TryAllocate(request.Bytes, _arena!.UsableBytes, out offset, out node, freshOnly)) return false;
        }

        header.Address = AddressOf(offset, size);
        _arena!.Touch(offset + size);
        header.Chunk = node;
        _isUsed = true;
        return true;
    }

    internal override bool Free(BlockHeader header, bool opsInFlight)
    {
        if (owner.NeverReuses) _arena!.Kill(header.Address - _base, Granule.RoundUp(header.Bytes));
        else if (header.Chunk >= 0) _online.Free(header.Chunk);
        return true;
    }

    internal override void FreeAtEnd(BlockHeader header)
    {
    }

    internal override void EndPass(Frame? inFlight)
    {
        _peak = PeakBytes;
        _online.Reset(0);
        _idlePasses = _planned > 0 ? 0 : _idlePasses + 1;
        long keep = Math.Max(_planned, _idlePasses < PassesToKeep ? _kept : 0);
        if (inFlight is null) GiveBack(keep, _takesPages); // else an op still works on it, and the next pass sees to it
        _kept = keep;
        _planned = 0;
        _isUsed = false;
    }

    /// <summary>Makes the first bytes usable, in whole granules; where a granule too much is refused, no more than is needed.</summary>
    private bool TryReach(long end)
    {
        if (_arena is { } open && end <= open.UsableBytes) return true;
        long start = Stopwatch.GetTimestamp(), granule = owner.Configuration.TempBlockSize;
        try
        {
            if (!TryOpen()) return false;
            Arena arena = _arena!;
            owner.CountSystemCall();
            long wished = end > long.MaxValue - granule ? end : (end + granule - 1) / granule * granule;
            bool reached = arena.TryCommit(wished, wished, out CommitStatus status)
                || (wished > end && arena.TryCommit(end, end, out status));
            Problem = reached ? null
                : status == CommitStatus.RefusedBySystem
                ? $"a temporary file in '{TempFiles.Folder(owner.Configuration)}' could not grow to {end} bytes: {arena.LastSystemErrorText}"
                : $"a temporary file of {end} bytes is more than the {arena.CapacityBytes} bytes of its address range";
            return reached;
        }
        finally
        {
            _ticks += Stopwatch.GetTimestamp() - start;
        }
    }

    private bool TryOpen()
    {
        if (_arena is not null) return true;
        owner.CountSystemCall();
        _arena = TempFiles.TryMap(owner.Files, owner.Configuration, Reserve, budget: null, out string? problem);
        Problem = problem;
        if (_arena is null) return false;
        _base = _arena.Address;
        return true;
    }

    /// <summary>Gives disk space back but for so many bytes and the granule that they end in; what stays may be taken away until the next pass.</summary>
    private void GiveBack(long keep, bool takesPages = false)
    {
        if (_arena is not { } arena) return;
        GiveBackAbove(arena, keep);
        if (takesPages) arena.TakePages();
    }

    private void GiveBackAbove(Arena arena, long keep)
    {
        long granule = owner.Configuration.TempBlockSize;
        if (keep > 0) keep = (keep + granule - 1) / granule * granule;
        if (arena.UsableBytes <= keep) return;
        long start = Stopwatch.GetTimestamp();
        owner.CountSystemCall();
        arena.Trim(keep);
        _ticks += Stopwatch.GetTimestamp() - start;
    }
}
