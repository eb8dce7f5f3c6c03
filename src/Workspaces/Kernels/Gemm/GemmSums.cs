using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using Workspaces.Kernels.Simd;

namespace Workspaces.Kernels.Gemm;

/// <summary>Sums of the lanes of registers.</summary>
internal static unsafe class GemmSums<T, TVector, TSimd>
    where T : unmanaged, INumberBase<T>
    where TVector : unmanaged
    where TSimd : ISimd<T, TVector>
{
    /// <summary>
    /// Writes the sums of up to four registers, each in the same order of additions. Together they take 14 instructions in 512 bits of f32, one by one 32: the
    /// registers are interleaved, so that one addition halves two of them.
    /// </summary>
    /// <param name="a">Register 0.</param>
    /// <param name="b">Register 1.</param>
    /// <param name="c">Register 2.</param>
    /// <param name="d">Register 3.</param>
    /// <param name="target">Where the sum of register 0 goes.</param>
    /// <param name="step">Elements from there to the next sum.</param>
    /// <param name="add">What is added to the sum of register 0, or null for nothing.</param>
    /// <param name="addStep">Elements from there to the next.</param>
    /// <param name="count">How many of the four to write.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Four(TVector a, TVector b, TVector c, TVector d, T* target, nint step, T* add, nint addStep, int count)
    {
        if (typeof(TVector) == typeof(Vector512<float>) && Avx512F.IsSupported)
        {
            Vector128<float> sums = Fold(As(a), As(b), As(c), As(d));
            float* to = (float*)target, from = (float*)add;
            if (step == 1 && addStep == 1 && count == 4)
            {
                (from is null ? sums : Vector128.Load(from) + sums).Store(to);
                return;
            }

            to[0] = from is null ? sums[0] : from[0] + sums[0];
            if (count > 1) to[step] = from is null ? sums[1] : from[addStep] + sums[1];
            if (count > 2) to[2 * step] = from is null ? sums[2] : from[2 * addStep] + sums[2];
            if (count > 3) to[3 * step] = from is null ? sums[3] : from[3 * addStep] + sums[3];
            return;
        }

        Put(target, a, add);
        if (count > 1) Put(target + step, b, add is null ? null : add + addStep);
        if (count > 2) Put(target + (2 * step), c, add is null ? null : add + (2 * addStep));
        if (count > 3) Put(target + (3 * step), d, add is null ? null : add + (3 * addStep));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<float> Fold(Vector512<float> a, Vector512<float> b, Vector512<float> c, Vector512<float> d)
    {
        Vector512<double> ab = (Avx512F.UnpackLow(a, b) + Avx512F.UnpackHigh(a, b)).AsDouble(); // in each 128 bits: a02 b02 a13 b13
        Vector512<double> cd = (Avx512F.UnpackLow(c, d) + Avx512F.UnpackHigh(c, d)).AsDouble();
        Vector512<float> all = Avx512F.UnpackLow(ab, cd).AsSingle() + Avx512F.UnpackHigh(ab, cd).AsSingle(); // a b c d
        Vector256<float> half = all.GetLower() + all.GetUpper();
        return half.GetLower() + half.GetUpper();
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<float> As(TVector vector) => Unsafe.BitCast<TVector, Vector512<float>>(vector);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Put(T* target, TVector vector, T* add) => *target = add is null ? TSimd.Sum(vector) : *add + TSimd.Sum(vector);
}
