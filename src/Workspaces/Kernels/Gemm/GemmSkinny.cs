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

    /// <summary>
    /// Columns from <paramref name="j"/> to <paramref name="end"/> of one row times a row-major B: as many registers of them at once as there are, because the longer
    /// the runs of B, the nearer to the bandwidth of the cache (16 instead of 8: up to a quarter out of L2).
    /// </summary>
    public static void RowTimesMatrix(in GemmProblem<T> g, int j, int end)
    {
        int w = TSimd.Count;
        for (; HasManyRegisters && j + (16 * w) <= end; j += 16 * w) Stripe<Sixteen, One>(g, j, w);
        for (; j + (8 * w) <= end; j += 8 * w) Stripe<Eight, One>(g, j, w);
        int rest = end - j;
        if (rest == 0) return;
        if (rest % w == 0) LastStripe<One>(g, j, rest / w, w);
        else LastStripe<Zero>(g, j, (rest / w) + 1, rest % w);
    }

    /// <summary>The last columns: up to eight registers, the last of them perhaps a part.</summary>
    private static void LastStripe<TWhole>(in GemmProblem<T> g, int j, int registers, int last)
        where TWhole : IConstant
    {
        switch (registers)
        {
            case 1: Stripe<One, TWhole>(g, j, last); break;
            case 2: Stripe<Two, TWhole>(g, j, last); break;
            case 3: Stripe<Three, TWhole>(g, j, last); break;
            case 4: Stripe<Four, TWhole>(g, j, last); break;
            case 5: Stripe<Five, TWhole>(g, j, last); break;
            case 6: Stripe<Six, TWhole>(g, j, last); break;
            case 7: Stripe<Seven, TWhole>(g, j, last); break;
            default: Stripe<Eight, TWhole>(g, j, last); break;
        }
    }

    /// <summary>Some registers of columns, of which the last one has <paramref name="last"/> elements: all of them if <typeparamref name="TWhole"/> is 1.</summary>
    [MethodImpl(KernelMethod.Compiled)]
    private static void Stripe<TWidth, TWhole>(in GemmProblem<T> g, int j, int last)
        where TWidth : IConstant
        where TWhole : IConstant
    {
        int w = TSimd.Count, width = TWidth.Value;
        nint aStep = g.AStep, ldb = g.Ldb;
        TVector zero = TSimd.Zero, s0 = zero, s1 = zero, s2 = zero, s3 = zero, s4 = zero, s5 = zero, s6 = zero, s7 = zero;
        TVector s8 = zero, s9 = zero, s10 = zero, s11 = zero, s12 = zero, s13 = zero, s14 = zero, s15 = zero;
        T* a = g.A;
        T* b = g.B + j;
        for (int p = g.K; p > 0; p--)
        {
            TVector x = TSimd.Broadcast(*a);
            s0 = TSimd.MultiplyAdd(x, Load<TWhole>(b, width == 1, last), s0);
            if (width > 1) s1 = TSimd.MultiplyAdd(x, Load<TWhole>(b + w, width == 2, last), s1);
            if (width > 2) s2 = TSimd.MultiplyAdd(x, Load<TWhole>(b + (2 * w), width == 3, last), s2);
            if (width > 3) s3 = TSimd.MultiplyAdd(x, Load<TWhole>(b + (3 * w), width == 4, last), s3);
            if (width > 4) s4 = TSimd.MultiplyAdd(x, Load<TWhole>(b + (4 * w), width == 5, last), s4);
            if (width > 5) s5 = TSimd.MultiplyAdd(x, Load<TWhole>(b + (5 * w), width == 6, last), s5);
            if (width > 6) s6 = TSimd.MultiplyAdd(x, Load<TWhole>(b + (6 * w), width == 7, last), s6);
            if (width > 7) s7 = TSimd.MultiplyAdd(x, Load<TWhole>(b + (7 * w), width == 8, last), s7);
            if (width > 8) s8 = TSimd.MultiplyAdd(x, TSimd.Load(b + (8 * w)), s8);
            if (width > 9) s9 = TSimd.MultiplyAdd(x, TSimd.Load(b + (9 * w)), s9);
            if (width > 10) s10 = TSimd.MultiplyAdd(x, TSimd.Load(b + (10 * w)), s10);
            if (width > 11) s11 = TSimd.MultiplyAdd(x, TSimd.Load(b + (11 * w)), s11);
            if (width > 12) s12 = TSimd.MultiplyAdd(x, TSimd.Load(b + (12 * w)), s12);
            if (width > 13) s13 = TSimd.MultiplyAdd(x, TSimd.Load(b + (13 * w)), s13);
            if (width > 14) s14 = TSimd.MultiplyAdd(x, TSimd.Load(b + (14 * w)), s14);
            if (width > 15) s15 = TSimd.MultiplyAdd(x, TSimd.Load(b + (15 * w)), s15);
            a += aStep;
            b += ldb;
        }

        T* c = g.C + j, add = g.FirstAdd is null ? null : g.FirstAdd + j;
        Store<TWhole>(c, add, 0, s0, width == 1, last);
        if (width > 1) Store<TWhole>(c, add, w, s1, width == 2, last);
        if (width > 2) Store<TWhole>(c, add, 2 * w, s2, width == 3, last);
        if (width > 3) Store<TWhole>(c, add, 3 * w, s3, width == 4, last);
        if (width > 4) Store<TWhole>(c, add, 4 * w, s4, width == 5, last);
        if (width > 5) Store<TWhole>(c, add, 5 * w, s5, width == 6, last);
        if (width > 6) Store<TWhole>(c, add, 6 * w, s6, width == 7, last);
        if (width > 7) Store<TWhole>(c, add, 7 * w, s7, width == 8, last);
        if (width > 8) Store<TWhole>(c, add, 8 * w, s8, width == 9, last);
        if (width > 9) Store<TWhole>(c, add, 9 * w, s9, width == 10, last);
        if (width > 10) Store<TWhole>(c, add, 10 * w, s10, width == 11, last);
        if (width > 11) Store<TWhole>(c, add, 11 * w, s11, width == 12, last);
        if (width > 12) Store<TWhole>(c, add, 12 * w, s12, width == 13, last);
        if (width > 13) Store<TWhole>(c, add, 13 * w, s13, width == 14, last);
        if (width > 14) Store<TWhole>(c, add, 14 * w, s14, width == 15, last);
        if (width > 15) Store<TWhole>(c, add, 15 * w, s15, width == 16, last);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TVector Load<TWhole>(T* source, bool isLast, int last)
        where TWhole : IConstant => isLast && TWhole.Value == 0 ? TSimd.LoadPartial(source, last) : TSimd.Load(source);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store<TWhole>(T* c, T* add, int column, TVector sum, bool isLast, int last)
        where TWhole : IConstant
    {
        TVector result = add is null ? sum : TSimd.Add(Load<TWhole>(add + column, isLast, last), sum);
        if (isLast && TWhole.Value == 0) TSimd.StorePartial(c + column, result, last);
        else TSimd.Store(c + column, result);
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
}
