using System.Diagnostics.CodeAnalysis;
using System.Numerics;
using System.Runtime.CompilerServices;

namespace Workspaces.Kernels.Random;

/// <summary>Inverted dropout: elements are dropped with a probability, the others scaled up so that the mean stays.</summary>
internal static class Dropout
{
    private const int Chunk = 256;

    /// <summary>y = mask x / (1 - probability). The mask depends on seed, stream and position only.</summary>
    /// <param name="x">Input.</param>
    /// <param name="y">Output; may be <paramref name="x"/>.</param>
    /// <param name="mask">1 for a kept element, 0 for a dropped one.</param>
    /// <param name="probability">Of dropping, 0 to 1; with 1 all is zero.</param>
    /// <param name="seed">Seed of <see cref="Philox"/>.</param>
    /// <param name="stream">Another for every mask of a run.</param>
    /// <param name="offset">Position of the first element in the stream, for parts of a tensor.</param>
    public static void Forward<T>(
        ReadOnlySpan<T> x, Span<T> y, Span<byte> mask, double probability, ulong seed, ulong stream, ulong offset = 0)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        Check(probability, x.Length, y.Length, mask.Length);
        T scale = Scale<T>(probability);
        Span<uint> numbers = stackalloc uint[Chunk];
        for (int i = 0; i < x.Length; i += Chunk)
        {
            int n = Math.Min(Chunk, x.Length - i);
            Span<byte> part = mask.Slice(i, n);
            Draw(probability, seed, stream, offset + (ulong)i, numbers[..n], part);
            Apply(x.Slice(i, n), part, y.Slice(i, n), scale);
        }
    }

    /// <summary>x = mask x / (1 - probability), with the mask of <see cref="Forward"/>, which is not kept: it can be drawn again.</summary>
    /// <param name="x">Changed.</param>
    /// <param name="draw">The mask.</param>
    /// <param name="offset">Position of the first element in the stream.</param>
    public static void Apply<T>(Span<T> x, in DropoutDraw draw, ulong offset)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        T scale = Scale<T>(draw.Probability);
        Span<uint> numbers = stackalloc uint[Chunk];
        Span<byte> mask = stackalloc byte[Chunk];
        for (int i = 0; i < x.Length; i += Chunk)
        {
            Span<T> part = x.Slice(i, Math.Min(Chunk, x.Length - i));
            Draw(draw.Probability, draw.Seed, draw.Stream, offset + (ulong)i, numbers[..part.Length], mask);
            Apply(part, mask, part, scale);
        }
    }

    /// <summary>dx = mask dy / (1 - probability).</summary>
    public static void Backward<T>(ReadOnlySpan<T> dy, ReadOnlySpan<byte> mask, Span<T> dx, double probability)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        Check(probability, dy.Length, dx.Length, mask.Length);
        Apply(dy, mask, dx, Scale<T>(probability));
    }

    /// <summary>A mask from as many random numbers as there is room for.</summary>
    private static void Draw(double probability, ulong seed, ulong stream, ulong offset, Span<uint> numbers, Span<byte> mask)
    {
        ulong threshold = (ulong)(probability * (1UL << 32));
        Philox.Fill(seed, stream, offset, numbers);
        for (int j = 0; j < numbers.Length; j++)
            mask[j] = Unsafe.BitCast<bool, byte>(numbers[j] >= threshold);
    }

    /// <summary>y = mask ? x scale : 0. On bits and without a branch: masks are random, so a branch would be guessed wrong half the
    /// time.</summary>
    private static void Apply<T>(ReadOnlySpan<T> x, ReadOnlySpan<byte> mask, Span<T> y, T scale)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        if (typeof(T) == typeof(float))
        {
            for (int i = 0; i < x.Length; i++)
                y[i] = Unsafe.BitCast<uint, T>(Unsafe.BitCast<T, uint>(x[i] * scale) & (0u - mask[i]));
        }
        else
        {
            for (int i = 0; i < x.Length; i++)
                y[i] = Unsafe.BitCast<ulong, T>(Unsafe.BitCast<T, ulong>(x[i] * scale) & (0ul - mask[i]));
        }
    }

    private static T Scale<T>(double probability)
        where T : unmanaged, IFloatingPointIeee754<T> => probability < 1 ? T.CreateTruncating(1 / (1 - probability)) : T.Zero;

    private static void Check(double probability, int length, int other, int mask)
    {
        if (!(probability is >= 0 and <= 1) || other != length || mask != length)
            Throw(probability, length, other, mask);
    }

    [DoesNotReturn]
    private static void Throw(double probability, int length, int other, int mask) => throw new ArgumentException(
        $"Dropout with probability {probability} of {length} elements got an output of {other} and a mask of {mask}. " +
        "The probability is 0 to 1 and all spans are of equal length.", nameof(probability));
}
