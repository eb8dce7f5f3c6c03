using System.Numerics;
using System.Runtime.CompilerServices;
using Workspaces.Kernels.Simd;

namespace Workspaces.Kernels.Convolution;

/// <summary>
/// Between planes and the matrix of columns (im2col and col2im): row (channel, tap), column (output position). Only some rows of the output at a time.
/// <code>
///            positions y0·OutWidth … y1·OutWidth
///          ┌──────────────────────────────────┐
///  c0 t0   │ x[p · stride + t0 - padding] …   │
///  c0 t1   │                                  │   0 where the tap lies in the padding
///  …       │                                  │
///          └──────────────────────────────────┘
/// </code>
/// </summary>
internal static unsafe class Columns<T, TVector, TSimd>
    where T : unmanaged, INumberBase<T>
    where TVector : unmanaged
    where TSimd : ISimd<T, TVector>
{
    /// <summary>Fills the matrix for output rows from <paramref name="y0"/> to <paramref name="y1"/> of one group of one sample.</summary>
    public static void Gather(in ConvolutionShape s, T* planes, T* columns, int y0, int y1)
    {
        PlaneWindow window = s.Window;
        for (int c = 0; c < s.GroupChannels; c++, planes += s.Plane)
        {
            for (int ky = 0; ky < window.Height; ky++)
            {
                for (int kx = 0; kx < window.Width; kx++)
                {
                    int shiftY = (ky * window.DilationY) - window.PaddingY, shiftX = (kx * window.DilationX) - window.PaddingX;
                    PlaneWindow.Inside(s.Width, s.OutWidth, window.StrideX, shiftX, out int first, out int end);
                    for (int y = y0; y < y1; y++, columns += s.OutWidth)
                    {
                        int row = (y * window.StrideY) + shiftY;
                        if ((uint)row >= (uint)s.Height || first == end)
                        {
                            new Span<T>(columns, s.OutWidth).Clear();
                            continue;
                        }

                        for (int x = 0; x < first; x++) columns[x] = default;
                        Read(planes + ((long)row * s.Width) + ((long)first * window.StrideX) + shiftX, window.StrideX, columns + first, end - first);
                        for (int x = end; x < s.OutWidth; x++) columns[x] = default;
                    }
                }
            }
        }
    }

    /// <summary>Adds every element of the matrix to the element of the planes that it was read from.</summary>
    public static void ScatterAdd(in ConvolutionShape s, T* planes, T* columns, int y0, int y1)
    {
        PlaneWindow window = s.Window;
        for (int c = 0; c < s.GroupChannels; c++, planes += s.Plane)
        {
            for (int ky = 0; ky < window.Height; ky++)
            {
                for (int kx = 0; kx < window.Width; kx++)
                {
                    int shiftY = (ky * window.DilationY) - window.PaddingY, shiftX = (kx * window.DilationX) - window.PaddingX;
                    PlaneWindow.Inside(s.Width, s.OutWidth, window.StrideX, shiftX, out int first, out int end);
                    for (int y = y0; y < y1; y++, columns += s.OutWidth)
                    {
                        int row = (y * window.StrideY) + shiftY;
                        if ((uint)row >= (uint)s.Height || first == end) continue;
                        Add(columns + first, planes + ((long)row * s.Width) + ((long)first * window.StrideX) + shiftX, window.StrideX, end - first);
                    }
                }
            }
        }
    }

    /// <summary>target += source, elements next to each other.</summary>
    public static void AddRun(T* source, T* target, long count)
    {
        for (; count >= TSimd.Count; count -= TSimd.Count, source += TSimd.Count, target += TSimd.Count)
            TSimd.Store(target, TSimd.Add(TSimd.Load(target), TSimd.Load(source)));
        if (count > 0)
            TSimd.StorePartial(target, TSimd.Add(TSimd.LoadPartial(target, (int)count), TSimd.LoadPartial(source, (int)count)), (int)count);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Read(T* source, int stride, T* target, int count)
    {
        if (stride != 1)
        {
            for (int i = 0; i < count; i++) target[i] = source[(nint)i * stride];
            return;
        }

        for (; count >= TSimd.Count; count -= TSimd.Count, source += TSimd.Count, target += TSimd.Count) TSimd.Store(target, TSimd.Load(source));
        if (count > 0) TSimd.StorePartial(target, TSimd.LoadPartial(source, count), count);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Add(T* source, T* target, int stride, int count)
    {
        if (stride == 1)
        {
            AddRun(source, target, count);
            return;
        }

        for (int i = 0; i < count; i++) target[(nint)i * stride] += source[i];
    }
}
