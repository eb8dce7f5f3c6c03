using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Workspaces.Kernels.Random;

/// <summary>Eight Philox blocks at a time, one per 64-bit lane; the same numbers as <see cref="Philox.Block"/>.</summary>
internal static class PhiloxVector
{
    /// <summary>Numbers made at a time.</summary>
    public const int Count = 32;

    /// <summary>
    /// Lanes 0, 2, 4, 6 hold the first four blocks and 1, 3, 5, 7 the others: unpacking takes even lanes apart from odd ones,
    /// so both stores come out in order.
    /// </summary>
    private static readonly Vector512<ulong> LaneBlocks = Vector512.Create(0UL, 4, 1, 5, 2, 6, 3, 7);

    /// <summary>Whether this machine has it.</summary>
    public static bool IsSupported => Avx512F.IsSupported;

    /// <summary>The <see cref="Count"/> numbers of blocks <paramref name="counter"/> to counter + 7.</summary>
    public static void Fill(ulong seed, ulong stream, ulong counter, Span<uint> destination)
    {
        Vector512<ulong> low = Vector512.Create((ulong)uint.MaxValue), count = Vector512.Create(counter) + LaneBlocks;
        Vector512<ulong> x0 = count & low, x1 = count >>> 32;
        Vector512<ulong> x2 = Vector512.Create(stream & uint.MaxValue), x3 = Vector512.Create(stream >> 32);
        Vector512<ulong> multiplier0 = Vector512.Create((ulong)Philox.Multiplier0);
        Vector512<ulong> multiplier1 = Vector512.Create((ulong)Philox.Multiplier1);
        uint key0 = (uint)seed, key1 = (uint)(seed >> 32);
        for (int round = 0; round < Philox.Rounds; round++)
        {
            Vector512<ulong> product0 = x0 * multiplier0, product1 = x2 * multiplier1;
            x0 = (product1 >>> 32) ^ x1 ^ Vector512.Create((ulong)key0);
            x2 = (product0 >>> 32) ^ x3 ^ Vector512.Create((ulong)key1);
            x1 = product1 & low;
            x3 = product0 & low;
            key0 = unchecked(key0 + Philox.Weyl0);
            key1 = unchecked(key1 + Philox.Weyl1);
        }

        Vector512<ulong> words01 = x0 | (x1 << 32), words23 = x2 | (x3 << 32);
        Avx512F.UnpackLow(words01, words23).AsUInt32().CopyTo(destination);
        Avx512F.UnpackHigh(words01, words23).AsUInt32().CopyTo(destination[16..]);
    }
}
