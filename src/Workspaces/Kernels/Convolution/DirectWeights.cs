using Workspaces.Kernels.Gemm;

namespace Workspaces.Kernels.Convolution;

/// <summary>Weights in the order in which direct passes read them: row of the window, source, column of the window, plane that is written.</summary>
internal static unsafe class DirectWeights<T>
    where T : unmanaged
{
    /// <summary>Packs the weights of some planes: as they are, or for an input gradient with the window turned by 180 degrees.</summary>
    /// <param name="shape">The pass.</param>
    /// <param name="call">Where the weight is.</param>
    /// <param name="group">The group.</param>
    /// <param name="plane">The first plane of the group.</param>
    /// <param name="count">Planes.</param>
    /// <param name="panel">Depth times <paramref name="width"/> elements; those beyond the planes become 0.</param>
    /// <param name="width">Elements from one tap to the next.</param>
    public static void Pack(in DirectShape shape, in ConvolutionCall<T> call, int group, int plane, int count, T* panel, int width)
    {
        int depth = shape.Depth, taps = shape.Window.Taps, columns = shape.Window.Width, rows = shape.Window.Height;
        bool forward = call.Pass == ConvolutionPass.Forward;
        T* weight = call.Weight + ((long)group * shape.Targets * depth) + ((long)plane * (forward ? depth : taps));
        for (int ky = 0; ky < rows; ky++)
        {
            for (int source = 0; source < shape.Sources; source++, panel += columns * width)
            {
                if (forward) GemmPacking<T>.Transpose(weight + (((source * rows) + ky) * columns), depth, count, columns, panel, width);
                else Turned(weight + ((long)source * shape.Targets * taps) + taps - 1 - (ky * columns), taps, columns, count, panel, width);
            }
        }
    }

    /// <summary>A row of the window from right to left.</summary>
    private static void Turned(T* last, int taps, int columns, int count, T* panel, int width)
    {
        for (int kx = 0; kx < columns; kx++, panel += width)
        {
            for (int i = 0; i < width; i++) panel[i] = i < count ? last[((nint)i * taps) - kx] : default;
        }
    }
}
