using System.Runtime.CompilerServices;
using Workspaces.Kernels.Simd;

namespace Workspaces.Kernels.Ceilings;

/// <summary>Loops that do nothing but what one part of the machine limits, in f32.</summary>
internal static unsafe class CeilingKernel<TVector, TSimd>
    where TVector : unmanaged
    where TSimd : ISimd<float, TVector>
{
    /// <summary>Multiply-adds of one round: 12 registers that do not wait for each other, more than latency times units of any core known.</summary>
    public static int PerRound => 12 * TSimd.Count;

    /// <summary>Multiply-adds in registers.</summary>
    /// <returns>A sum of all, so that nothing can be left out.</returns>
    [MethodImpl(KernelMethod.Compiled)]
    public static float MultiplyAdds(long rounds)
    {
        TVector x = TSimd.Broadcast(0.999f), y = TSimd.Broadcast(1e-3f);
        TVector s0 = y, s1 = y, s2 = y, s3 = y, s4 = y, s5 = y, s6 = y, s7 = y, s8 = y, s9 = y, s10 = y, s11 = y;
        for (; rounds > 0; rounds--)
        {
            s0 = TSimd.MultiplyAdd(s0, x, y);
            s1 = TSimd.MultiplyAdd(s1, x, y);
            s2 = TSimd.MultiplyAdd(s2, x, y);
            s3 = TSimd.MultiplyAdd(s3, x, y);
            s4 = TSimd.MultiplyAdd(s4, x, y);
            s5 = TSimd.MultiplyAdd(s5, x, y);
            s6 = TSimd.MultiplyAdd(s6, x, y);
            s7 = TSimd.MultiplyAdd(s7, x, y);
            s8 = TSimd.MultiplyAdd(s8, x, y);
            s9 = TSimd.MultiplyAdd(s9, x, y);
            s10 = TSimd.MultiplyAdd(s10, x, y);
            s11 = TSimd.MultiplyAdd(s11, x, y);
        }

        TVector low = TSimd.Add(TSimd.Add(s0, s1), TSimd.Add(s2, s3)), middle = TSimd.Add(TSimd.Add(s4, s5), TSimd.Add(s6, s7));
        return TSimd.Sum(TSimd.Add(low, TSimd.Add(middle, TSimd.Add(TSimd.Add(s8, s9), TSimd.Add(s10, s11)))));
    }

    /// <summary>Reads a stretch; its length is a multiple of 8 registers.</summary>
    /// <returns>The sum.</returns>
    [MethodImpl(KernelMethod.Compiled)]
    public static float Read(float* source, nint length)
    {
        int w = TSimd.Count;
        TVector s0 = TSimd.Zero, s1 = s0, s2 = s0, s3 = s0, s4 = s0, s5 = s0, s6 = s0, s7 = s0;
        for (; length > 0; length -= 8 * w)
        {
            s0 = TSimd.Add(s0, TSimd.Load(source));
            s1 = TSimd.Add(s1, TSimd.Load(source + w));
            s2 = TSimd.Add(s2, TSimd.Load(source + (2 * w)));
            s3 = TSimd.Add(s3, TSimd.Load(source + (3 * w)));
            s4 = TSimd.Add(s4, TSimd.Load(source + (4 * w)));
            s5 = TSimd.Add(s5, TSimd.Load(source + (5 * w)));
            s6 = TSimd.Add(s6, TSimd.Load(source + (6 * w)));
            s7 = TSimd.Add(s7, TSimd.Load(source + (7 * w)));
            source += 8 * w;
        }

        return TSimd.Sum(TSimd.Add(TSimd.Add(TSimd.Add(s0, s1), TSimd.Add(s2, s3)), TSimd.Add(TSimd.Add(s4, s5), TSimd.Add(s6, s7))));
    }

    /// <summary>a = b + x c, the triad of McCalpin's STREAM; the length is a multiple of 4 registers.</summary>
    [MethodImpl(KernelMethod.Compiled)]
    public static void Triad(float* a, float* b, float* c, nint length)
    {
        int w = TSimd.Count;
        TVector x = TSimd.Broadcast(0.5f);
        for (nint i = 0; i < length; i += 4 * w)
        {
            TSimd.Store(a + i, TSimd.MultiplyAdd(x, TSimd.Load(c + i), TSimd.Load(b + i)));
            TSimd.Store(a + i + w, TSimd.MultiplyAdd(x, TSimd.Load(c + i + w), TSimd.Load(b + i + w)));
            TSimd.Store(a + i + (2 * w), TSimd.MultiplyAdd(x, TSimd.Load(c + i + (2 * w)), TSimd.Load(b + i + (2 * w))));
            TSimd.Store(a + i + (3 * w), TSimd.MultiplyAdd(x, TSimd.Load(c + i + (3 * w)), TSimd.Load(b + i + (3 * w))));
        }
    }
}
