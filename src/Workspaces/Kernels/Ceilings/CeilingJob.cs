using System.Runtime.Intrinsics;
using Workspaces.Kernels.Simd;
using Workspaces.Kernels.Team;

namespace Workspaces.Kernels.Ceilings;

/// <summary>One loop on every thread of a team, each on a stretch of memory of its own.</summary>
internal unsafe struct CeilingJob : IKernelJob
{
    /// <summary>Stretches are a multiple of this many elements: 3 streams of 8 of the widest registers.</summary>
    public const int Multiple = 3 * 8 * 16;

    /// <summary>The loop.</summary>
    public CeilingLoop Loop;

    /// <summary>The vector width.</summary>
    public KernelVariant Variant;

    /// <summary>Memory of all threads, or null for multiply-adds.</summary>
    public float* Memory;

    /// <summary>Elements of a thread.</summary>
    public nint Length;

    /// <summary>Times that a thread runs over its stretch, or rounds of multiply-adds.</summary>
    public long Rounds;

    /// <summary>What the loops have summed up, so that they cannot be left out.</summary>
    public float Sink;

    /// <summary>Multiply-adds of a round of a variant.</summary>
    public static int PerRound(KernelVariant variant) => variant switch
    {
        KernelVariant.Vector512 => CeilingKernel<Vector512<float>, Simd512<float>>.PerRound,
        KernelVariant.Vector256 => CeilingKernel<Vector256<float>, Simd256<float>>.PerRound,
        KernelVariant.Vector128 => CeilingKernel<Vector128<float>, Simd128<float>>.PerRound,
        _ => CeilingKernel<float, SimdScalar<float>>.PerRound,
    };

    /// <inheritdoc/>
    public void Execute(int part)
    {
        switch (Variant)
        {
            case KernelVariant.Vector512:
                Run<Vector512<float>, Simd512<float>>(part);
                break;
            case KernelVariant.Vector256:
                Run<Vector256<float>, Simd256<float>>(part);
                break;
            case KernelVariant.Vector128:
                Run<Vector128<float>, Simd128<float>>(part);
                break;
            default:
                Run<float, SimdScalar<float>>(part);
                break;
        }
    }

    private void Run<TVector, TSimd>(int part)
        where TVector : unmanaged
        where TSimd : ISimd<float, TVector>
    {
        float* own = Memory + (part * Length);
        nint third = Length / 3;
        if (Loop == CeilingLoop.MultiplyAdds)
        {
            Sink = CeilingKernel<TVector, TSimd>.MultiplyAdds(Rounds);
            return;
        }

        float sum = 0;
        for (long round = 0; round < Rounds; round++)
        {
            if (Loop == CeilingLoop.Read) sum += CeilingKernel<TVector, TSimd>.Read(own, Length);
            else CeilingKernel<TVector, TSimd>.Triad(own, own + third, own + (2 * third), third);
        }

        Sink = sum;
    }
}
