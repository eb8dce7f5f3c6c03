using System.Numerics;

namespace Workspaces.Memory.Arenas;

/// <summary>
/// Which pages of an arena are taken away, one bit each: nobody can read or write them until they are given back, and their contents stay. Offsets are
/// multiples of a page.
/// </summary>
/// <param name="memory">Changes the access.</param>
/// <param name="start">Address of the first page.</param>
/// <param name="page">Bytes of a page.</param>
internal sealed class PageGuard(VirtualMemory memory, nint start, long page)
{
    private const int Bits = 64;

    /// <summary>Stretches taken one by one before no more are: each costs the system an entry in a table that is limited per process.</summary>
    private const int MostStretches = 4096;
    private ulong[] _taken = [];
    private int _stretches;

    /// <summary>True while some page is taken away.</summary>
    internal bool HasTaken { get; private set; }

    /// <summary>Takes the pages of [from, to) away; does nothing when the system refuses, because a fault less is all that costs.</summary>
    /// <returns>The error of the system, or 0.</returns>
    internal int Take(long from, long to)
    {
        return from >= to || _stretches >= MostStretches ? 0 : TakeStretch(from, to);
    }

    /// <summary>Takes the first bytes away, whatever is taken of them already: one stretch from now on.</summary>
    /// <returns>The error of the system, or 0.</returns>
    internal int TakeAll(long to)
    {
        if (to == 0) return 0;
        int error = TakeStretch(0, to);
        if (error == 0) _stretches = 1;
        return error;
    }

    private int TakeStretch(long from, long to)
    {
        int error = memory.Protect((nint)(start + from), to - from, PageAccess.None);
        if (error != 0) return error;
        int words = (int)((to / page / Bits) + 1);
        if (words > _taken.Length) Array.Resize(ref _taken, Math.Max(words, _taken.Length * 2));
        for (long i = from / page; i < to / page; i++) _taken[i / Bits] |= 1UL << (int)(i % Bits);
        _stretches++;
        HasTaken = true;
        return 0;
    }

    /// <summary>Gives back what is taken of [from, to), stretch by stretch, because between them there may be pages that are not committed.</summary>
    /// <returns>The error of the system, or 0.</returns>
    internal int Give(long from, long to)
    {
        if (!HasTaken) return 0;
        long last = Math.Min(to / page, (long)_taken.Length * Bits);
        for (long i = Next(from / page, last); i < last;)
        {
            long end = i;
            while (end < last && IsTaken(end)) end++;
            int error = memory.Protect((nint)(start + (i * page)), (end - i) * page, PageAccess.ReadWrite);
            if (error != 0) return error;
            for (; i < end; i++) _taken[i / Bits] &= ~(1UL << (int)(i % Bits));
            i = Next(end, last);
        }

        return 0;
    }

    /// <summary>Gives back everything.</summary>
    /// <returns>The error of the system, or 0.</returns>
    internal int GiveAll()
    {
        int error = Give(0, (long)_taken.Length * Bits * page);
        if (error != 0) return error;
        HasTaken = false;
        _stretches = 0;
        return 0;
    }

    private bool IsTaken(long index) => (_taken[index / Bits] >> (int)(index % Bits) & 1) != 0;

    /// <summary>The first page from here on that is taken away, or the end.</summary>
    private long Next(long index, long end)
    {
        while (index < end)
        {
            ulong rest = _taken[index / Bits] >> (int)(index % Bits);
            if (rest != 0) return Math.Min(index + BitOperations.TrailingZeroCount(rest), end);
            index = ((index / Bits) + 1) * Bits;
        }

        return end;
    }
}
