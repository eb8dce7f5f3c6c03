using System.Numerics;
using System.Runtime.CompilerServices;
using Workspaces.Kernels.Simd;
using Workspaces.Kernels.Team;

namespace Workspaces.Kernels.Gemm;

/// <summary>Splits C among threads, and runs each rectangle on its path. k is never split, and its blocks are added in order, so no bit depends on the split.</summary>
internal static unsafe class GemmDriver<T, TVector, TSimd>
    where T : unmanaged, INumberBase<T>
    where TVector : unmanaged
    where TSimd : ISimd<T, TVector>
{
    /// <summary>Rows of a thread from which on it keeps them.</summary>
    private const int RowsToKeep = 384;

    private static int PanelWidth => 2 * TSimd.Count;

    /// <summary>Runs the product on the team, or on this thread alone; no bit depends on the split.</summary>
    public static void Run(ref GemmProblem<T> problem, T* scratch, KernelTeam? team, int parts)
    {
        if (parts > 1 && team?.Now() is { } sharing) RunParts(ref problem, scratch, sharing, parts);
        else Compute(problem, 0, problem.M, 0, problem.N, scratch);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void RunParts(ref GemmProblem<T> problem, T* scratch, KernelTeam team, int parts)
    {
        int rowTiles = problem.Path is GemmPath.RowTimesMatrix or GemmPath.Dot ? 1 : GemmBlocking.Ceiling(problem.M, TSimd.TileRows);
        int columnTiles = GemmBlocking.Ceiling(problem.N, PanelWidth);
        (int gridRows, int gridColumns) = KeepsRows(problem, parts) ? (parts, 1) : Grid(rowTiles, columnTiles, parts);
        int rectangles = gridRows * gridColumns;
        if (rectangles == 1)
        {
            Compute(problem, 0, problem.M, 0, problem.N, scratch);
            return;
        }

        GemmPieces pieces = GemmPieces.Of(
            problem.Path, (long)problem.M * problem.N * problem.K / rectangles, problem.M / gridRows, rowTiles / gridRows, columnTiles / gridColumns,
            CopiesRows(problem) ? GemmBlocking.Ceiling(GemmBlocking.LeastCopiedColumns, PanelWidth) : 1);
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
        threads > 1 && (g.AStep == 1 || CopiesRows(g)) && (GemmBlocking.CopiesPanels(g.Path) || g.Path == GemmPath.Panels) && g.M / threads >= RowsToKeep;

    private static bool CopiesRows(in GemmProblem<T> g) => GemmBlocking.CopiesRows<T>(g.M, g.N, g.Path, g.AStep);

    /// <summary>A rectangle of C.</summary>
    private static void Compute(in GemmProblem<T> g, int i0, int i1, int j0, int j1, T* scratch)
    {
        switch (g.Path)
        {
            case GemmPath.RowTimesMatrix:
                GemmSkinny<T, TVector, TSimd>.RowTimesMatrix(g, j0, j1);
                break;
            case GemmPath.Dot:
                GemmSkinny<T, TVector, TSimd>.Dot(g, j0, j1);
                break;
            case GemmPath.Shallow:
                Shallow(g, i0, i1, j0, j1, scratch);
                break;
            case GemmPath.Narrow:
                Narrow(g, i0, i1, j0, j1, scratch);
                break;
            default:
                GemmTiles<T, TVector, TSimd>.Run(g, i0, i1, j0, j1, scratch);
                return; // rectified, as each panel was complete
        }

        GemmTiles<T, TVector, TSimd>.Rectify(g, i0, i1, j0, j1);
    }

    /// <summary>The split of C with the smallest largest part; of equals the one with most columns, because rows share packed B.</summary>
    private static (int Rows, int Columns) Grid(int rowTiles, int columnTiles, int threads)
    {
        (int Rows, int Columns) best = (1, 1);
        long bestSize = (long)rowTiles * columnTiles;
        for (int columns = Math.Min(threads, columnTiles); columns >= 1; columns--)
        {
            int rows = Math.Min(threads / columns, rowTiles);
            long size = (long)GemmBlocking.Ceiling(rowTiles, rows) * GemmBlocking.Ceiling(columnTiles, columns);
            if (size < bestSize)
                (best, bestSize) = ((rows, columns), size);
        }

        return best;
    }

    /// <summary>Columns from <paramref name="j0"/> to <paramref name="j1"/> of short sums: whole registers of all rows, then what is left of the columns.</summary>
    private static void Shallow(in GemmProblem<T> g, int i0, int i1, int j0, int j1, T* scratch)
    {
        T* a = g.A + (i0 * g.ARow);
        for (int j = j0; j < j1; j += GemmBlocking.Columns<T>(g.Path))
        {
            int columns = Math.Min(GemmBlocking.Columns<T>(g.Path), j1 - j), rest = columns % TSimd.Count, whole = columns - rest;
            T* b = g.B + j, c = g.C + (i0 * g.Ldc) + j, add = g.FirstAdd is null ? null : g.FirstAdd + (i0 * g.AddLd) + j;
            nint bStep = g.Ldb;
            if (g.TransposeB)
            {
                bStep = GemmBlocking.Ceiling(columns, PanelWidth) * PanelWidth;
                b = scratch;
                GemmPacking<T>.Turn(g.B + (j * g.Ldb), g.Ldb, columns, g.K, scratch, bStep);
            }

            GemmShallowKernel<T, TVector, TSimd>.Run(i1 - i0, whole, g.K, a, g.ARow, g.AStep, b, bStep, c, g.Ldc, add, g.AddLd);
            if (rest == 0) continue;
            b = g.TransposeB ? b + whole : scratch;
            if (!g.TransposeB) bStep = PanelWidth;
            if (!g.TransposeB) g.PackB(0, g.K, j + whole, rest, scratch, PanelWidth);
            for (int i = 0; i < i1 - i0; i += TSimd.TileRows)
            {
                T* from = add is null ? null : add + (i * g.AddLd) + whole;
                GemmMicroKernel<T, TVector, TSimd>.Run(
                    Math.Min(TSimd.TileRows, i1 - i0 - i), rest, g.K, a + (i * g.ARow), g.ARow, g.AStep, b, bStep, c + (i * g.Ldc) + whole, g.Ldc, from, g.AddLd);
            }
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
