namespace Workspaces.Kernels.Gemm;

/// <summary>
/// The pieces of a thread's rectangle of C, the first as large as all others together, and so on: two cores of a machine can differ in speed by a fifth and more,
/// and the faster one takes the last pieces of the slower:
/// <code>
///   |        0        |   1   | 2 | 3 |
/// </code>
/// Bits do not depend on them, because no sum is split.
/// </summary>
internal readonly struct GemmPieces
{
    /// <summary>The most pieces: then the last one is an eighth.</summary>
    private const int Most = 4;

    /// <summary>Multiply-adds below which a piece is not worth taking (about 8 microseconds of one core).</summary>
    private const long LeastWork = 1L << 20;

    /// <summary>The least rows of a piece: each copies the columns of B for itself.</summary>
    private const int LeastRows = 192;

    private readonly bool _splitsRows;

    private GemmPieces(int count, bool splitsRows)
    {
        Count = count;
        _splitsRows = splitsRows;
    }

    /// <summary>A rectangle as a whole.</summary>
    public static GemmPieces One => new(1, false);

    /// <summary>Pieces of each rectangle.</summary>
    public int Count { get; }

    /// <summary>The pieces of the rectangles of a product.</summary>
    /// <param name="path">How it is computed.</param>
    /// <param name="work">Multiply-adds of a rectangle.</param>
    /// <param name="rows">Rows of one.</param>
    /// <param name="rowTiles">Tiles of one from top to bottom.</param>
    /// <param name="columnTiles">Tiles of one from left to right.</param>
    /// <param name="leastColumnTiles">The least of a piece: more than one where rows of A are copied for all columns of a piece, which is better cut into rows.</param>
    public static GemmPieces Of(GemmPath path, long work, int rows, int rowTiles, int columnTiles, int leastColumnTiles)
    {
        if (path is GemmPath.RowTimesMatrix or GemmPath.Dot) return One; // each core finds its share of the weights in its own cache
        int most = Fitting(work, LeastWork), columns = Math.Min(most, Fitting(columnTiles, leastColumnTiles));
        int down = Math.Min(most, Math.Min(Fitting(rows, LeastRows), Fitting(rowTiles, 1)));
        return down > columns || (down > 1 && leastColumnTiles > 1) ? new GemmPieces(down, true) : new GemmPieces(columns, false);
    }

    /// <summary>The columns of a piece, in tiles, of those of its rectangle.</summary>
    public (int First, int End) Columns(int piece, int first, int end) => _splitsRows ? (first, end) : Cut(piece, first, end);

    /// <summary>The rows of a piece, in tiles, of those of its rectangle.</summary>
    public (int First, int End) Rows(int piece, int first, int end) => _splitsRows ? Cut(piece, first, end) : (first, end);

    /// <summary>The most pieces of which the last one is large enough.</summary>
    private static int Fitting(long size, long least)
    {
        int count = Most;
        while (count > 1 && size >> (count - 1) < least) count--;
        return count;
    }

    private (int First, int End) Cut(int piece, int first, int end) => (first + Before(piece, end - first), first + Before(piece + 1, end - first));

    private int Before(int piece, int size) => piece == Count ? size : size - (size >> piece);
}
