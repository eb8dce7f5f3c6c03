using System.Numerics;
using Workspaces.Kernels.Simd;

namespace Workspaces.Kernels.Convolution;

/// <summary>Copies planes with zeros around them.</summary>
internal static unsafe class PaddedPlanes<T, TVector, TSimd>
    where T : unmanaged, INumberBase<T>
    where TVector : unmanaged
    where TSimd : ISimd<T, TVector>
{
    /// <summary>Fills the padded planes for the rows of the output from <paramref name="y0"/> on.</summary>
    /// <param name="s">The pass.</param>
    /// <param name="planes">The planes of a group of a sample.</param>
    /// <param name="padded"><see cref="DirectShape.PlanesLength"/> elements.</param>
    /// <param name="y0">First row of the output.</param>
    public static void Fill(in DirectShape s, T* planes, T* padded, int y0)
    {
        new Span<T>(padded, (int)s.PlanesLength).Clear();
        int top = (y0 * s.Window.StrideY) - s.Window.PaddingY;
        int first = Math.Max(0, top), end = Math.Min(s.Height, top + s.PaddedRows(s.ChunkRows));
        int count = Math.Min(s.Width, s.Pitch - s.Window.PaddingX);
        if (count <= 0) return;
        for (int c = 0; c < s.Sources; c++)
        {
            T* source = planes + (((long)c * s.Height) + first) * s.Width;
            T* target = padded + ((long)c * s.Plane) + ((long)(first - top) * s.Pitch) + s.Window.PaddingX;
            for (int row = first; row < end; row++, source += s.Width, target += s.Pitch)
            {
                int x = 0;
                for (; x <= count - TSimd.Count; x += TSimd.Count) TSimd.Store(target + x, TSimd.Load(source + x));
                if (x < count) TSimd.StorePartial(target + x, TSimd.LoadPartial(source + x, count - x), count - x);
            }
        }
    }
}
