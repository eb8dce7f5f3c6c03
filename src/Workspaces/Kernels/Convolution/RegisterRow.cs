using System.Numerics;
using System.Runtime.CompilerServices;
using Workspaces.Kernels.Gemm;
using Workspaces.Kernels.Simd;

namespace Workspaces.Kernels.Convolution;

/// <summary>One or two registers of sums that share a factor.</summary>
internal static class RegisterRow<T, TVector, TSimd>
    where T : unmanaged, INumberBase<T>
    where TVector : unmanaged
    where TSimd : ISimd<T, TVector>
{
    /// <summary>sum += factor · b.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void MultiplyAdd<TWidth>(T factor, TVector b0, TVector b1, ref TVector sum0, ref TVector sum1)
        where TWidth : IConstant
    {
        TVector broadcast = TSimd.Broadcast(factor);
        sum0 = TSimd.MultiplyAdd(broadcast, b0, sum0);
        if (TWidth.Value > 1) sum1 = TSimd.MultiplyAdd(broadcast, b1, sum1);
    }
}
