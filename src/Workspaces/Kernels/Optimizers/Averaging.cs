using System.Numerics;
using System.Runtime.CompilerServices;
using Workspaces.Kernels.Simd;
using Workspaces.Kernels.Team;

namespace Workspaces.Kernels.Optimizers;

/// <summary>What averages of weights do to flat memory: follow, and change places.</summary>
internal static unsafe class Averaging
{
    /// <summary>a += share (x - a).</summary>
    /// <param name="average">Updated.</param>
    /// <param name="values">Only read.</param>
    /// <param name="share">Share of the new values, 0 to 1.</param>
    /// <param name="team">Threads, or null; the result is the same.</param>
    /// <param name="variant">The vector width; automatic outside tests.</param>
    public static void Follow<T>(
        Span<T> average, ReadOnlySpan<T> values, T share, KernelTeam? team = null, KernelVariant variant = KernelVariant.Automatic)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        FlatKernel.Check("average", "the values", values.Length, average.Length);
        fixed (T* a = average, x = values) FlatKernel.Run<T, FollowRule<T>>(new FollowRule<T> { Average = a, Values = x, Share = share }, average.Length, team, variant);
    }

    /// <summary>Exchanges two spans bit by bit.</summary>
    public static void Swap<T>(Span<T> one, Span<T> other, KernelTeam? team = null, KernelVariant variant = KernelVariant.Automatic)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        FlatKernel.Check("swap", "the other span", other.Length, one.Length);
        fixed (T* a = one, b = other) FlatKernel.Run<T, SwapRule<T>>(new SwapRule<T> { One = a, Other = b }, one.Length, team, variant);
    }

    private struct FollowRule<T> : IFlatRule<T>
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        public T* Average, Values;
        public T Share;

        [MethodImpl(KernelMethod.Compiled)]
        public readonly void Run<TVector, TSimd>(int first, int end)
            where TVector : unmanaged
            where TSimd : ISimd<T, TVector>
        {
            TVector share = TSimd.Broadcast(Share);
            int i = first;
            for (; i <= end - TSimd.Count; i += TSimd.Count)
            {
                TVector average = TSimd.Load(Average + i);
                TSimd.Store(Average + i, TSimd.MultiplyAdd(share, TSimd.Subtract(TSimd.Load(Values + i), average), average));
            }

            if (i < end && TSimd.Count > 1) Run<T, SimdScalar<T>>(i, end);
        }
    }

    private struct SwapRule<T> : IFlatRule<T>
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        public T* One, Other;

        [MethodImpl(KernelMethod.Compiled)]
        public readonly void Run<TVector, TSimd>(int first, int end)
            where TVector : unmanaged
            where TSimd : ISimd<T, TVector>
        {
            int i = first;
            for (; i <= end - TSimd.Count; i += TSimd.Count)
            {
                TVector one = TSimd.Load(One + i);
                TSimd.Store(One + i, TSimd.Load(Other + i));
                TSimd.Store(Other + i, one);
            }

            if (i < end && TSimd.Count > 1) Run<T, SimdScalar<T>>(i, end);
        }
    }
}
