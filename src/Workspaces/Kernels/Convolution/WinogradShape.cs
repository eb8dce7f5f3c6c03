namespace Workspaces.Kernels.Convolution;

/// <summary>
/// The blocks of a pass by Winograd's algorithm F(4 × 4, 3 × 3): Lavin and Gray, "Fast algorithms for convolutional neural networks", 2016. Inside, the
/// planes of a position lie next to each other, so that registers hold planes and tiles need no care at edges:
/// <code>
///   rows of X ─turn─▶ padded [y, x, source] ─Bᵀ·B─▶ V [36][tile, source] ─· U [36][source, target]─▶ M [36][tile, target] ─Aᵀ·A─▶ [y, x, target] ─turn─▶ Y
/// </code>
/// </summary>
internal readonly record struct WinogradShape
{
    /// <summary>Rows and columns of the output that a tile makes.</summary>
    public const int Tile = 4;

    /// <summary>Rows and columns of the input that a tile reads, and of its transform.</summary>
    public const int Reach = 6;

    /// <summary>Elements of a transformed tile.</summary>
    public const int Points = Reach * Reach;

    /// <summary>Elements of the window.</summary>
    public const int Taps = 9;

    /// <summary>Planes on both sides from which on the transforms pay.</summary>
    private const int LeastPlanes = 12;

    /// <summary>Tiles of a sample from which on the products are worth their weights.</summary>
    private const int LeastTiles = 9;

    /// <summary>Products of planes up to which the transformed weights stay in L2 or near it.</summary>
    private const int MostWeights = 128 * 128;

    /// <summary>Bytes of transformed tiles and products at a time: with the weights they stay in L2.</summary>
    private const int BlockBytes = 320 << 10;

    /// <summary>Elements between the transforms beyond their length, so that they do not fall into the same sets of the cache.</summary>
    private const int Skew = 16;

    /// <summary>Planes that are read.</summary>
    public int Sources { get; init; }

    /// <summary>Planes that are written.</summary>
    public int Targets { get; init; }

    /// <summary>Rows of a plane that is read.</summary>
    public int Height { get; init; }

    /// <summary>Columns of a plane that is read.</summary>
    public int Width { get; init; }

    /// <summary>Rows of a plane that is written.</summary>
    public int OutHeight { get; init; }

    /// <summary>Columns of a plane that is written.</summary>
    public int OutWidth { get; init; }

    /// <summary>Rows of zeros above.</summary>
    public int PaddingY { get; init; }

    /// <summary>Columns of zeros left.</summary>
    public int PaddingX { get; init; }

    /// <summary>Samples.</summary>
    public int Batch { get; init; }

    /// <summary>Rows of tiles that are worked on at a time.</summary>
    public int BlockRows { get; init; }

    /// <summary>Tiles of a row.</summary>
    public int TilesX => ((OutWidth - 1) / Tile) + 1;

    /// <summary>Rows of tiles.</summary>
    public int TilesY => ((OutHeight - 1) / Tile) + 1;

    /// <summary>Blocks of a sample.</summary>
    public int Blocks => ((TilesY - 1) / BlockRows) + 1;

    /// <summary>Elements of a position of the padded input.</summary>
    public int SourceLanes => (int)ConvolutionNeeds.Round(Sources);

    /// <summary>Elements of a position of the output.</summary>
    public int TargetLanes => (int)ConvolutionNeeds.Round(Targets);

    /// <summary>Elements of a padded row.</summary>
    public int Pitch => ((TilesX * Tile) + Reach - Tile) * SourceLanes;

    /// <summary>Elements of the padded rows of a block.</summary>
    public int PaddedLength => ((BlockRows * Tile) + Reach - Tile) * Pitch;

    /// <summary>Elements from one transform of the tiles to the next.</summary>
    public int InputStep => (TilesX * BlockRows * SourceLanes) + Skew;

    /// <summary>Elements from one product to the next.</summary>
    public int ProductStep => (TilesX * BlockRows * TargetLanes) + Skew;

    /// <summary>Elements of a row of the output of a block.</summary>
    public int OutPitch => TilesX * Tile * TargetLanes;

    /// <summary>Elements from one transform of the weights to the next.</summary>
    public int WeightStep => (Sources * TargetLanes) + Skew;

    /// <summary>Elements of the weights with targets next to each other: [source, tap, target].</summary>
    public int TurnedLength => Sources * Taps * TargetLanes;

    /// <summary>Elements of the transforms of the tiles, which the output of the block replaces.</summary>
    public int InputLength => Math.Max(Points * InputStep, BlockRows * Tile * OutPitch);

    /// <summary>True for a shape that is faster this way. f64 is not: who asks for it wants its precision.</summary>
    public static bool Pays(in ConvolutionShape s, ConvolutionPass pass)
    {
        var window = s.Window with { PaddingX = 0, PaddingY = 0 };
        bool square = window == new PlaneWindow { Height = 3, Width = 3, StrideY = 1, StrideX = 1, DilationY = 1, DilationX = 1 };
        if (!square || s.Groups != 1 || Math.Max(s.Window.PaddingX, s.Window.PaddingY) > 2) return false;
        WinogradShape shape = Of(s, pass);
        return Math.Min(s.Channels, s.Filters) >= LeastPlanes && shape.TilesX * shape.TilesY >= LeastTiles && s.Channels * (long)s.Filters <= MostWeights;
    }

    /// <summary>The pass.</summary>
    public static WinogradShape Of(in ConvolutionShape s, ConvolutionPass pass)
    {
        WinogradShape shape = pass == ConvolutionPass.Forward
            ? new()
            {
                Sources = s.Channels, Targets = s.Filters, Height = s.Height, Width = s.Width, OutHeight = s.OutHeight, OutWidth = s.OutWidth,
                PaddingY = s.Window.PaddingY, PaddingX = s.Window.PaddingX, Batch = s.Batch, BlockRows = 1,
            }
            : new()
            {
                Sources = s.Filters, Targets = s.Channels, Height = s.OutHeight, Width = s.OutWidth, OutHeight = s.Height, OutWidth = s.Width,
                PaddingY = 2 - s.Window.PaddingY, PaddingX = 2 - s.Window.PaddingX, Batch = s.Batch, BlockRows = 1,
            };
        long rowBytes = sizeof(float) * Points * (long)shape.TilesX * (shape.SourceLanes + shape.TargetLanes);
        int rows = (int)Math.Clamp(BlockBytes / rowBytes, 1, shape.TilesY), blocks = ((shape.TilesY - 1) / rows) + 1;
        return shape with { BlockRows = ((shape.TilesY - 1) / blocks) + 1 };
    }

    /// <summary>What the pass takes: the weights turned and transformed for all; for each part padded rows, transforms, products and one tile.</summary>
    public ConvolutionNeeds Needs() => new(
        ConvolutionPath.Winograd, checked(Batch * Blocks), ConvolutionNeeds.Round(TurnedLength + ((long)Points * WeightStep)),
        ConvolutionNeeds.Round((long)PaddedLength + InputLength + (Points * (long)ProductStep) + (Points * 16)));
}
