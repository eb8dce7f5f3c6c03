using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Workspaces.Kernels.Reductions;

/// <summary>
/// Sums of contiguous runs. f32 is added in f64, so the error is that of one rounding to f32 plus n * 2^-53 of the sum of magnitudes.
/// f64 uses 4 registers of lanes: at most (n / lanes + lanes) * 2^-53 of the sum of magnitudes, lanes = 8 with 128-bit and 16 with
/// 256-bit vectors.
/// The order of additions depends on the length only, never on the address.
/// </summary>
internal static class SumKernel
{
    /// <summary>The sum.</summary>
    public static double Sum(ReadOnlySpan<float> x)
    {
        Vector<double> s0 = default, s1 = default, s2 = default, s3 = default;
        int w = Vector<float>.Count, i = 0;
        for (; i <= x.Length - (2 * w); i += 2 * w)
        {
            Vector.Widen(new Vector<float>(x[i..]), out Vector<double> a, out Vector<double> b);
            Vector.Widen(new Vector<float>(x[(i + w)..]), out Vector<double> c, out Vector<double> d);
            s0 += a;
            s1 += b;
            s2 += c;
            s3 += d;
        }

        double sum = Vector.Sum((s0 + s1) + (s2 + s3));
        for (; i < x.Length; i++)
            sum += x[i];
        return sum;
    }

    /// <summary>The sum.</summary>
    public static double Sum(ReadOnlySpan<double> x)
    {
        Vector<double> s0 = default, s1 = default, s2 = default, s3 = default;
        int w = Vector<double>.Count, i = 0;
        for (; i <= x.Length - (4 * w); i += 4 * w)
        {
            s0 += new Vector<double>(x[i..]);
            s1 += new Vector<double>(x[(i + w)..]);
            s2 += new Vector<double>(x[(i + (2 * w))..]);
            s3 += new Vector<double>(x[(i + (3 * w))..]);
        }

        double sum = Vector.Sum((s0 + s1) + (s2 + s3));
        for (; i < x.Length; i++)
            sum += x[i];
        return sum;
    }

    /// <summary>The sum of products x[i] * y[i].</summary>
    public static double Dot(ReadOnlySpan<float> x, ReadOnlySpan<float> y)
    {
        y = y[..x.Length];
        Vector<double> s0 = default, s1 = default;
        int w = Vector<float>.Count, i = 0;
        for (; i <= x.Length - w; i += w)
        {
            Vector.Widen(new Vector<float>(x[i..]), out Vector<double> a, out Vector<double> b);
            Vector.Widen(new Vector<float>(y[i..]), out Vector<double> c, out Vector<double> d);
            s0 += a * c;
            s1 += b * d;
        }

        double sum = Vector.Sum(s0 + s1);
        for (; i < x.Length; i++)
            sum += (double)x[i] * y[i];
        return sum;
    }

    /// <summary>The sum of products x[i] * y[i].</summary>
    public static double Dot(ReadOnlySpan<double> x, ReadOnlySpan<double> y)
    {
        y = y[..x.Length];
        Vector<double> s0 = default, s1 = default;
        int w = Vector<double>.Count, i = 0;
        for (; i <= x.Length - (2 * w); i += 2 * w)
        {
            s0 += new Vector<double>(x[i..]) * new Vector<double>(y[i..]);
            s1 += new Vector<double>(x[(i + w)..]) * new Vector<double>(y[(i + w)..]);
        }

        double sum = Vector.Sum(s0 + s1);
        for (; i < x.Length; i++)
            sum += x[i] * y[i];
        return sum;
    }

    /// <summary>Adds a row to as many f64 sums.</summary>
    public static void AddEach(Span<double> sums, ReadOnlySpan<float> row)
    {
        sums = sums[..row.Length];
        ref double to = ref MemoryMarshal.GetReference(sums);
        ref float from = ref MemoryMarshal.GetReference(row);
        int i = Vector512.IsHardwareAccelerated ? AddWide(ref to, ref from, row.Length) : 0;
        int w = Vector<float>.Count, half = Vector<double>.Count;
        for (; i <= row.Length - w; i += w)
        {
            Vector.Widen(Vector.LoadUnsafe(ref from, (nuint)i), out Vector<double> a, out Vector<double> b);
            (Vector.LoadUnsafe(ref to, (nuint)i) + a).StoreUnsafe(ref to, (nuint)i);
            (Vector.LoadUnsafe(ref to, (nuint)(i + half)) + b).StoreUnsafe(ref to, (nuint)(i + half));
        }

        for (; i < row.Length; i++)
            sums[i] += row[i];
    }

    /// <summary>Adds four rows to as many f64 sums, one after the other: the bits of four calls of <see cref="AddEach"/>, but sums are read and written once.</summary>
    /// <param name="sums">One sum a column.</param>
    /// <param name="rows">Begins at the first row.</param>
    /// <param name="ld">Elements between rows.</param>
    public static void AddEachOf4(Span<double> sums, ReadOnlySpan<float> rows, int ld)
    {
        int columns = sums.Length, i = 0;
        if (Vector512.IsHardwareAccelerated)
        {
            ref double to = ref MemoryMarshal.GetReference(sums);
            ref float from = ref MemoryMarshal.GetReference(rows[..((3 * ld) + columns)]);
            nuint ld1 = (nuint)ld, ld2 = 2 * ld1, ld3 = 3 * ld1;
            int w = Vector512<double>.Count;
            for (; i <= columns - w; i += w)
            {
                nuint at = (nuint)i;
                Vector512<double> sum = Vector512.LoadUnsafe(ref to, at);
                sum += Widened(ref from, at);
                sum += Widened(ref from, at + ld1);
                sum += Widened(ref from, at + ld2);
                sum += Widened(ref from, at + ld3);
                sum.StoreUnsafe(ref to, at);
            }
        }

        if (i == columns) return;
        for (int row = 0; row < 4; row++)
            AddEach(sums[i..], rows.Slice((row * ld) + i, columns - i));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<double> Widened(ref float from, nuint at)
    {
        Vector256<float> x = Vector256.LoadUnsafe(ref from, at);
        return Avx512F.IsSupported ? Avx512F.ConvertToVector512Double(x) : Vector512.Create(Vector256.WidenLower(x), Vector256.WidenUpper(x));
    }

    /// <summary>The elements that fill 512-bit registers; how many they are.</summary>
    private static int AddWide(ref double to, ref float from, int length)
    {
        int w = Vector512<float>.Count, half = Vector512<double>.Count, i = 0;
        for (; i <= length - w; i += w)
        {
            (Vector512<double> a, Vector512<double> b) = Vector512.Widen(Vector512.LoadUnsafe(ref from, (nuint)i));
            (Vector512.LoadUnsafe(ref to, (nuint)i) + a).StoreUnsafe(ref to, (nuint)i);
            (Vector512.LoadUnsafe(ref to, (nuint)(i + half)) + b).StoreUnsafe(ref to, (nuint)(i + half));
        }

        return i;
    }
}
