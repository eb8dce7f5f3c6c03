using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;
using Workspaces.Kernels.Simd;

namespace Workspaces.Kernels.Gemm;

/// <summary>
/// A rectangle of C in tiles of registers, blocked for the caches (the loop order of Goto and van de Geijn, "Anatomy of high-performance matrix multiplication", 2008).
/// Blocks of k are added in order.
/// </summary>
internal static unsafe class GemmTiles<T, TVector, TSimd>
    where T : unmanaged, INumberBase<T>
    where TVector : unmanaged
    where TSimd : ISimd<T, TVector>
{
    /// <summary>Bytes of C above which its tiles are fetched ahead: it does not lie in L2 then. Below, asking costs 1 %.</summary>
    private const long FarBytes = 2 << 20;

    /// <summary>Bytes between rows of a B read in place from which on L1 does not hold a panel of it: its lines fall into few sets, and each tile has them from L2 again.</summary>
    private const int FarRowBytes = 1024;

    /// <summary>Bytes between rows of A at which the lines of all rows of a tile fall into one set of L1, which holds 8 or 12.</summary>
    private const int SameSetBytes = 4096;

    private static int PanelWidth => 2 * TSimd.Count;

    /// <summary>Rows of a tall tile: what 32 registers hold, where there are so many.</summary>
    private static int TallRows => TSimd.TileRows >= 8 ? GemmTallKernel<T, TVector, TSimd>.MostRows : TSimd.TileRows;

    /// <summary>Rows from <paramref name="i0"/> to <paramref name="i1"/>, columns from <paramref name="j0"/> to <paramref name="j1"/>.</summary>
    public static void Run(in GemmProblem<T> g, int i0, int i1, int j0, int j1, T* scratch)
    {
        int depth = GemmBlocking.DepthOf(g.K, g.Path);
        bool copiesOnTheWay = CopiesOnTheWay(g, i1 - i0);
        GemmBlock block = default;
        for (block.Column = j0; block.Column < j1; block.Column = block.ColumnEnd)
        {
            block.ColumnEnd = Math.Min(j1, block.Column + GemmBlocking.Columns<T>(g.Path));
            block.CopiesA = block.ColumnEnd - block.Column >= GemmBlocking.LeastCopiedColumns && GemmBlocking.CopiesRows<T>(g.M, g.N, g.Path, g.AStep);
            for (block.Step = 0; block.Step < g.K; block.Step += depth)
            {
                block.Row = i0;
                block.Steps = Math.Min(depth, g.K - block.Step);
                block.CopiesB = copiesOnTheWay && !block.CopiesA;
                block.IsOnly = (block.CopiesB || g.TransposeB) && i1 - i0 <= RowsOf(g, block, i1);
                if (!block.IsOnly && !ReadsInPlace(g)) CopyPanels(g, block, scratch);
                for (; block.Row < i1; block.Row = block.RowEnd)
                {
                    block.RowEnd = Math.Min(i1, block.Row + RowsOf(g, block, i1));
                    Multiply(g, block, scratch);
                    block.CopiesB = false;
                }
            }
        }
    }

    /// <summary>Rectifies results that are complete and were just written, where the problem asks for it.</summary>
    public static void Rectify(in GemmProblem<T> g, int i0, int i1, int j0, int j1)
    {
        if (!g.IsRectified) return;
        if (g.Path == GemmPath.Turned) Rectifier<T, TVector, TSimd>.Rows(g.C + (j0 * g.Ldc) + i0, g.Ldc, j1 - j0, i1 - i0);
        else Rectifier<T, TVector, TSimd>.Rows(g.C + (i0 * g.Ldc) + j0, g.Ldc, i1 - i0, j1 - j0);
    }

    /// <summary>
    /// Whether the first tile of rows reads B in place and copies what it reads, for the tiles after it: copying a line waits 5 to 8 cycles for the caches, and a step of a
    /// tall tile, which has two lines, multiplies for 12. Not of a transposed B.
    /// </summary>
    private static bool CopiesOnTheWay(in GemmProblem<T> g, int rows) =>
        GemmBlocking.CopiesPanels(g.Path) && !g.TransposeB && rows >= TallRows && TallRows > TSimd.TileRows;

    /// <summary>The panels that no tile copies: all, or the last one if it is narrow.</summary>
    private static void CopyPanels(in GemmProblem<T> g, in GemmBlock block, T* scratch)
    {
        int columns = block.ColumnEnd - block.Column, made = block.CopiesB ? columns / PanelWidth * PanelWidth : 0;
        if (made < columns) g.PackB(block.Step, block.Steps, block.Column + made, columns - made, scratch + ((nint)made * block.Steps), PanelWidth);
    }

    /// <summary>Rows of a block, the last one apart: whole tiles behind the first, which is as tall as can be if it copies B.</summary>
    private static int RowsOf(in GemmProblem<T> g, in GemmBlock block, int end)
    {
        int rows = GemmBlocking.RowsOf(g.Path, block.CopiesA), tallest = Tallest(g);
        return block.CopiesB && end - block.Row > rows ? TallRows + ((rows - TallRows) / tallest * tallest) : rows;
    }

    /// <summary>A panel stays in L1, a deep one near the front of L2, while the rows stream past it from L2.</summary>
    private static void Multiply(in GemmProblem<T> g, in GemmBlock block, T* scratch)
    {
        int k = block.Steps, end = block.RowEnd, copying = block.CopiesB ? block.Row : -1;
        T* first = block.Step > 0 ? g.C : g.FirstAdd;
        nint addLd = block.Step > 0 ? g.Ldc : g.AddLd;
        int height = TileRows(g, end - block.Row - (block.CopiesB ? TallRows : 0));
        bool isFar = (long)g.M * g.N * sizeof(T) > FarBytes;
        T* rowsOfA = g.A + (block.Row * g.ARow) + (block.Step * g.AStep);
        nint aTile = g.ARow, aRow = g.ARow, aStep = g.AStep;
        if (block.CopiesA)
        {
            T* tiles = scratch + GemmBlocking.PanelsLength<T>(g.N, k, g.Path);
            GemmPacking<T>.CopyRows(rowsOfA, g.AStep, end - block.Row, k, tiles, height);
            rowsOfA = tiles;
            (aTile, aRow, aStep) = (k, 1, height);
        }

        for (int j = block.Column; j < block.ColumnEnd; j += PanelWidth)
        {
            int columns = Math.Min(PanelWidth, block.ColumnEnd - j), rows;
            T* b = Panel(g, block, j, columns, scratch, out nint bStep);
            for (int i = block.Row; i < end; i += rows)
            {
                rows = i == copying ? TallRows : Math.Min(height, end - i);
                T* a = rowsOfA + ((i - block.Row) * aTile);
                if (g.Path == GemmPath.Turned)
                {
                    T* from = first is null ? null : first + (j * addLd) + i;
                    TurnedTile(rows, columns, k, a, aRow, aStep, b, bStep, g.C + (j * g.Ldc) + i, g.Ldc, from, addLd);
                    continue;
                }

                T* add = first is null ? null : first + (i * addLd) + j, c = g.C + (i * g.Ldc) + j;
                if (isFar) Fetch(c, g.Ldc, rows);
                if (i == copying && columns == PanelWidth)
                    GemmTallKernel<T, TVector, TSimd>.RunAndCopy(k, a, aRow, aStep, g.B + (block.Step * g.Ldb) + j, g.Ldb, c, g.Ldc, add, addLd, b);
                else
                    GemmTallKernel<T, TVector, TSimd>.Run(rows, columns, k, a, aRow, aStep, b, bStep, c, g.Ldc, add, addLd);
            }

            if (block.Step + k == g.K) Rectify(g, block.Row, end, j, j + columns);
        }
    }

    /// <summary>Rows of the tiles of some rows: all about as many, because 10 rows are better 5 and 5 than 8 and 2, which have too few chains of sums.</summary>
    private static int TileRows(in GemmProblem<T> g, int rows) =>
        rows <= 0 ? TSimd.TileRows : GemmBlocking.Ceiling(rows, GemmBlocking.Ceiling(rows, Tallest(g)));

    /// <summary>Rows of the tallest tile that pays.</summary>
    private static int Tallest(in GemmProblem<T> g)
    {
        bool isTall = g.Path switch
        {
            GemmPath.Turned => true,
            GemmPath.Direct => g.Ldb * sizeof(T) >= FarRowBytes,
            GemmPath.Packed or GemmPath.Deep => !g.TransposeB && g.AStep == 1 && g.ARow * sizeof(T) % SameSetBytes != 0,
            _ => false,
        };
        return isTall ? TallRows : TSimd.TileRows;
    }

    /// <summary>Asks for the lines of a tile of C before its sums are made.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Fetch(T* c, nint ldc, int rows)
    {
        if (!Sse.IsSupported) return;
        for (; rows > 0; rows--)
        {
            Sse.Prefetch0(c);
            Sse.Prefetch0(c + TSimd.Count);
            c += ldc;
        }
    }

    /// <summary>Whether whole panels of B are read where they lie; of a turned product B is op(A).</summary>
    private static bool ReadsInPlace(in GemmProblem<T> g) => g.Path is GemmPath.Direct or GemmPath.Panels || (g.Path == GemmPath.Turned && !g.TransposeB);

    /// <summary>The panel of B from column <paramref name="j"/>: in place, copied with its block, or, for the only block of rows that reads it, copied now, where its first
    /// tile does not do so. (Of what is read in place, a narrower last panel is copied now.)</summary>
    private static T* Panel(in GemmProblem<T> g, in GemmBlock block, int j, int columns, T* scratch, out nint bStep)
    {
        bStep = PanelWidth;
        bool isInPlace = ReadsInPlace(g);
        if (g.Path == GemmPath.Panels)
            return g.B + ((nint)j * g.K) + (block.Step * PanelWidth);
        if (!isInPlace && !block.IsOnly)
            return scratch + ((nint)(j - block.Column) * block.Steps);
        if (columns == PanelWidth && isInPlace)
        {
            bStep = g.Ldb;
            return g.B + (block.Step * g.Ldb) + j;
        }

        if (columns < PanelWidth || !block.CopiesB)
            g.PackB(block.Step, block.Steps, j, columns, scratch, PanelWidth);
        return scratch;
    }

    /// <summary>A tile of Cᵀ, computed beside C and turned into it.</summary>
    [SkipLocalsInit]
    [MethodImpl(KernelMethod.Compiled)]
    private static void TurnedTile(int rows, int columns, int k, T* a, nint aRow, nint aStep, T* b, nint bStep, T* c, nint ldc, T* add, nint addLd)
    {
        T* tile = stackalloc T[GemmTallKernel<T, TVector, TSimd>.MostRows * PanelWidth];
        if (add is not null) GemmPacking<T>.Turn(add, addLd, columns, rows, tile, PanelWidth);
        GemmTallKernel<T, TVector, TSimd>.Run(rows, columns, k, a, aRow, aStep, b, bStep, tile, PanelWidth, add is null ? null : tile, PanelWidth);
        GemmPacking<T>.Turn(tile, PanelWidth, rows, columns, c, ldc);
    }
}
