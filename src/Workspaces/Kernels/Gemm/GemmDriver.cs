using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;
using Workspaces.Kernels.Simd;
using Workspaces.Kernels.Team;

namespace Workspaces.Kernels.Gemm;

/// <summary>
/// Blocks a product for the caches (the loop order of Goto and van de Geijn, "Anatomy of high-performance matrix multiplication", 2008)
/// and splits C among threads. k is never split, and its blocks are added in order, so the result does not depend on the split.
/// </summary>
internal static unsafe class GemmDriver<T, TVector, TSimd>
    where T : unmanaged, INumberBase<T>
    where TVector : unmanaged
    where TSimd : ISimd<T, TVector>
{
    /// <summary>Rows of a thread from which on it keeps them.</summary>
    private const int RowsToKeep = 384;

    /// <summary>Bytes of C above which its tiles are fetched ahead: it does not lie in L2 then. Below, asking costs 1 %.</summary>
    private const long FarBytes = 2 << 20;

    /// <summary>Bytes between rows of a B read in place from which on L1 does not hold a panel of it: its lines fall into few sets, and each tile has them from L2 again.</summary>
    private const int FarRowBytes = 1024;

    /// <summary>Bytes between rows of A at which the lines of all rows of a tile fall into one set of L1, which holds 8 or 12.</summary>
    private const int SameSetBytes = 4096;

    /// <summary>The most bytes of a panel and a tall tile's rows of A: L1 has 48 KiB on the processors that were measured.</summary>
    private const int TallBytes = 45 << 10;

    private static int PanelWidth => 2 * TSimd.Count;

    /// <summary>Rows of a tall tile: what 32 registers hold, where there are so many.</summary>
    private static int TallRows => TSimd.TileRows >= 8 ? GemmTallKernel<T, TVector, TSimd>.MostRows : TSimd.TileRows;

    /// <summary>Runs the product on the team, or on this thread alone; no bit depends on the split.</summary>
    public static void Run(ref GemmProblem<T> problem, T* scratch, KernelTeam? team, int parts)
    {
        if (parts > 1 && team?.Now() is { } sharing) RunParts(ref problem, scratch, sharing, parts);
        else Compute(problem, 0, problem.M, 0, problem.N, scratch);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void RunParts(ref GemmProblem<T> problem, T* scratch, KernelTeam team, int parts)
    {
        int rowTiles = problem.Path is GemmPath.RowTimesMatrix or GemmPath.Dot ? 1 : Ceiling(problem.M, TSimd.TileRows);
        int columnTiles = Ceiling(problem.N, PanelWidth);
        (int gridRows, int gridColumns) = KeepsRows(problem, parts) ? (parts, 1) : Grid(rowTiles, columnTiles, parts);
        int rectangles = gridRows * gridColumns;
        if (rectangles == 1)
        {
            Compute(problem, 0, problem.M, 0, problem.N, scratch);
            return;
        }

        GemmPieces pieces = GemmPieces.Of(
            problem.Path, (long)problem.M * problem.N * problem.K / rectangles, problem.M / gridRows, rowTiles / gridRows, columnTiles / gridColumns,
            CopiesRows(problem) ? Ceiling(GemmBlocking.LeastCopiedColumns, PanelWidth) : 1);
        var job = new Job
        {
            Pieces = pieces,
            Problem = problem,
            Scratch = scratch,
            ScratchPart = GemmBlocking.PartLength<T>(problem.M, problem.N, problem.K, problem.Path, problem.AStep, problem.TransposeB),
            GridRows = gridRows,
            GridColumns = gridColumns,
            RowTiles = rowTiles,
            ColumnTiles = columnTiles,
        };
        team.RunSlots(rectangles * pieces.Count, rectangles, ref job);
    }

    /// <summary>
    /// Whether each thread gets rows: ops before and after go through tall operands row by row, and so each core finds what it wrote itself. Every thread then copies all of B, a
    /// hundredth of the work with so many rows. Gradients of weights have no such rows; but where rows of A are copied, threads with columns all copy all of A.
    /// </summary>
    private static bool KeepsRows(in GemmProblem<T> g, int threads) =>
        threads > 1 && (g.AStep == 1 || CopiesRows(g)) && (g.Path is GemmPath.Packed or GemmPath.Panels) && g.M / threads >= RowsToKeep;

    private static bool CopiesRows(in GemmProblem<T> g) => GemmBlocking.CopiesRows<T>(g.M, g.N, g.Path, g.AStep);

    /// <summary>A rectangle of C.</summary>
    private static void Compute(in GemmProblem<T> g, int i0, int i1, int j0, int j1, T* scratch)
    {
        switch (g.Path)
        {
            case GemmPath.RowTimesMatrix:
                GemmSkinny<T, TVector, TSimd>.RowTimesMatrix(g, j0, j1);
                Rectify(g, 0, g.M, j0, j1);
                break;
            case GemmPath.Dot:
                GemmSkinny<T, TVector, TSimd>.Dot(g, j0, j1);
                Rectify(g, 0, g.M, j0, j1);
                break;
            case GemmPath.Shallow:
                Shallow(g, i0, i1, j0, j1, scratch);
                break;
            case GemmPath.Narrow:
                Narrow(g, i0, i1, j0, j1, scratch);
                break;
            default:
                Tiles(g, i0, i1, j0, j1, scratch);
                break;
        }
    }

    /// <summary>The split of C with the smallest largest part; of equals the one with most columns, because rows share packed B.</summary>
    private static (int Rows, int Columns) Grid(int rowTiles, int columnTiles, int threads)
    {
        (int Rows, int Columns) best = (1, 1);
        long bestSize = (long)rowTiles * columnTiles;
        for (int columns = Math.Min(threads, columnTiles); columns >= 1; columns--)
        {
            int rows = Math.Min(threads / columns, rowTiles);
            long size = (long)Ceiling(rowTiles, rows) * Ceiling(columnTiles, columns);
            if (size < bestSize)
                (best, bestSize) = ((rows, columns), size);
        }

        return best;
    }

    private static int Ceiling(int n, int size) => ((n - 1) / size) + 1;

    private static void Tiles(in GemmProblem<T> g, int i0, int i1, int j0, int j1, T* scratch)
    {
        for (int jc = j0; jc < j1; jc += GemmBlocking.Columns<T>())
        {
            int jEnd = Math.Min(j1, jc + GemmBlocking.Columns<T>());
            bool copies = jEnd - jc >= GemmBlocking.LeastCopiedColumns && CopiesRows(g);
            int depth = GemmBlocking.DepthOf(g.K, g.Path), height = copies ? GemmBlocking.CopiedRows : GemmBlocking.Rows;
            for (int pc = 0; pc < g.K; pc += depth)
            {
                int k = Math.Min(depth, g.K - pc);
                bool copiesOnTheWay = !copies && CopiesOnTheWay(g, i1 - i0);
                int copied = copiesOnTheWay ? jc + ((jEnd - jc) / PanelWidth * PanelWidth) : jc;
                if (!ReadsInPlace(g) && copied < jEnd)
                    PackB(g, pc, k, copied, jEnd, scratch + ((nint)(copied - jc) * k));
                int iEnd;
                for (int ic = i0; ic < i1; ic = iEnd)
                {
                    bool copiesB = copiesOnTheWay && ic == i0;
                    int rows = copiesB && i1 - ic > height ? TallRows + ((height - TallRows) / Tallest(g, k) * Tallest(g, k)) : height; // whole tiles behind the first
                    iEnd = Math.Min(i1, ic + rows);
                    Block(g, ic, iEnd, jc, jEnd, pc, k, copies, copiesB, scratch);
                }
            }
        }
    }

    /// <summary>
    /// Whether the first tile of rows reads B in place and copies what it reads, for the tiles after it: copying a line waits 5 to 8 cycles for the caches, and a step of a
    /// tall tile, which has two lines, multiplies for 12. Not of a transposed B.
    /// </summary>
    private static bool CopiesOnTheWay(in GemmProblem<T> g, int rows) =>
        g.Path == GemmPath.Packed && !g.TransposeB && rows >= TallRows && TallRows > TSimd.TileRows;

    /// <summary>One block of rows against all panels of a block of B: a panel stays in L1 while the rows stream past it from L2.</summary>
    private static void Block(in GemmProblem<T> g, int ic, int iEnd, int jc, int jEnd, int pc, int k, bool copies, bool copiesB, T* scratch)
    {
        T* first = pc > 0 ? g.C : g.FirstAdd;
        nint addLd = pc > 0 ? g.Ldc : g.AddLd;
        int firstRows = copiesB ? TallRows : 0, height = TileRows(g, iEnd - ic - firstRows, k);
        bool isFar = (long)g.M * g.N * sizeof(T) > FarBytes;
        T* tiles = scratch + GemmBlocking.PanelsLength<T>(g.N, k);
        if (copies) GemmPacking<T>.CopyRows(g.A + ic + (pc * g.AStep), g.AStep, iEnd - ic, k, tiles, height);
        nint aRow = copies ? 1 : g.ARow, aStep = copies ? height : g.AStep;
        for (int j = jc; j < jEnd; j += PanelWidth)
        {
            int columns = Math.Min(PanelWidth, jEnd - j), i = ic;
            T* b = Panel(g, pc, k, jc, j, columns, scratch, out nint bStep);
            if (copiesB)
            {
                T* a = g.A + (i * g.ARow) + (pc * g.AStep), add = first is null ? null : first + (i * addLd) + j, c = g.C + (i * g.Ldc) + j;
                if (columns == PanelWidth) GemmTallKernel<T, TVector, TSimd>.RunAndCopy(k, a, aRow, aStep, g.B + (pc * g.Ldb) + j, g.Ldb, c, g.Ldc, add, addLd, b);
                else GemmTallKernel<T, TVector, TSimd>.Run(firstRows, columns, k, a, aRow, aStep, b, bStep, c, g.Ldc, add, addLd);
                i += firstRows;
            }

            for (; i < iEnd; i += height)
            {
                T* a = copies ? tiles + ((nint)(i - ic) * k) : g.A + (i * g.ARow) + (pc * g.AStep);
                int rows = Math.Min(height, iEnd - i);
                if (g.Path == GemmPath.Turned)
                {
                    T* from = first is null ? null : first + (j * addLd) + i;
                    TurnedTile(rows, columns, k, a, g.ARow, g.AStep, b, bStep, g.C + (j * g.Ldc) + i, g.Ldc, from, addLd);
                    continue;
                }

                T* add = first is null ? null : first + (i * addLd) + j, c = g.C + (i * g.Ldc) + j;
                if (isFar) Fetch(c, g.Ldc, rows);
                GemmTallKernel<T, TVector, TSimd>.Run(rows, columns, k, a, aRow, aStep, b, bStep, c, g.Ldc, add, addLd);
            }

            if (pc + k == g.K) Rectify(g, ic, iEnd, j, j + columns);
        }
    }

    /// <summary>Rows of the tiles of some rows: all about as many, because 10 rows are better 5 and 5 than 8 and 2, which have too few chains of sums.</summary>
    private static int TileRows(in GemmProblem<T> g, int rows, int k) =>
        rows <= 0 ? TSimd.TileRows : Ceiling(rows, Ceiling(rows, Tallest(g, k)));

    /// <summary>Rows of the tallest tile that pays.</summary>
    private static int Tallest(in GemmProblem<T> g, int k)
    {
        bool isTall = g.Path switch
        {
            GemmPath.Turned => true,
            GemmPath.Direct => g.Ldb * sizeof(T) >= FarRowBytes,
            GemmPath.Packed => !g.TransposeB && g.AStep == 1 && g.ARow * sizeof(T) % SameSetBytes != 0 && k * (PanelWidth + TallRows) * sizeof(T) <= TallBytes,
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

    /// <summary>The panel of B from column <paramref name="j"/>: made long before, in place, or copied with its block before, or, of what is read in place, the narrower last one
    /// copied now.</summary>
    private static T* Panel(in GemmProblem<T> g, int pc, int k, int jc, int j, int columns, T* scratch, out nint bStep)
    {
        bStep = PanelWidth;
        if (g.Path == GemmPath.Panels)
            return g.B + ((nint)j * g.K) + (pc * PanelWidth);
        if (!ReadsInPlace(g))
            return scratch + ((nint)(j - jc) * k);
        if (columns < PanelWidth)
        {
            PackB(g, pc, k, j, j + columns, scratch);
            return scratch;
        }

        bStep = g.Ldb;
        return g.B + (pc * g.Ldb) + j;
    }

    /// <summary>Columns from <paramref name="j0"/> to <paramref name="j1"/> of short sums: whole registers of all rows, then what is left of the columns.</summary>
    private static void Shallow(in GemmProblem<T> g, int i0, int i1, int j0, int j1, T* scratch)
    {
        T* a = g.A + (i0 * g.ARow);
        for (int j = j0; j < j1; j += GemmBlocking.Columns<T>())
        {
            int columns = Math.Min(GemmBlocking.Columns<T>(), j1 - j), rest = columns % TSimd.Count, whole = columns - rest;
            T* b = g.B + j, c = g.C + (i0 * g.Ldc) + j, add = g.FirstAdd is null ? null : g.FirstAdd + (i0 * g.AddLd) + j;
            nint bStep = g.Ldb;
            if (g.TransposeB)
            {
                bStep = Ceiling(columns, PanelWidth) * PanelWidth;
                b = scratch;
                GemmPacking<T>.Turn(g.B + (j * g.Ldb), g.Ldb, columns, g.K, scratch, bStep);
            }

            GemmShallowKernel<T, TVector, TSimd>.Run(i1 - i0, whole, g.K, a, g.ARow, g.AStep, b, bStep, c, g.Ldc, add, g.AddLd);
            if (rest == 0)
            {
                Rectify(g, i0, i1, j, j + whole);
                continue;
            }

            b = g.TransposeB ? b + whole : scratch;
            if (!g.TransposeB) bStep = PanelWidth;
            if (!g.TransposeB) PackB(g, 0, g.K, j + whole, j + columns, scratch);
            for (int i = 0; i < i1 - i0; i += TSimd.TileRows)
            {
                T* from = add is null ? null : add + (i * g.AddLd) + whole;
                GemmMicroKernel<T, TVector, TSimd>.Run(
                    Math.Min(TSimd.TileRows, i1 - i0 - i), rest, g.K, a + (i * g.ARow), g.ARow, g.AStep, b, bStep, c + (i * g.Ldc) + whole, g.Ldc, from, g.AddLd);
            }

            Rectify(g, i0, i1, j, j + columns);
        }
    }

    /// <summary>A few columns as dot products.</summary>
    private static void Narrow(in GemmProblem<T> g, int i0, int i1, int j0, int j1, T* scratch)
    {
        int depth = GemmBlocking.DepthOf(g.K, g.Path);
        for (int pc = 0; pc < g.K; pc += depth)
        {
            int k = Math.Min(depth, g.K - pc);
            T* b = g.TransposeB ? g.B + (j0 * g.Ldb) + pc : scratch;
            if (!g.TransposeB) GemmPacking<T>.Turn(g.B + (pc * g.Ldb) + j0, g.Ldb, k, j1 - j0, scratch, k);
            T* c = g.C + (i0 * g.Ldc) + j0, first = pc > 0 ? g.C : g.FirstAdd;
            nint addLd = pc > 0 ? g.Ldc : g.AddLd;
            T* add = first is null ? null : first + (i0 * addLd) + j0;
            GemmDotKernel<T, TVector, TSimd>.Run(
                i1 - i0, j1 - j0, k, g.A + (i0 * g.ARow) + pc, g.ARow, b, g.TransposeB ? g.Ldb : k, c, g.Ldc, add, addLd);
        }

        Rectify(g, i0, i1, j0, j1);
    }

    /// <summary>Rectifies a rectangle of results that are complete, where the problem asks for it.</summary>
    private static void Rectify(in GemmProblem<T> g, int i0, int i1, int j0, int j1)
    {
        if (!g.IsRectified) return;
        if (g.Path == GemmPath.Turned) Rectifier<T, TVector, TSimd>.Rows(g.C + (j0 * g.Ldc) + i0, g.Ldc, j1 - j0, i1 - i0);
        else Rectifier<T, TVector, TSimd>.Rows(g.C + (i0 * g.Ldc) + j0, g.Ldc, i1 - i0, j1 - j0);
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

    private static void PackB(in GemmProblem<T> g, int pc, int k, int jc, int jEnd, T* panels)
    {
        if (!g.TransposeB)
        {
            GemmPacking<T>.CopyRows(g.B + (pc * g.Ldb) + jc, g.Ldb, jEnd - jc, k, panels, PanelWidth);
            return;
        }

        for (int j = jc; j < jEnd; j += PanelWidth)
            GemmPacking<T>.Transpose(g.B + (j * g.Ldb) + pc, g.Ldb, Math.Min(PanelWidth, jEnd - j), k, panels + ((nint)(j - jc) * k), PanelWidth);
    }

    /// <summary>Rectangles of C, one for each thread, in pieces.</summary>
    private struct Job : ISlotJob
    {
        public GemmPieces Pieces;
        public GemmProblem<T> Problem;
        public T* Scratch;
        public long ScratchPart;
        public int GridRows, GridColumns, RowTiles, ColumnTiles;

        public readonly void Execute(int part, int slot)
        {
            (int rectangle, int piece) = (part / Pieces.Count, part % Pieces.Count);
            (int row, int column) = (rectangle / GridColumns, rectangle % GridColumns);
            (int firstTile, int endTile) = Pieces.Columns(piece, (int)((long)ColumnTiles * column / GridColumns), (int)((long)ColumnTiles * (column + 1) / GridColumns));
            int j0 = firstTile * PanelWidth, j1 = Math.Min(Problem.N, endTile * PanelWidth);
            (firstTile, endTile) = Pieces.Rows(piece, (int)((long)RowTiles * row / GridRows), (int)((long)RowTiles * (row + 1) / GridRows));
            int i0 = firstTile * TSimd.TileRows, i1 = endTile == RowTiles ? Problem.M : endTile * TSimd.TileRows; // of the paths for few rows a tile is all of them
            Compute(Problem, i0, i1, j0, j1, Scratch + (ScratchPart * slot));
        }
    }
}
