namespace Workspaces.Kernels.Convolution;

/// <summary>
/// A forward pass, or an input gradient with stride 1 as the forward pass that it is: of the output's gradient with the turned window. Its planes are
/// copied, some rows at a time, with the padding around them, so that no tap needs a test:
/// <code>
///   ┌ 0 0 0 0 0 0 ┐  rows · StrideY + reach of the window
///   │ 0 x x x x 0 │
///   │ 0 x x x x 0 │   tap (c, ky, kx) of position (y, x) is at  c · plane + (y · StrideY + ky · dilation) · Pitch + x · StrideX + kx · dilation
///   └ 0 0 0 0 0 0 ┘
/// </code>
/// </summary>
internal readonly record struct DirectShape
{
    /// <summary>Bytes of padded planes that are made at a time: a small part of L2.</summary>
    private const int ChunkBytes = 128 << 10;

    /// <summary>Pieces that a pass falls into where it can, so that a batch of one sample has work for some threads.</summary>
    private const int LeastPieces = 4;

    /// <summary>Multiply-adds below which a piece is not worth another thread.</summary>
    private const long WorkPerPiece = 1L << 18;

    /// <summary>Planes that a sum reads: channels of a group, filters for an input gradient.</summary>
    public int Sources { get; init; }

    /// <summary>Planes of a group that are written.</summary>
    public int Targets { get; init; }

    /// <summary>Rows of a plane that is read.</summary>
    public int Height { get; init; }

    /// <summary>Columns of a plane that is read.</summary>
    public int Width { get; init; }

    /// <summary>Rows of a plane that is written.</summary>
    public int OutHeight { get; init; }

    /// <summary>Columns of a plane that is written.</summary>
    public int OutWidth { get; init; }

    /// <summary>The window, with the padding of this pass.</summary>
    public PlaneWindow Window { get; init; }

    /// <summary>Rows that are written at a time.</summary>
    public int ChunkRows { get; init; }

    /// <summary>Elements of a padded row.</summary>
    public int Pitch => ((OutWidth - 1) * Window.StrideX) + ((Window.Width - 1) * Window.DilationX) + 1;

    /// <summary>Padded rows for a number of rows that are written.</summary>
    public int PaddedRows(int rows) => ((rows - 1) * Window.StrideY) + ((Window.Height - 1) * Window.DilationY) + 1;

    /// <summary>Elements of a padded plane.</summary>
    public int Plane => PaddedRows(ChunkRows) * Pitch;

    /// <summary>Elements that a sum reads.</summary>
    public int Depth => Sources * Window.Taps;

    /// <summary>Pieces of <see cref="ChunkRows"/> rows.</summary>
    public int Chunks => ((OutHeight - 1) / ChunkRows) + 1;

    /// <summary>Elements of the padded planes, and behind them a register's worth that loads of the last row may touch.</summary>
    public long PlanesLength => ConvolutionNeeds.Round((Sources * (long)Plane) + 16);

    /// <summary>True when the pass can be computed this way: any forward pass, and an input gradient of stride 1.</summary>
    public static bool Fits(in ConvolutionShape s, ConvolutionPass pass)
    {
        PlaneWindow w = s.Window;
        return pass == ConvolutionPass.Forward
            || (w.StrideX == 1 && w.StrideY == 1 && w.PaddingY <= (w.Height - 1) * w.DilationY && w.PaddingX <= (w.Width - 1) * w.DilationX);
    }

    /// <summary>The pass; that of the weight gradient reads what the forward pass does.</summary>
    public static DirectShape Of(in ConvolutionShape s, ConvolutionPass pass)
    {
        PlaneWindow w = s.Window;
        DirectShape shape = pass == ConvolutionPass.BackwardInput
            ? new()
            {
                Sources = s.GroupFilters, Targets = s.GroupChannels, Height = s.OutHeight, Width = s.OutWidth, OutHeight = s.Height, OutWidth = s.Width,
                Window = w with { PaddingY = ((w.Height - 1) * w.DilationY) - w.PaddingY, PaddingX = ((w.Width - 1) * w.DilationX) - w.PaddingX },
            }
            : new()
            {
                Sources = s.GroupChannels, Targets = s.GroupFilters, Height = s.Height, Width = s.Width, OutHeight = s.OutHeight, OutWidth = s.OutWidth,
                Window = w,
            };
        return shape with { ChunkRows = shape.RowsPerChunk(s) };
    }

    /// <summary>What the pass takes: the packed weights and the places of the taps for all, padded planes for each part.</summary>
    public ConvolutionNeeds Needs<T>(in ConvolutionShape s) => new(
        ConvolutionPath.Direct, checked(s.Batch * s.Groups * Chunks),
        ConvolutionNeeds.Round(Depth) + ConvolutionNeeds.Round((long)s.Groups * Depth * PanelRows(Targets)), PlanesLength);

    /// <summary>Rows of weights in panels: whole tiles of any variant.</summary>
    public static int PanelRows(int targets) => targets + 7;

    /// <summary>Rows whose padded planes take little of L2, in pieces of about the same size; a small batch of much work falls into some pieces at least.</summary>
    private int RowsPerChunk(in ConvolutionShape s)
    {
        long rowBytes = Math.Max(1L, sizeof(float) * (long)Sources * Pitch * Window.StrideY);
        int most = (int)Math.Clamp((ChunkBytes / rowBytes) - Window.Height, 1, Math.Max(1, OutHeight));
        int wanted = (int)Math.Clamp(s.Work / WorkPerPiece, 1, LeastPieces), others = Math.Max(1, s.Batch * s.Groups);
        int chunks = Math.Max(((OutHeight - 1) / most) + 1, Math.Min(OutHeight, ((wanted - 1) / others) + 1));
        return ((OutHeight - 1) / chunks) + 1;
    }

    /// <summary>Where the taps lie in the padded planes, row of the window by row, so that the rows that meet nothing but padding can be left out.</summary>
    public unsafe void Places(int* places)
    {
        for (int ky = 0; ky < Window.Height; ky++)
        {
            for (int c = 0; c < Sources; c++)
            {
                for (int kx = 0; kx < Window.Width; kx++) *places++ = (c * Plane) + (ky * Window.DilationY * Pitch) + (kx * Window.DilationX);
            }
        }
    }

    /// <summary>The rows of the window that meet a row of the input at rows of the output from <paramref name="first"/> to <paramref name="last"/>.</summary>
    public (int First, int End) WindowRows(int first, int last)
    {
        // Row y of the output meets row y · StrideY + ky · DilationY - PaddingY of the input.
        int above = Window.PaddingY - (last * Window.StrideY), below = Height - 1 + Window.PaddingY - (first * Window.StrideY);
        int begin = above <= 0 ? 0 : Math.Min(Window.Height, ((above - 1) / Window.DilationY) + 1);
        return (begin, below < 0 ? begin : Math.Max(begin, Math.Min(Window.Height, (below / Window.DilationY) + 1)));
    }
}
