using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;

namespace Workspaces.Kernels.Gemm;

/// <summary>
/// Copies operands into panels: <c>panel[p * width + j]</c> holds step p of lane j, lanes beyond the matrix are zero. The micro-kernel
/// then reads memory strictly forwards, without conflicts in the cache whatever the leading dimension is.
/// </summary>
internal static unsafe class GemmPacking<T>
    where T : unmanaged
{
    /// <summary>Packs <paramref name="k"/> rows of <paramref name="columns"/> contiguous elements into panels one behind the other (lane j of step p is
    /// <c>source[p * ld + j]</c>). A row is read to its end before the next, because memory is fetched in runs.</summary>
    [MethodImpl(KernelMethod.Compiled)]
    public static void CopyRows(T* source, nint ld, int columns, int k, T* panels, int width)
    {
        int whole = columns - (columns % width), rest = columns - whole;
        nint panelLength = (nint)k * width;
        for (int p = 0; p < k; p++)
        {
            T* panel = panels + ((nint)p * width);
            for (int j = 0; j < whole; j += width)
            {
                CopyLanes(source + j, panel, width);
                panel += panelLength;
            }

            if (rest > 0)
            {
                Unsafe.CopyBlockUnaligned(panel, source + whole, (uint)(rest * sizeof(T)));
                new Span<T>(panel + rest, width - rest).Clear();
            }

            source += ld;
        }
    }

    /// <summary>Packs <paramref name="k"/> rows and some columns of B into panels, whether it is stored [k, n] or [n, k].</summary>
    public static void Pack(T* b, nint ldb, bool transposeB, int columns, int k, T* panels, int width)
    {
        if (!transposeB)
        {
            CopyRows(b, ldb, columns, k, panels, width);
            return;
        }

        for (; columns > 0; columns -= width, b += width * ldb, panels += (nint)width * k)
            Transpose(b, ldb, Math.Min(width, columns), k, panels, width);
    }

    /// <summary>Copies two registers of the variant in use, or a tile of rows; the base library's copy costs a call.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void CopyLanes(T* source, T* panel, int width)
    {
        if (Vector512.IsHardwareAccelerated && width == 2 * Vector512<T>.Count)
        {
            Vector512<T> low = Vector512.Load(source), high = Vector512.Load(source + Vector512<T>.Count);
            low.Store(panel);
            high.Store(panel + Vector512<T>.Count);
        }
        else if (Vector256.IsHardwareAccelerated && width == 2 * Vector256<T>.Count)
        {
            Vector256<T> low = Vector256.Load(source), high = Vector256.Load(source + Vector256<T>.Count);
            low.Store(panel);
            high.Store(panel + Vector256<T>.Count);
        }
        else if (Vector256.IsHardwareAccelerated && width == Vector256<T>.Count)
            Vector256.Load(source).Store(panel);
        else
            Unsafe.CopyBlockUnaligned(panel, source, (uint)(width * sizeof(T)));
    }

    /// <summary>Packs a transposed block (lane j of step p is <c>source[j * ld + p]</c>).</summary>
    [MethodImpl(KernelMethod.Compiled)]
    public static void Transpose(T* source, nint ld, int lanes, int k, T* panel, int width)
    {
        Turn(source, ld, lanes, k, panel, width);
        if (lanes == width)
            return;
        for (int p = 0; p < k; p++)
            new Span<T>(panel + ((nint)p * width) + lanes, width - lanes).Clear();
    }

    /// <summary>Writes <c>source[j * ld + p]</c> to <c>target[p * targetLd + j]</c> for all j below <paramref name="lanes"/> and p below
    /// <paramref name="k"/>, turning small squares in registers. The last square of a side that is no multiple of its own covers some elements again, which are the same.</summary>
    [MethodImpl(KernelMethod.Compiled)]
    public static void Turn(T* source, nint ld, int lanes, int k, T* target, nint targetLd)
    {
        int lane = 0;
        if (typeof(T) == typeof(float))
        {
            if (Avx512F.IsSupported)
            {
                for (; lane + 16 <= lanes; lane += 16)
                    Turn16((float*)source + (lane * ld), ld, k, (float*)target + lane, targetLd);
            }

            if (lanes >= 4 && (Sse.IsSupported || AdvSimd.Arm64.IsSupported))
            {
                for (; lane < lanes; lane += 4)
                {
                    int from = Math.Min(lane, lanes - 4);
                    if (Avx512F.IsSupported) Turn4Wide((float*)source + (from * ld), ld, k, (float*)target + from, targetLd);
                    else Turn4((float*)source + (from * ld), ld, k, (float*)target + from, targetLd);
                }
            }
        }

        if (typeof(T) == typeof(double) && lanes >= 2 && (Sse2.IsSupported || AdvSimd.Arm64.IsSupported))
        {
            for (; lane < lanes; lane += 2)
            {
                int from = Math.Min(lane, lanes - 2);
                Turn2((double*)source + (from * ld), ld, k, (double*)target + from, targetLd);
            }
        }

        for (; lane < lanes; lane++)
        {
            for (int p = 0; p < k; p++)
                target[(p * targetLd) + lane] = source[(lane * ld) + p];
        }
    }

    /// <summary>16 lanes, 4 steps at a time: row 4g + i goes to 128-bit group g of register i, then each group is turned in
    /// place.</summary>
    [MethodImpl(KernelMethod.Compiled)]
    private static void Turn16(float* source, nint ld, int k, float* target, nint width)
    {
        for (int begin = 0; begin < k && k >= 4; begin += 4)
        {
            int p = Math.Min(begin, k - 4);
            float* s = source + p;
            Vector512<float> x0 = Gather(s, ld), x1 = Gather(s + ld, ld), x2 = Gather(s + (2 * ld), ld), x3 = Gather(s + (3 * ld), ld);
            Vector512<double> low01 = Avx512F.UnpackLow(x0, x1).AsDouble(), high01 = Avx512F.UnpackHigh(x0, x1).AsDouble();
            Vector512<double> low23 = Avx512F.UnpackLow(x2, x3).AsDouble(), high23 = Avx512F.UnpackHigh(x2, x3).AsDouble();
            float* d = target + (p * width);
            Avx512F.UnpackLow(low01, low23).AsSingle().Store(d);
            Avx512F.UnpackHigh(low01, low23).AsSingle().Store(d + width);
            Avx512F.UnpackLow(high01, high23).AsSingle().Store(d + (2 * width));
            Avx512F.UnpackHigh(high01, high23).AsSingle().Store(d + (3 * width));
        }

        for (int p = 0; p < k && k < 4; p++)
        {
            for (int j = 0; j < 16; j++)
                target[(p * width) + j] = source[(j * ld) + p];
        }
    }

    /// <summary>Loads four 128-bit groups. Inserting from memory takes either port that has 512 bits; joining halves in registers, the one that shuffles.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<float> Gather(float* s, nint ld)
    {
        Vector512<float> x = Vector128.Load(s).ToVector256Unsafe().ToVector512Unsafe();
        x = Avx512F.InsertVector128(x, Vector128.Load(s + (4 * ld)), 1);
        x = Avx512F.InsertVector128(x, Vector128.Load(s + (8 * ld)), 2);
        return Avx512F.InsertVector128(x, Vector128.Load(s + (12 * ld)), 3);
    }

    /// <summary>4 lanes, 16 steps at a time: each 128-bit group of four registers is a square, turned in place; the last of up to 16 steps 4 at a time.</summary>
    [MethodImpl(KernelMethod.Compiled)]
    private static void Turn4Wide(float* source, nint ld, int k, float* target, nint width)
    {
        int p = 0;
        for (; p + 16 <= k; p += 16)
        {
            float* s = source + p;
            Vector512<float> x0 = Vector512.Load(s), x1 = Vector512.Load(s + ld), x2 = Vector512.Load(s + (2 * ld)), x3 = Vector512.Load(s + (3 * ld));
            Vector512<double> low01 = Avx512F.UnpackLow(x0, x1).AsDouble(), high01 = Avx512F.UnpackHigh(x0, x1).AsDouble();
            Vector512<double> low23 = Avx512F.UnpackLow(x2, x3).AsDouble(), high23 = Avx512F.UnpackHigh(x2, x3).AsDouble();
            float* d = target + (p * width);
            Scatter(Avx512F.UnpackLow(low01, low23).AsSingle(), d, 4 * width);
            Scatter(Avx512F.UnpackHigh(low01, low23).AsSingle(), d + width, 4 * width);
            Scatter(Avx512F.UnpackLow(high01, high23).AsSingle(), d + (2 * width), 4 * width);
            Scatter(Avx512F.UnpackHigh(high01, high23).AsSingle(), d + (3 * width), 4 * width);
        }

        if (p < k)
            Turn4(source + p, ld, k - p, target + (p * width), width);
    }

    /// <summary>Stores the four 128-bit groups <paramref name="step"/> elements apart.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Scatter(Vector512<float> x, float* target, nint step)
    {
        x.GetLower().GetLower().Store(target);
        x.GetLower().GetUpper().Store(target + step);
        x.GetUpper().GetLower().Store(target + (2 * step));
        x.GetUpper().GetUpper().Store(target + (3 * step));
    }

    [MethodImpl(KernelMethod.Compiled)]
    private static void Turn4(float* source, nint ld, int k, float* target, nint width)
    {
        for (int begin = 0; begin < k && k >= 4; begin += 4)
        {
            int p = Math.Min(begin, k - 4);
            float* s = source + p;
            Vector128<float> x0 = Vector128.Load(s), x1 = Vector128.Load(s + ld);
            Vector128<float> x2 = Vector128.Load(s + (2 * ld)), x3 = Vector128.Load(s + (3 * ld));
            Vector128<double> low01 = Low(x0, x1).AsDouble(), high01 = High(x0, x1).AsDouble();
            Vector128<double> low23 = Low(x2, x3).AsDouble(), high23 = High(x2, x3).AsDouble();
            float* d = target + (p * width);
            Low(low01, low23).AsSingle().Store(d);
            High(low01, low23).AsSingle().Store(d + width);
            Low(high01, high23).AsSingle().Store(d + (2 * width));
            High(high01, high23).AsSingle().Store(d + (3 * width));
        }

        for (int p = 0; p < k && k < 4; p++)
        {
            for (int j = 0; j < 4; j++)
                target[(p * width) + j] = source[(j * ld) + p];
        }
    }

    [MethodImpl(KernelMethod.Compiled)]
    private static void Turn2(double* source, nint ld, int k, double* target, nint width)
    {
        for (int begin = 0; begin < k && k >= 2; begin += 2)
        {
            int p = Math.Min(begin, k - 2);
            Vector128<double> x0 = Vector128.Load(source + p), x1 = Vector128.Load(source + ld + p);
            Low(x0, x1).Store(target + (p * width));
            High(x0, x1).Store(target + (p * width) + width);
        }

        if (k == 1)
            (target[0], target[1]) = (source[0], source[ld]);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<float> Low(Vector128<float> a, Vector128<float> b) =>
        Sse.IsSupported ? Sse.UnpackLow(a, b) : AdvSimd.Arm64.ZipLow(a, b);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<float> High(Vector128<float> a, Vector128<float> b) =>
        Sse.IsSupported ? Sse.UnpackHigh(a, b) : AdvSimd.Arm64.ZipHigh(a, b);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<double> Low(Vector128<double> a, Vector128<double> b) =>
        Sse2.IsSupported ? Sse2.UnpackLow(a, b) : AdvSimd.Arm64.ZipLow(a, b);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<double> High(Vector128<double> a, Vector128<double> b) =>
        Sse2.IsSupported ? Sse2.UnpackHigh(a, b) : AdvSimd.Arm64.ZipHigh(a, b);
}
