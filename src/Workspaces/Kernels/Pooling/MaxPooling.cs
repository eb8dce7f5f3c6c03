using System.Numerics;
using System.Runtime.CompilerServices;
using Workspaces.Kernels.Convolution;
using Workspaces.Kernels.Team;

namespace Workspaces.Kernels.Pooling;

/// <summary>The largest element of each window; NaN wins. Padding is never chosen. What is remembered of it is the number of the tap, in a byte where it fits.</summary>
internal static unsafe class MaxPooling
{
    /// <summary>Outputs of a row that are worked on together.</summary>
    private const int Chunk = 256;

    /// <summary>The most taps of a window whose number fits into a byte, beside the number that stands for none.</summary>
    public const int MostByteTaps = 255;

    /// <summary>y = the maxima, taps = the tap of each; where a window meets padding alone, y is -∞ and taps has all bits set.</summary>
    /// <param name="shape">The sizes.</param>
    /// <param name="x">Input planes.</param>
    /// <param name="y">Output planes.</param>
    /// <param name="taps">As long as y, or empty when nobody asks for them.</param>
    /// <param name="team">Threads, or null.</param>
    public static void Forward<T, TIndex>(in PoolingShape shape, ReadOnlySpan<T> x, Span<T> y, Span<TIndex> taps, KernelTeam? team = null)
        where T : unmanaged, IFloatingPointIeee754<T>
        where TIndex : unmanaged, IBinaryInteger<TIndex>
    {
        shape.Check(x.Length, y.Length);
        fixed (T* px = x, py = y)
        fixed (TIndex* pi = taps)
            PlaneJob<ForwardWork<T, TIndex>>.Run(new ForwardWork<T, TIndex> { Shape = shape, X = px, Y = py, Taps = pi }, shape.Planes, team);
    }

    /// <summary>dx = 0 but for the chosen elements, which get the sum of the gradients of the windows that chose them.</summary>
    /// <param name="shape">The sizes.</param>
    /// <param name="dy">Gradients of the output planes.</param>
    /// <param name="taps">What <see cref="Forward{T, TIndex}"/> has remembered.</param>
    /// <param name="dx">Gradients of the input planes.</param>
    /// <param name="team">Threads, or null.</param>
    public static void Backward<T, TIndex>(in PoolingShape shape, ReadOnlySpan<T> dy, ReadOnlySpan<TIndex> taps, Span<T> dx, KernelTeam? team = null)
        where T : unmanaged, IFloatingPointIeee754<T>
        where TIndex : unmanaged, IBinaryInteger<TIndex>
    {
        shape.Check(dx.Length, dy.Length);
        fixed (T* px = dx, py = dy)
        fixed (TIndex* pi = taps)
            PlaneJob<BackwardWork<T, TIndex>>.Run(new BackwardWork<T, TIndex> { Shape = shape, DX = px, DY = py, Taps = pi }, shape.Planes, team);
    }

    private struct ForwardWork<T, TIndex> : IPlaneWork where T : unmanaged, IFloatingPointIeee754<T> where TIndex : unmanaged, IBinaryInteger<TIndex>
    {
        public PoolingShape Shape;
        public T* X;
        public T* Y;
        public TIndex* Taps;

        public readonly void Run(int first, int end)
        {
            if (typeof(TIndex) == typeof(byte) && PairPooling.FitsForward<T>(Shape))
            {
                byte* chosen = Taps == null ? null : (byte*)Taps + ((long)first * Shape.Positions);
                PairPooling.Forward(Shape, (float*)X + ((long)first * Shape.Plane), (float*)Y + ((long)first * Shape.Positions), chosen, end - first);
                return;
            }

            T* values = stackalloc T[Chunk];
            T* taps = stackalloc T[Chunk];
            for (int plane = first; plane < end; plane++)
            {
                for (int y = 0; y < Shape.OutHeight; y++)
                {
                    for (int x = 0; x < Shape.OutWidth; x += Chunk) Part(plane, y, x, Math.Min(Chunk, Shape.OutWidth - x), values, taps);
                }
            }
        }

        private readonly void Part(int plane, int y, int x0, int count, T* values, T* taps)
        {
            PlaneWindow window = Shape.Window;
            T* best = Y + ((long)plane * Shape.Positions) + ((long)y * Shape.OutWidth) + x0;
            new Span<T>(best, count).Fill(T.NegativeInfinity);
            new Span<T>(taps, count).Fill(T.NegativeOne); // no tap yet
            for (int tap = 0; tap < window.Taps; tap++)
            {
                int row = (y * window.StrideY) - window.PaddingY + (tap / window.Width * window.DilationY);
                if ((uint)row >= (uint)Shape.Height) continue;
                int shift = (tap % window.Width * window.DilationX) - window.PaddingX;
                PlaneWindow.Inside(Shape.Width, Shape.OutWidth, window.StrideX, shift, out int first, out int end);
                first = Math.Max(first, x0) - x0;
                end = Math.Min(end, x0 + count) - x0;
                if (first >= end) continue;
                T* source = X + ((long)plane * Shape.Plane) + ((long)row * Shape.Width) + ((long)(x0 + first) * window.StrideX) + shift;
                if (window.StrideX != 1)
                {
                    for (int i = 0; i < end - first; i++) values[i] = source[(nint)i * window.StrideX];
                    source = values;
                }

                Choose(source, best + first, taps + first, end - first, T.CreateTruncating(tap));
            }

            if (Taps == null) return;
            TIndex* chosen = Taps + ((long)plane * Shape.Positions) + ((long)y * Shape.OutWidth) + x0;
            for (int i = 0; i < count; i++) chosen[i] = taps[i] < T.Zero ? TIndex.AllBitsSet : TIndex.CreateTruncating(taps[i]);
        }

        /// <summary>Takes a tap where it is larger, NaN, or the first that lies inside.</summary>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private static void Choose(T* source, T* best, T* taps, int count, T tap)
        {
            int i = 0;
            var number = new Vector<T>(tap);
            for (; i <= count - Vector<T>.Count; i += Vector<T>.Count)
            {
                Vector<T> value = Unsafe.ReadUnaligned<Vector<T>>(source + i), before = Unsafe.ReadUnaligned<Vector<T>>(best + i);
                Vector<T> chosen = Unsafe.ReadUnaligned<Vector<T>>(taps + i);
                Vector<T> take = Vector.GreaterThan(value, before) | ~Vector.Equals(value, value) | Vector.LessThan(chosen, Vector<T>.Zero);
                Unsafe.WriteUnaligned(best + i, Vector.ConditionalSelect(take, value, before));
                Unsafe.WriteUnaligned(taps + i, Vector.ConditionalSelect(take, number, chosen));
            }

            for (; i < count; i++)
            {
                if (!(source[i] > best[i] || T.IsNaN(source[i]) || taps[i] < T.Zero)) continue;
                best[i] = source[i];
                taps[i] = tap;
            }
        }
    }

    private struct BackwardWork<T, TIndex> : IPlaneWork where T : unmanaged, IFloatingPointIeee754<T> where TIndex : unmanaged, IBinaryInteger<TIndex>
    {
        public PoolingShape Shape;
        public T* DX;
        public T* DY;
        public TIndex* Taps;

        public readonly void Run(int first, int end)
        {
            if (typeof(TIndex) == typeof(byte) && PairPooling.FitsBackward<T>(Shape))
            {
                long outputs = (long)first * Shape.Positions;
                PairPooling.Backward(Shape, (float*)DY + outputs, (byte*)Taps + outputs, (float*)DX + ((long)first * Shape.Plane), end - first);
                return;
            }

            PlaneWindow window = Shape.Window;
            int* offsets = stackalloc int[Chunk];
            for (int tap = 0; tap < Math.Min(Chunk, window.Taps); tap++) offsets[tap] = Offset(tap);
            bool known = window.Taps <= Chunk;
            for (int plane = first; plane < end; plane++)
            {
                T* dx = DX + ((long)plane * Shape.Plane), dy = DY + ((long)plane * Shape.Positions);
                TIndex* taps = Taps + ((long)plane * Shape.Positions);
                new Span<T>(dx, Shape.Plane).Clear();
                for (int y = 0; y < Shape.OutHeight; y++, dy += Shape.OutWidth, taps += Shape.OutWidth)
                {
                    int corner = (((y * window.StrideY) - window.PaddingY) * Shape.Width) - window.PaddingX;
                    for (int x = 0; x < Shape.OutWidth; x++, corner += window.StrideX)
                    {
                        if (taps[x] == TIndex.AllBitsSet) continue; // the taps of a dilated window may all lie in the padding
                        int tap = int.CreateTruncating(taps[x]);
                        dx[corner + (known ? offsets[tap] : Offset(tap))] += dy[x];
                    }
                }
            }
        }

        private readonly int Offset(int tap) =>
            (tap / Shape.Window.Width * Shape.Window.DilationY * Shape.Width) + (tap % Shape.Window.Width * Shape.Window.DilationX);
    }
}
