using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using Workspaces.Kernels.Simd;

namespace Workspaces.Kernels.Pooling;

/// <summary>
/// Max pooling in f32 of windows of 2 × 2 that touch but do not overlap, which most networks have: even and odd columns are parted in registers, and each
/// element is read and written once.
/// <code>
///   a b c d …  ─▶  even  a c …   the largest of each column, tap 0 to 3
///   e f g h …      odd   b d …
///                  even  e g …
///                  odd   f h …
/// </code>
/// </summary>
internal static unsafe class PairPooling
{
    /// <summary>True where the forward half can run this way.</summary>
    public static bool FitsForward<T>(in PoolingShape s) => typeof(T) == typeof(float) && IsPair(s) && KernelSelection.Best != KernelVariant.Scalar;

    /// <summary>True where the backward half can run this way: windows that cover their plane.</summary>
    public static bool FitsBackward<T>(in PoolingShape s) =>
        typeof(T) == typeof(float) && IsPair(s) && s.Height == 2 * s.OutHeight && s.Width == 2 * s.OutWidth && IsWide;

    private static bool IsWide => KernelSelection.Best == KernelVariant.Vector512 && Avx512BW.VL.IsSupported;

    /// <summary>The maxima of some planes and, unless null, the taps they come from.</summary>
    public static void Forward(in PoolingShape s, float* x, float* y, byte* taps, int planes)
    {
        if (IsWide)
        {
            Wide(s, x, y, taps, planes);
            return;
        }

        for (int plane = 0; plane < planes; plane++, x += s.Plane)
        {
            float* row = x;
            for (int i = 0; i < s.OutHeight; i++, row += 2 * s.Width, y += s.OutWidth)
            {
                int done = Narrow(row, row + s.Width, y, taps, s.OutWidth);
                for (; done < s.OutWidth; done++) One(row + (2 * done), row + s.Width + (2 * done), y + done, taps == null ? null : taps + done);
                if (taps != null) taps += s.OutWidth;
            }
        }
    }

    /// <summary>The gradients of some planes: those of the output at the chosen elements, else 0.</summary>
    public static void Backward(in PoolingShape s, float* dy, byte* taps, float* dx, int planes)
    {
        Vector512<int> low = Vector512.Create(0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23), high = low + Vector512.Create(8);
        for (long row = 0; row < (long)planes * s.OutHeight; row++, dy += s.OutWidth, taps += s.OutWidth, dx += 2 * s.Width)
        {
            for (int i = 0; i < s.OutWidth; i += 16)
            {
                int count = Math.Min(16, s.OutWidth - i);
                Vector512<float> gradient = Simd512<float>.LoadPartial(dy + i, count);
                Vector512<int> chosen = Avx512F.ConvertToVector512Int32(Avx512BW.VL.MaskLoad(taps + i, Bytes(count), Vector128<byte>.Zero));
                Spread(gradient, chosen, 0, low, high, dx + (2 * i), count);
                Spread(gradient, chosen, 2, low, high, dx + s.Width + (2 * i), count);
            }
        }
    }

    private static bool IsPair(in PoolingShape s)
    {
        var window = s.Window;
        return window is { Height: 2, Width: 2, StrideY: 2, StrideX: 2, PaddingY: 0, PaddingX: 0, DilationY: 1, DilationX: 1 };
    }

    /// <summary>16 outputs at a time; the masks of the last ones of a row are made once.</summary>
    private static void Wide(in PoolingShape s, float* x, float* y, byte* taps, int planes)
    {
        int outputs = s.OutWidth, rest = outputs % 16, width = s.Width;
        Vector512<float> first = Mask(2 * rest), second = Mask((2 * rest) - 16), last = Mask(rest);
        Vector128<byte> bytes = Bytes(rest);
        for (int plane = 0; plane < planes; plane++, x += s.Plane)
        {
            float* upper = x;
            for (int row = 0; row < s.OutHeight; row++, upper += 2 * width, y += outputs)
            {
                float* lower = upper + width;
                int i = 0;
                for (; i <= outputs - 16; i += 16)
                {
                    Vector512<float> best = Largest(
                        Vector512.Load(upper + (2 * i)), Vector512.Load(upper + (2 * i) + 16), Vector512.Load(lower + (2 * i)),
                        Vector512.Load(lower + (2 * i) + 16), out Vector512<int> tap);
                    best.Store(y + i);
                    if (taps != null) Avx512F.ConvertToVector128Byte(tap).Store(taps + i);
                }

                if (i < outputs)
                {
                    Vector512<float> best = Largest(
                        Avx512F.MaskLoad(upper + (2 * i), first, Vector512<float>.Zero), Avx512F.MaskLoad(upper + (2 * i) + 16, second, Vector512<float>.Zero),
                        Avx512F.MaskLoad(lower + (2 * i), first, Vector512<float>.Zero), Avx512F.MaskLoad(lower + (2 * i) + 16, second, Vector512<float>.Zero),
                        out Vector512<int> tap);
                    Avx512F.MaskStore(y + i, last, best);
                    if (taps != null) Avx512BW.VL.MaskStore(taps + i, bytes, Avx512F.ConvertToVector128Byte(tap));
                }

                if (taps != null) taps += outputs;
            }
        }
    }

    /// <summary>The largest of each window: 32 elements of an upper and of a lower row.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<float> Largest(Vector512<float> a, Vector512<float> b, Vector512<float> c, Vector512<float> d, out Vector512<int> tap)
    {
        Vector512<int> even = Vector512.Create(0, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 22, 24, 26, 28, 30), odd = even + Vector512<int>.One;
        Vector512<float> best = Avx512F.PermuteVar16x32x2(a, even, b);
        tap = Vector512<int>.Zero;
        Choose(Avx512F.PermuteVar16x32x2(a, odd, b), 1, ref best, ref tap);
        Choose(Avx512F.PermuteVar16x32x2(c, even, d), 2, ref best, ref tap);
        Choose(Avx512F.PermuteVar16x32x2(c, odd, d), 3, ref best, ref tap);
        return best;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<float> Mask(int count) => Vector512.LessThan(Vector512<int>.Indices, Vector512.Create(count)).AsSingle();

    private static int Narrow(float* upper, float* lower, float* y, byte* taps, int outputs)
    {
        int i = 0;
        for (; i + 4 <= outputs; i += 4)
        {
            Part(upper + (2 * i), out Vector128<float> best, out Vector128<float> second);
            Part(lower + (2 * i), out Vector128<float> third, out Vector128<float> fourth);
            Vector128<int> tap = Vector128<int>.Zero;
            Choose(second, 1, ref best, ref tap);
            Choose(third, 2, ref best, ref tap);
            Choose(fourth, 3, ref best, ref tap);
            best.Store(y + i);
            if (taps == null) continue;
            Vector128<short> narrow = Vector128.Narrow(tap, tap);
            Unsafe.WriteUnaligned(taps + i, Vector128.Narrow(narrow, narrow).AsUInt32().ToScalar());
        }

        return i;
    }

    private static void One(float* upper, float* lower, float* y, byte* tap)
    {
        float* window = stackalloc float[4];
        (window[0], window[1], window[2], window[3]) = (upper[0], upper[1], lower[0], lower[1]);
        int best = 0;
        for (int i = 1; i < 4; i++)
        {
            if (window[i] > window[best] || float.IsNaN(window[i])) best = i;
        }

        *y = window[best];
        if (tap != null) *tap = (byte)best;
    }

    /// <summary>Even and odd elements of eight.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Part(float* source, out Vector128<float> even, out Vector128<float> odd)
    {
        Vector128<float> a = Vector128.Shuffle(Vector128.Load(source), Vector128.Create(0, 2, 1, 3));
        Vector128<float> b = Vector128.Shuffle(Vector128.Load(source + 4), Vector128.Create(0, 2, 1, 3));
        even = Vector128.Create(a.GetLower(), b.GetLower());
        odd = Vector128.Create(a.GetUpper(), b.GetUpper());
    }

    /// <summary>Takes a value where it is larger or not a number.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Choose(Vector512<float> value, int number, ref Vector512<float> best, ref Vector512<int> tap)
    {
        Vector512<float> take = Vector512.GreaterThan(value, best) | ~Vector512.Equals(value, value);
        best = Vector512.ConditionalSelect(take, value, best);
        tap = Vector512.ConditionalSelect(take.AsInt32(), Vector512.Create(number), tap);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Choose(Vector128<float> value, int number, ref Vector128<float> best, ref Vector128<int> tap)
    {
        Vector128<float> take = Vector128.GreaterThan(value, best) | ~Vector128.Equals(value, value);
        best = Vector128.ConditionalSelect(take, value, best);
        tap = Vector128.ConditionalSelect(take.AsInt32(), Vector128.Create(number), tap);
    }

    /// <summary>Writes a row of the gradient, of which a tap and the next are the even and odd elements.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Spread(Vector512<float> gradient, Vector512<int> chosen, int tap, Vector512<int> low, Vector512<int> high, float* dx, int count)
    {
        Vector512<float> even = gradient & Vector512.Equals(chosen, Vector512.Create(tap)).AsSingle();
        Vector512<float> odd = gradient & Vector512.Equals(chosen, Vector512.Create(tap + 1)).AsSingle();
        int first = Math.Min(16, 2 * count);
        Simd512<float>.StorePartial(dx, Avx512F.PermuteVar16x32x2(even, low, odd), first);
        Simd512<float>.StorePartial(dx + 16, Avx512F.PermuteVar16x32x2(even, high, odd), (2 * count) - first);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<byte> Bytes(int count) => Vector128.LessThan(Vector128<byte>.Indices, Vector128.Create((byte)count));
}
