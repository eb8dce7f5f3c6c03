using System.Runtime.CompilerServices;

namespace Workspaces.Memory.Replay;

/// <summary>
/// What a request is matched by, in one number, so that one subtraction tells whether a slot is of the same tag and large enough.
/// <code>
///   63            33 32 31                0
///   |  tag, 31 bits |0|0| granules, 31 bits|      size 0 … 128 GiB less 64 B
/// </code>
/// </summary>
internal static class RequestKey
{
    /// <summary>A key that no slot has and that fits none, because bit 32 is set: requests too large for a plan.</summary>
    internal const ulong None = 0xFFFF_FFFF_0000_0000;

    private const int TagShift = 33;
    private const long MaxGranules = 0x7FFF_FFFF;
    private const uint TagMask = 0x7FFF_FFFF;

    /// <summary>The key of a request.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static ulong Of(uint tag, long bytes)
    {
        ulong granules = ((ulong)bytes + (Granule.Bytes - 1)) / Granule.Bytes;
        return granules > MaxGranules ? None : ((ulong)(tag & TagMask) << TagShift) | granules;
    }

    /// <summary>True when a slot has the tag of the request and at least its size.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static bool Fits(ulong slot, ulong request) => slot - request <= MaxGranules;

    /// <summary>True for a slot of exactly this request; of a known tag also for one that was made larger by rounding, by an eighth at most.</summary>
    internal static bool IsNear(ulong slot, ulong request) =>
        slot == request || (Tag(request) != 0 && Fits(slot, request) && slot - request <= (ulong)Granules(slot) / 8);

    internal static uint Tag(ulong key) => (uint)(key >> TagShift);

    internal static long Granules(ulong key) => (long)(key & MaxGranules);

    /// <summary>The key without the two bits that are 0 in every key: with them a slot would fit requests larger than itself.</summary>
    internal static ulong Valid(ulong key) => key & ~(3UL << (TagShift - 2));

    internal static ulong WithGranules(ulong key, long granules) => (key & ~(ulong)MaxGranules) | (ulong)granules;
}
