using System.Numerics;
using System.Runtime.CompilerServices;
using Workspaces.Kernels.Simd;

namespace Workspaces.Kernels.Gemm;

/// <summary>Products with few rows, bound by reading B: both kernels read it once, in place, in wide runs.</summary>
internal static unsafe class GemmSkinny<T, TVector, TSimd>
    where T : unmanaged, INumberBase<T>
    where TVector : unmanaged
    where TSimd : ISimd<T, TVector>
{
    private static bool HasManyRegisters => TSimd.TileRows >= 8;

    /// <summary>Columns from <paramref name="j"/> to <paramref name="end"/> of one row times a row-major B.</summary>
    [MethodImpl(KernelMethod.Compiled)]
    public static void RowTimesMatrix(in GemmProblem<T> g, int j, int end)
    {
        int w = TSimd.Count;
        nint aStep = g.AStep, ldb = g.Ldb;
        for (; j + (8 * w) <= end; j += 8 * w)
        {
            TVector s0 = TSimd.Zero, s1 = s0, s2 = s0, s3 = s0, s4 = s0, s5 = s0, s6 = s0, s7 = s0;
            T* a = g.A;
            T* b = g.B + j;
            for (int p = g.K; p > 0; p--)
            {
                TVector x = TSimd.Broadcast(*a);
                s0 = TSimd.MultiplyAdd(x, TSimd.Load(b), s0);
                s1 = TSimd.MultiplyAdd(x, TSimd.Load(b + w), s1);
                s2 = TSimd.MultiplyAdd(x, TSimd.Load(b + (2 * w)), s2);
                s3 = TSimd.MultiplyAdd(x, TSimd.Load(b + (3 * w)), s3);
                s4 = TSimd.MultiplyAdd(x, TSimd.Load(b + (4 * w)), s4);
                s5 = TSimd.MultiplyAdd(x, TSimd.Load(b + (5 * w)), s5);
                s6 = TSimd.MultiplyAdd(x, TSimd.Load(b + (6 * w)), s6);
                s7 = TSimd.MultiplyAdd(x, TSimd.Load(b + (7 * w)), s7);
                a += aStep;
                b += ldb;
            }

            T* c = g.C + j, add = g.FirstAdd is null ? null : g.FirstAdd + j;
            Store(c, s0, w, add);
            Store(c + w, s1, w, add is null ? null : add + w);
            Store(c + (2 * w), s2, w, add is null ? null : add + (2 * w));
            Store(c + (3 * w), s3, w, add is null ? null : add + (3 * w));
            Store(c + (4 * w), s4, w, add is null ? null : add + (4 * w));
            Store(c + (5 * w), s5, w, add is null ? null : add + (5 * w));
            Store(c + (6 * w), s6, w, add is null ? null : add + (6 * w));
            Store(c + (7 * w), s7, w, add is null ? null : add + (7 * w));
        }

        for (; j < end; j += w)
        {
            int count = Math.Min(w, end - j);
            TVector sum = TSimd.Zero;
            T* a = g.A;
            T* b = g.B + j;
            for (int p = g.K; p > 0; p--)
            {
                sum = TSimd.MultiplyAdd(TSimd.Broadcast(*a), Load(b, count), sum);
                a += aStep;
                b += ldb;
            }

            Store(g.C + j, sum, count, g.FirstAdd is null ? null : g.FirstAdd + j);
        }
    }

    /// <summary>Columns from <paramref name="j"/> to <paramref name="end"/> of all rows of A times a transposed B.</summary>
    public static void Dot(in GemmProblem<T> g, int j, int end)
    {
        for (int i = 0; i < g.M; i++)
        {
            T* a = g.A + (i * g.ARow);
            T* c = g.C + (i * g.Ldc), add = g.FirstAdd is null ? null : g.FirstAdd + (i * g.AddLd);
            int column = j;
            for (; HasManyRegisters && column + 4 <= end; column += 4)
                Dot4(a, g.B + (column * g.Ldb), g.Ldb, g.K, c + column, add is null ? null : add + column);
            for (; !HasManyRegisters && column + 8 <= end; column += 8)
                Dot8(a, g.B + (column * g.Ldb), g.Ldb, g.K, c + column, add is null ? null : add + column);
            for (; column < end; column++)
                Dot1(a, g.B + (column * g.Ldb), g.K, c + column, add is null ? null : add + column);
        }
    }

    /// <summary>
    /// Four dot products, with four sums each, where there are 32 registers: <see cref="Dot8"/> has as many lines on their way, and took a quarter longer out of L2.
    /// </summary>
    [MethodImpl(KernelMethod.Compiled)]
    private static void Dot4(T* a, T* b, nint ld, int k, T* c, T* add)
    {
        int w = TSimd.Count, run = 4 * w;
        nint ld2 = 2 * ld, ld3 = 3 * ld;
        TVector zero = TSimd.Zero;
        TVector p0 = zero, q0 = zero, r0 = zero, s0 = zero, p1 = zero, q1 = zero, r1 = zero, s1 = zero;
        TVector p2 = zero, q2 = zero, r2 = zero, s2 = zero, p3 = zero, q3 = zero, r3 = zero, s3 = zero;
        for (; k >= run; k -= run)
        {
            TVector x0 = TSimd.Load(a), x1 = TSimd.Load(a + w), x2 = TSimd.Load(a + (2 * w)), x3 = TSimd.Load(a + (3 * w));
            p0 = TSimd.MultiplyAdd(x0, TSimd.Load(b), p0);
            q0 = TSimd.MultiplyAdd(x1, TSimd.Load(b + w), q0);
            r0 = TSimd.MultiplyAdd(x2, TSimd.Load(b + (2 * w)), r0);
            s0 = TSimd.MultiplyAdd(x3, TSimd.Load(b + (3 * w)), s0);
            p1 = TSimd.MultiplyAdd(x0, TSimd.Load(b + ld), p1);
            q1 = TSimd.MultiplyAdd(x1, TSimd.Load(b + ld + w), q1);
            r1 = TSimd.MultiplyAdd(x2, TSimd.Load(b + ld + (2 * w)), r1);
            s1 = TSimd.MultiplyAdd(x3, TSimd.Load(b + ld + (3 * w)), s1);
            p2 = TSimd.MultiplyAdd(x0, TSimd.Load(b + ld2), p2);
            q2 = TSimd.MultiplyAdd(x1, TSimd.Load(b + ld2 + w), q2);
            r2 = TSimd.MultiplyAdd(x2, TSimd.Load(b + ld2 + (2 * w)), r2);
            s2 = TSimd.MultiplyAdd(x3, TSimd.Load(b + ld2 + (3 * w)), s2);
            p3 = TSimd.MultiplyAdd(x0, TSimd.Load(b + ld3), p3);
            q3 = TSimd.MultiplyAdd(x1, TSimd.Load(b + ld3 + w), q3);
            r3 = TSimd.MultiplyAdd(x2, TSimd.Load(b + ld3 + (2 * w)), r3);
            s3 = TSimd.MultiplyAdd(x3, TSimd.Load(b + ld3 + (3 * w)), s3);
            a += run;
            b += run;
        }

        for (; k > 0; k -= w)
        {
            int count = Math.Min(w, k);
            TVector x = TSimd.LoadPartial(a, count);
            p0 = TSimd.MultiplyAdd(x, TSimd.LoadPartial(b, count), p0);
            p1 = TSimd.MultiplyAdd(x, TSimd.LoadPartial(b + ld, count), p1);
            p2 = TSimd.MultiplyAdd(x, TSimd.LoadPartial(b + ld2, count), p2);
            p3 = TSimd.MultiplyAdd(x, TSimd.LoadPartial(b + ld3, count), p3);
            a += w;
            b += w;
        }

        GemmSums<T, TVector, TSimd>.Four(Sum(p0, q0, r0, s0), Sum(p1, q1, r1, s1), Sum(p2, q2, r2, s2), Sum(p3, q3, r3, s3), c, 1, add, 1, 4);
    }

    /// <summary>Eight dot products.</summary>
    [MethodImpl(KernelMethod.Compiled)]
    private static void Dot8(T* a, T* b, nint ld, int k, T* c, T* add)
    {
        int w = TSimd.Count;
        nint ld2 = 2 * ld, ld3 = 3 * ld;
        T* high = b + (4 * ld);
        TVector s0 = TSimd.Zero, s1 = s0, s2 = s0, s3 = s0, s4 = s0, s5 = s0, s6 = s0, s7 = s0;
        for (; k >= w; k -= w)
        {
            TVector x = TSimd.Load(a);
            s0 = TSimd.MultiplyAdd(x, TSimd.Load(b), s0);
            s1 = TSimd.MultiplyAdd(x, TSimd.Load(b + ld), s1);
            s2 = TSimd.MultiplyAdd(x, TSimd.Load(b + ld2), s2);
            s3 = TSimd.MultiplyAdd(x, TSimd.Load(b + ld3), s3);
            s4 = TSimd.MultiplyAdd(x, TSimd.Load(high), s4);
            s5 = TSimd.MultiplyAdd(x, TSimd.Load(high + ld), s5);
            s6 = TSimd.MultiplyAdd(x, TSimd.Load(high + ld2), s6);
            s7 = TSimd.MultiplyAdd(x, TSimd.Load(high + ld3), s7);
            a += w;
            b += w;
            high += w;
        }

        if (k > 0)
        {
            TVector x = TSimd.LoadPartial(a, k);
            s0 = TSimd.MultiplyAdd(x, TSimd.LoadPartial(b, k), s0);
            s1 = TSimd.MultiplyAdd(x, TSimd.LoadPartial(b + ld, k), s1);
            s2 = TSimd.MultiplyAdd(x, TSimd.LoadPartial(b + ld2, k), s2);
            s3 = TSimd.MultiplyAdd(x, TSimd.LoadPartial(b + ld3, k), s3);
            s4 = TSimd.MultiplyAdd(x, TSimd.LoadPartial(high, k), s4);
            s5 = TSimd.MultiplyAdd(x, TSimd.LoadPartial(high + ld, k), s5);
            s6 = TSimd.MultiplyAdd(x, TSimd.LoadPartial(high + ld2, k), s6);
            s7 = TSimd.MultiplyAdd(x, TSimd.LoadPartial(high + ld3, k), s7);
        }

        GemmSums<T, TVector, TSimd>.Four(s0, s1, s2, s3, c, 1, add, 1, 4);
        GemmSums<T, TVector, TSimd>.Four(s4, s5, s6, s7, c + 4, 1, add is null ? null : add + 4, 1, 4);
    }

    /// <summary>One dot product, in the same order of additions as each of <see cref="Dot4"/> or <see cref="Dot8"/>.</summary>
    private static void Dot1(T* a, T* b, int k, T* c, T* add)
    {
        int w = TSimd.Count, run = 4 * w;
        TVector zero = TSimd.Zero, p = zero, q = zero, r = zero, s = zero;
        for (; HasManyRegisters && k >= run; k -= run)
        {
            p = TSimd.MultiplyAdd(TSimd.Load(a), TSimd.Load(b), p);
            q = TSimd.MultiplyAdd(TSimd.Load(a + w), TSimd.Load(b + w), q);
            r = TSimd.MultiplyAdd(TSimd.Load(a + (2 * w)), TSimd.Load(b + (2 * w)), r);
            s = TSimd.MultiplyAdd(TSimd.Load(a + (3 * w)), TSimd.Load(b + (3 * w)), s);
            a += run;
            b += run;
        }

        for (; k > 0; k -= w)
        {
            int count = Math.Min(w, k);
            p = TSimd.MultiplyAdd(Load(a, count), Load(b, count), p);
            a += w;
            b += w;
        }

        GemmSums<T, TVector, TSimd>.Four(HasManyRegisters ? Sum(p, q, r, s) : p, zero, zero, zero, c, 1, add, 1, 1);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TVector Sum(TVector p, TVector q, TVector r, TVector s) => TSimd.Add(TSimd.Add(p, q), TSimd.Add(r, s));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TVector Load(T* source, int count) =>
        count == TSimd.Count ? TSimd.Load(source) : TSimd.LoadPartial(source, count);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store(T* c, TVector sum, int count, T* add)
    {
        if (count == TSimd.Count)
            TSimd.Store(c, add is null ? sum : TSimd.Add(TSimd.Load(add), sum));
        else
            TSimd.StorePartial(c, add is null ? sum : TSimd.Add(TSimd.LoadPartial(add, count), sum), count);
    }
}
