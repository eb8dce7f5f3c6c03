using System.Numerics;
using Workspaces.Kernels.Elementwise;

namespace Workspaces.Kernels.Indexing;

/// <summary>
/// Reads and writes at positions along one axis that another tensor gives. The nest runs over the shape of the positions; the other operand's stride along the
/// axis is 0 there, and each position adds its own step.
/// </summary>
internal static class Indexed
{
    /// <summary>y[i, j, k] = x[i, index[i, j, k], k] along the axis of the given stride.</summary>
    /// <param name="x">Begins at its first element.</param>
    /// <param name="xStrides">Its strides, 0 along the axis.</param>
    /// <param name="step">Its stride along the axis.</param>
    /// <param name="size">Its size along the axis.</param>
    /// <param name="index">Positions.</param>
    /// <param name="indexStrides">Their strides.</param>
    /// <param name="y">The destination.</param>
    /// <param name="yStrides">Its strides.</param>
    /// <param name="shape">Shape of positions and destination.</param>
    /// <param name="bad">The first position found out of range.</param>
    /// <returns>False when a position is out of range; then the destination is undefined.</returns>
    public static bool Gather<T>(
        ReadOnlySpan<T> x, ReadOnlySpan<long> xStrides, long step, long size, ReadOnlySpan<long> index, ReadOnlySpan<long> indexStrides,
        Span<T> y, ReadOnlySpan<long> yStrides, ReadOnlySpan<long> shape, out long bad)
        where T : unmanaged
    {
        LoopNest nest = LoopNest.Create(shape, yStrides, y.Length, indexStrides, index.Length, xStrides, x.Length);
        while (nest.Next())
        {
            for (int p = 0; p < nest.Run; p++)
            {
                long position = index[nest.Offset(1) + (p * nest.RunStride(1))];
                if ((ulong)position >= (ulong)size)
                {
                    bad = position;
                    return false;
                }

                y[nest.Offset(0) + (p * nest.RunStride(0))] = x[(int)(nest.Offset(2) + ((long)p * nest.RunStride(2)) + (position * step))];
            }
        }

        bad = 0;
        return true;
    }

    /// <summary>y[i, index[i, j, k], k] += source[i, j, k]; elements that meet are added in the order of the walk, which shapes and strides tell.</summary>
    /// <param name="y">What is added to; begins at its first element.</param>
    /// <param name="yStrides">Its strides, 0 along the axis.</param>
    /// <param name="step">Its stride along the axis.</param>
    /// <param name="size">Its size along the axis.</param>
    /// <param name="index">Positions.</param>
    /// <param name="indexStrides">Their strides.</param>
    /// <param name="source">What is added.</param>
    /// <param name="sourceStrides">Its strides.</param>
    /// <param name="shape">Shape of positions and source.</param>
    /// <param name="bad">The first position found out of range.</param>
    /// <returns>False when a position is out of range; then some elements have been added.</returns>
    public static bool ScatterAdd<T>(
        Span<T> y, ReadOnlySpan<long> yStrides, long step, long size, ReadOnlySpan<long> index, ReadOnlySpan<long> indexStrides,
        ReadOnlySpan<T> source, ReadOnlySpan<long> sourceStrides, ReadOnlySpan<long> shape, out long bad)
        where T : unmanaged, INumber<T>
    {
        LoopNest nest = LoopNest.Create(shape, indexStrides, index.Length, sourceStrides, source.Length, yStrides, y.Length);
        while (nest.Next())
        {
            for (int p = 0; p < nest.Run; p++)
            {
                long position = index[nest.Offset(0) + (p * nest.RunStride(0))];
                if ((ulong)position >= (ulong)size)
                {
                    bad = position;
                    return false;
                }

                y[(int)(nest.Offset(2) + ((long)p * nest.RunStride(2)) + (position * step))] += source[nest.Offset(1) + (p * nest.RunStride(1))];
            }
        }

        bad = 0;
        return true;
    }

    /// <summary>One row of zeros and a one for each label.</summary>
    /// <param name="labels">Labels, each 0 to classes - 1.</param>
    /// <param name="y">[labels, classes].</param>
    /// <param name="classes">Classes.</param>
    /// <returns>-1, or the first label out of range.</returns>
    public static int OneHot<T>(ReadOnlySpan<long> labels, Span<T> y, int classes)
        where T : unmanaged, INumber<T>
    {
        y.Clear();
        for (int i = 0; i < labels.Length; i++)
        {
            if ((ulong)labels[i] >= (ulong)classes) return i;
            y[(i * classes) + (int)labels[i]] = T.One;
        }

        return -1;
    }
}
