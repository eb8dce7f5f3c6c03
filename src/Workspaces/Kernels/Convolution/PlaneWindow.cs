namespace Workspaces.Kernels.Convolution;

/// <summary>How a window walks over a plane: its size, and per axis step, padding and the distance of its taps. In elements.</summary>
internal readonly record struct PlaneWindow
{
    /// <summary>Rows of the window.</summary>
    public int Height { get; init; }

    /// <summary>Columns of the window.</summary>
    public int Width { get; init; }

    /// <summary>Rows from one position to the next.</summary>
    public int StrideY { get; init; }

    /// <summary>Columns from one position to the next.</summary>
    public int StrideX { get; init; }

    /// <summary>Rows added above and below.</summary>
    public int PaddingY { get; init; }

    /// <summary>Columns added left and right.</summary>
    public int PaddingX { get; init; }

    /// <summary>Rows between taps.</summary>
    public int DilationY { get; init; }

    /// <summary>Columns between taps.</summary>
    public int DilationX { get; init; }

    /// <summary>Elements of the window.</summary>
    public int Taps => Height * Width;

    /// <summary>True for a window of one element that visits every element once.</summary>
    public bool IsPointwise => Height == 1 && Width == 1 && StrideY == 1 && StrideX == 1 && PaddingY == 0 && PaddingX == 0;

    /// <summary>Positions along an axis; 0 or less when the window does not fit.</summary>
    public static long Positions(long size, int window, int stride, int padding, int dilation)
    {
        long reach = ((long)dilation * (window - 1)) + 1, room = size + (2L * padding) - reach;
        return room < 0 ? 0 : (room / stride) + 1;
    }

    /// <summary>The positions at which a tap lies inside an axis of a size: from <paramref name="first"/> up to, not including, <paramref name="end"/>.</summary>
    public static void Inside(int size, int positions, int stride, int shift, out int first, out int end)
    {
        // Position p reads element p * stride + shift, where shift = tap * dilation - padding.
        first = shift >= 0 ? 0 : Math.Min(positions, (int)((-(long)shift + stride - 1) / stride));
        int last = size - 1 - shift;
        end = last < 0 ? first : Math.Max(first, Math.Min(positions, (last / stride) + 1));
    }
}
