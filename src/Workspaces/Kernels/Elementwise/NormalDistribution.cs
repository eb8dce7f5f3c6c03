using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Workspaces.Kernels.Simd;

namespace Workspaces.Kernels.Elementwise;

/// <summary>
/// The standard normal distribution of f32 registers of any width, with the same bits in each. With u = |x| and e = exp(-u²/2):
/// Φ(-u) = e R((u - k) / (u + k)), Φ(u) = 1 - Φ(-u), where R, half of erfcx(u / √2), is a polynomial of least relative error (3e-8 from 0 to 13), made for
/// this file. Φ keeps its relative precision in the lower tail: 7e-7 down to -5, 5e-6 down to -13, and 0 below.
/// </summary>
internal static class NormalDistribution
{
    private const float K = 3.4f, Reach = 13;

    private static ReadOnlySpan<float> Tail =>
    [
        0.10908394306898117f, -0.19078662991523743f, 0.12574030458927155f, -0.0590248629450798f, 0.016512040048837662f, -0.00039504130836576223f,
        -0.0014817778719589114f, 0.0002168299542972818f, 0.0001557909999974072f,
    ];

    /// <summary>Φ(x) and e = exp(-x²/2), which is √(2π) times the density.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector Evaluate<TVector, TSimd>(TVector x, out TVector e)
        where TVector : unmanaged
        where TSimd : ISimd<float, TVector>
    {
        TVector magnitude = TSimd.Max(x, TSimd.Subtract(TSimd.Zero, x)), u = TSimd.Min(magnitude, TSimd.Broadcast(Reach));
        e = WideMath.ExpOfNormal<TVector, TSimd>(TSimd.Multiply(TSimd.Multiply(u, u), TSimd.Broadcast(-0.5f)));
        e = TSimd.SelectNegative(TSimd.Subtract(TSimd.Broadcast(Reach), magnitude), TSimd.Zero, e);
        TVector y = TSimd.Divide(TSimd.Subtract(u, TSimd.Broadcast(K)), TSimd.Add(u, TSimd.Broadcast(K)));
        TVector sum = TSimd.Broadcast(Tail[8]);
        sum = TSimd.MultiplyAdd(sum, y, TSimd.Broadcast(Tail[7]));
        sum = TSimd.MultiplyAdd(sum, y, TSimd.Broadcast(Tail[6]));
        sum = TSimd.MultiplyAdd(sum, y, TSimd.Broadcast(Tail[5]));
        sum = TSimd.MultiplyAdd(sum, y, TSimd.Broadcast(Tail[4]));
        sum = TSimd.MultiplyAdd(sum, y, TSimd.Broadcast(Tail[3]));
        sum = TSimd.MultiplyAdd(sum, y, TSimd.Broadcast(Tail[2]));
        sum = TSimd.MultiplyAdd(sum, y, TSimd.Broadcast(Tail[1]));
        sum = TSimd.MultiplyAdd(sum, y, TSimd.Broadcast(Tail[0]));
        TVector below = TSimd.Multiply(e, sum);
        return TSimd.SelectNegative(x, below, TSimd.Subtract(TSimd.Broadcast(1), below));
    }

    /// <summary>The same for registers of the width that <see cref="Vector{T}"/> has here.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector<float> Evaluate(Vector<float> x, out Vector<float> e)
    {
        if (Vector<float>.Count == Vector256<float>.Count)
        {
            Vector<float> value = Evaluate<Vector256<float>, Simd256<float>>(x.AsVector256(), out Vector256<float> wide).AsVector();
            e = wide.AsVector();
            return value;
        }

        Vector<float> result = Evaluate<Vector128<float>, Simd128<float>>(x.AsVector128(), out Vector128<float> narrow).AsVector();
        e = narrow.AsVector();
        return result;
    }
}
