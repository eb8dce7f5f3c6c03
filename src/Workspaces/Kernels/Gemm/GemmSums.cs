using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using Workspaces.Kernels.Simd;

namespace Workspaces.Kernels.Gemm;

/// <summary>Sums of the lanes of registers.</summary>
internal static unsafe class GemmSums<T, TVector, TSimd>
    where T : unmanaged
    where TVector : unmanaged
    where TSimd : ISimd<T, TVector>
{
    /// <summary>Writes the sums of four registers to four elements, each in the same order of additions. Together they take 14 instructions in 512 bits of
    /// f32, one by one 32: the registers are interleaved, so that one addition halves two of them.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Four(TVector a, TVector b, TVector c, TVector d, T* target)
    {
        if (typeof(TVector) == typeof(Vector512<float>) && Avx512F.IsSupported)
        {
            Vector512<float> x = Unsafe.BitCast<TVector, Vector512<float>>(a), y = Unsafe.BitCast<TVector, Vector512<float>>(b);
            Vector512<float> z = Unsafe.BitCast<TVector, Vector512<float>>(c), u = Unsafe.BitCast<TVector, Vector512<float>>(d);
            Vector512<double> xy = (Avx512F.UnpackLow(x, y) + Avx512F.UnpackHigh(x, y)).AsDouble(); // in each 128 bits: x02 y02 x13 y13
            Vector512<double> zu = (Avx512F.UnpackLow(z, u) + Avx512F.UnpackHigh(z, u)).AsDouble();
            Vector512<float> all = Avx512F.UnpackLow(xy, zu).AsSingle() + Avx512F.UnpackHigh(xy, zu).AsSingle(); // x y z u
            Vector256<float> half = all.GetLower() + all.GetUpper();
            (half.GetLower() + half.GetUpper()).Store((float*)target);
            return;
        }

        target[0] = TSimd.Sum(a);
        target[1] = TSimd.Sum(b);
        target[2] = TSimd.Sum(c);
        target[3] = TSimd.Sum(d);
    }
}
