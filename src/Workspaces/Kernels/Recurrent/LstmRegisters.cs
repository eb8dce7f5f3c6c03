using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Workspaces.Kernels.Elementwise;
using Workspaces.Kernels.Simd;

namespace Workspaces.Kernels.Recurrent;

/// <summary>One step of one sample of an <see cref="LstmCell"/> in f32: everything between the products, in one pass over the row.</summary>
internal static unsafe class LstmRegisters
{
    /// <summary>Activates the gates in place; writes memory and state.</summary>
    /// <param name="gates">[4 · hidden]: input, forget, candidate, output.</param>
    /// <param name="before">[hidden], the memory before.</param>
    /// <param name="memory">[hidden].</param>
    /// <param name="y">[hidden].</param>
    public static void Forward(Span<float> gates, ReadOnlySpan<float> before, Span<float> memory, Span<float> y)
    {
        int h = y.Length;
        fixed (float* g = gates[..(4 * h)], b = before[..h], m = memory[..h], s = y)
        {
            switch (KernelSelection.Resolve(KernelVariant.Automatic))
            {
                case KernelVariant.Vector512: Forward<Vector512<float>, Simd512<float>>(g, b, m, s, h); break;
                case KernelVariant.Vector256: Forward<Vector256<float>, Simd256<float>>(g, b, m, s, h); break;
                case KernelVariant.Vector128: Forward<Vector128<float>, Simd128<float>>(g, b, m, s, h); break;
                default: Forward<float, SimdScalar<float>>(g, b, m, s, h); break;
            }
        }
    }

    /// <summary>Writes the gradients of the gates before activation; updates that of the memory. See <see cref="LstmCell.Backward{T}"/>.</summary>
    /// <param name="gates">[4 · hidden], activated.</param>
    /// <param name="before">[hidden], the memory before.</param>
    /// <param name="memory">[hidden], the memory after.</param>
    /// <param name="dState">[hidden].</param>
    /// <param name="dMemory">[hidden], of the memory after; becomes that of the memory before.</param>
    /// <param name="dGates">[4 · hidden].</param>
    public static void Backward(
        ReadOnlySpan<float> gates, ReadOnlySpan<float> before, ReadOnlySpan<float> memory, ReadOnlySpan<float> dState, Span<float> dMemory, Span<float> dGates)
    {
        int h = dState.Length;
        fixed (float* g = gates[..(4 * h)], b = before[..h], m = memory[..h], ds = dState, dm = dMemory[..h], dg = dGates[..(4 * h)])
        {
            switch (KernelSelection.Resolve(KernelVariant.Automatic))
            {
                case KernelVariant.Vector512: Backward<Vector512<float>, Simd512<float>>(g, b, m, ds, dm, dg, h); break;
                case KernelVariant.Vector256: Backward<Vector256<float>, Simd256<float>>(g, b, m, ds, dm, dg, h); break;
                case KernelVariant.Vector128: Backward<Vector128<float>, Simd128<float>>(g, b, m, ds, dm, dg, h); break;
                default: Backward<float, SimdScalar<float>>(g, b, m, ds, dm, dg, h); break;
            }
        }
    }

    private static void Forward<TVector, TSimd>(float* gates, float* before, float* memory, float* y, int h)
        where TVector : unmanaged
        where TSimd : ISimd<float, TVector>
    {
        for (int j = 0; j < h; j += TSimd.Count)
        {
            int n = Math.Min(TSimd.Count, h - j);
            TVector i = WideMath.Sigmoid<TVector, TSimd>(Load<TVector, TSimd>(gates + j, n));
            TVector f = WideMath.Sigmoid<TVector, TSimd>(Load<TVector, TSimd>(gates + h + j, n));
            TVector g = WideMath.Tanh<TVector, TSimd>(Load<TVector, TSimd>(gates + (2 * h) + j, n));
            TVector o = WideMath.Sigmoid<TVector, TSimd>(Load<TVector, TSimd>(gates + (3 * h) + j, n));
            TVector c = TSimd.MultiplyAdd(f, Load<TVector, TSimd>(before + j, n), TSimd.Multiply(i, g));
            Store<TVector, TSimd>(gates + j, i, n);
            Store<TVector, TSimd>(gates + h + j, f, n);
            Store<TVector, TSimd>(gates + (2 * h) + j, g, n);
            Store<TVector, TSimd>(gates + (3 * h) + j, o, n);
            Store<TVector, TSimd>(memory + j, c, n);
            Store<TVector, TSimd>(y + j, TSimd.Multiply(o, WideMath.Tanh<TVector, TSimd>(c)), n);
        }
    }

    private static void Backward<TVector, TSimd>(float* gates, float* before, float* memory, float* dState, float* dMemory, float* dGates, int h)
        where TVector : unmanaged
        where TSimd : ISimd<float, TVector>
    {
        TVector one = TSimd.Broadcast(1);
        for (int j = 0; j < h; j += TSimd.Count)
        {
            int n = Math.Min(TSimd.Count, h - j);
            TVector i = Load<TVector, TSimd>(gates + j, n), f = Load<TVector, TSimd>(gates + h + j, n);
            TVector g = Load<TVector, TSimd>(gates + (2 * h) + j, n), o = Load<TVector, TSimd>(gates + (3 * h) + j, n);
            TVector t = WideMath.Tanh<TVector, TSimd>(Load<TVector, TSimd>(memory + j, n)), dh = Load<TVector, TSimd>(dState + j, n);
            TVector along = TSimd.Multiply(TSimd.Multiply(dh, o), TSimd.Subtract(one, TSimd.Multiply(t, t)));
            TVector dc = TSimd.Add(Load<TVector, TSimd>(dMemory + j, n), along);
            TVector dForget = TSimd.Multiply(TSimd.Multiply(dc, Load<TVector, TSimd>(before + j, n)), Slope<TVector, TSimd>(f, one));
            Store<TVector, TSimd>(dGates + j, TSimd.Multiply(TSimd.Multiply(dc, g), Slope<TVector, TSimd>(i, one)), n);
            Store<TVector, TSimd>(dGates + h + j, dForget, n);
            Store<TVector, TSimd>(dGates + (2 * h) + j, TSimd.Multiply(TSimd.Multiply(dc, i), TSimd.Subtract(one, TSimd.Multiply(g, g))), n);
            Store<TVector, TSimd>(dGates + (3 * h) + j, TSimd.Multiply(TSimd.Multiply(dh, t), Slope<TVector, TSimd>(o, one)), n);
            Store<TVector, TSimd>(dMemory + j, TSimd.Multiply(dc, f), n);
        }
    }

    /// <summary>The slope of the logistic function, from its value.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TVector Slope<TVector, TSimd>(TVector value, TVector one)
        where TVector : unmanaged
        where TSimd : ISimd<float, TVector> => TSimd.Multiply(value, TSimd.Subtract(one, value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TVector Load<TVector, TSimd>(float* source, int count)
        where TVector : unmanaged
        where TSimd : ISimd<float, TVector> => count == TSimd.Count ? TSimd.Load(source) : TSimd.LoadPartial(source, count);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store<TVector, TSimd>(float* destination, TVector value, int count)
        where TVector : unmanaged
        where TSimd : ISimd<float, TVector>
    {
        if (count == TSimd.Count)
            TSimd.Store(destination, value);
        else
            TSimd.StorePartial(destination, value, count);
    }
}
