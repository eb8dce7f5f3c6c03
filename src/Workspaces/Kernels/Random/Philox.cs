using System.Runtime.CompilerServices;

namespace Workspaces.Kernels.Random;

/// <summary>
/// The counter-based generator Philox4x32-10 (Salmon, Moraes, Dror and Shaw, "Parallel random numbers: as easy as 1, 2, 3", SC 2011).
/// Number i of a stream depends on seed, stream and i only, so any thread can make any part of it.
/// </summary>
internal static class Philox
{
    /// <summary>The constants and rounds of the paper.</summary>
    internal const uint Multiplier0 = 0xD2511F53, Multiplier1 = 0xCD9E8D57, Weyl0 = 0x9E3779B9, Weyl1 = 0xBB67AE85;

    /// <summary>Rounds of mixing.</summary>
    internal const int Rounds = 10;

    /// <summary>Numbers made on the stack at a time.</summary>
    private const int Chunk = 256;

    /// <summary>Numbers <paramref name="offset"/>, offset + 1, … of a stream, uniform over all 32-bit values.</summary>
    public static void Fill(ulong seed, ulong stream, ulong offset, Span<uint> destination)
    {
        int i = 0;
        while (i < destination.Length)
        {
            ulong number = offset + (ulong)i;
            if (PhiloxVector.IsSupported && number % 4 == 0 && destination.Length - i >= PhiloxVector.Count)
            {
                PhiloxVector.Fill(seed, stream, number / 4, destination.Slice(i, PhiloxVector.Count));
                i += PhiloxVector.Count;
                continue;
            }

            UInt4 block = Block(seed, stream, number / 4);
            for (int word = (int)(number % 4); word < 4 && i < destination.Length; word++)
                destination[i++] = block[word];
        }
    }

    /// <summary>The same stream as f32, uniform in [0, 1): the upper 24 bits of each number.</summary>
    public static void FillUniform(ulong seed, ulong stream, ulong offset, Span<float> destination)
    {
        Span<uint> numbers = stackalloc uint[Chunk];
        for (int i = 0; i < destination.Length; i += Chunk)
        {
            Span<float> part = destination.Slice(i, Math.Min(Chunk, destination.Length - i));
            Fill(seed, stream, offset + (ulong)i, numbers[..part.Length]);
            for (int j = 0; j < part.Length; j++)
                part[j] = (int)(numbers[j] >> 8) * (1f / (1 << 24));
        }
    }

    /// <summary>f64 uniform in [0, 1) with 53 bits; element i takes numbers 2i and 2i + 1 of the stream.</summary>
    public static void FillUniform(ulong seed, ulong stream, ulong offset, Span<double> destination)
    {
        Span<uint> numbers = stackalloc uint[Chunk];
        for (int i = 0; i < destination.Length; i += Chunk / 2)
        {
            Span<double> part = destination.Slice(i, Math.Min(Chunk / 2, destination.Length - i));
            Fill(seed, stream, 2 * (offset + (ulong)i), numbers[..(2 * part.Length)]);
            for (int j = 0; j < part.Length; j++)
                part[j] = ((((ulong)numbers[2 * j] << 32) | numbers[(2 * j) + 1]) >> 11) * (1.0 / (1UL << 53));
        }
    }

    /// <summary>The four numbers of one counter value.</summary>
    internal static UInt4 Block(ulong seed, ulong stream, ulong counter)
    {
        uint x0 = (uint)counter, x1 = (uint)(counter >> 32), x2 = (uint)stream, x3 = (uint)(stream >> 32);
        uint key0 = (uint)seed, key1 = (uint)(seed >> 32);
        for (int round = 0; round < Rounds; round++)
        {
            ulong product0 = (ulong)Multiplier0 * x0, product1 = (ulong)Multiplier1 * x2;
            (x0, x1, x2, x3) = ((uint)(product1 >> 32) ^ x1 ^ key0, (uint)product1, (uint)(product0 >> 32) ^ x3 ^ key1, (uint)product0);
            unchecked
            {
                key0 += Weyl0;
                key1 += Weyl1;
            }
        }

        UInt4 block = default;
        (block[0], block[1], block[2], block[3]) = (x0, x1, x2, x3);
        return block;
    }

    /// <summary>Four numbers.</summary>
    [InlineArray(4)]
    internal struct UInt4
    {
        private uint _element0;
    }
}
