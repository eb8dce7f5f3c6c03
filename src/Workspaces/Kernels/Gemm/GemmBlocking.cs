using System.Runtime.CompilerServices;

namespace Workspaces.Kernels.Gemm;

/// <summary>Block sizes, and the scratch that follows from them. The same for every variant, so that all sum k in the same
/// blocks.</summary>
internal static class GemmBlocking
{
    /// <summary>The most steps of k in a block: a panel of B (two 64-byte registers wide) takes 40 KiB of L1. Deep blocks and a B read in place have panels in L2, which
    /// keeps pace, and read and write C less often.</summary>
    private const int Depth = 320, DeepDepth = 512, DirectDepth = 512;

    /// <summary>Rows of A in a block: at most 300 KiB (f32) that stream from L2, in deep blocks 240; of those that are copied fewer, because more are no faster: whole tiles of
    /// any variant.</summary>
    private const int Rows = 240, DeepRows = 120, CopiedRows = 48;

    /// <summary>The shortest stored row of a transposed A, and the least columns of C, for which rows of A are copied. Where it is read in place, each step is a row
    /// further on.</summary>
    private const int CopiedBytes = 2048, CopiedColumns = 256;

    /// <summary>The least columns of a block for which its rows are copied: four panels of f32 read each copy.</summary>
    public const int LeastCopiedColumns = 128;

    /// <summary>The most rows for which B is read in place: up to here copying it measured slower (by 20 % at 64, 5 % at 128).</summary>
    private const int DirectRows = 128;

    /// <summary>The widest panel of any variant; scratch is sized for it.</summary>
    private const int WidestPanelBytes = 128;

    /// <summary>Columns of B in a block: at most 640 KiB that stay in L2, of deep blocks 512.</summary>
    public static int Columns<T>(GemmPath path) => (IsDeep(path) ? 1024 : 2048) / Unsafe.SizeOf<T>();

    /// <summary>Rows of A in a block.</summary>
    public static int RowsOf(GemmPath path, bool copiesA) => copiesA ? CopiedRows : IsDeep(path) ? DeepRows : Rows;

    /// <summary>Whether panels of B are copied to scratch, block by block.</summary>
    public static bool CopiesPanels(GemmPath path) => path is GemmPath.Packed or GemmPath.Deep;

    /// <summary>Whether blocks are deep and narrow. Panels that were made before are always read so: the rows of a product then do not change its bits.</summary>
    private static bool IsDeep(GemmPath path) => path is GemmPath.Deep or GemmPath.Panels;

    /// <summary>The most steps of k in a block when the product is turned: its few panels lie in L2, and turning tiles of C back is paid once a block.</summary>
    private const int TurnedDepth = 1024;

    /// <summary>The most rows of A for which the product may be turned: its panels then take at most half of L2.</summary>
    private const int TurnedRows = 128;

    /// <summary>Cycles of copying an element of an operand into a panel, and of turning an element of C in and out (measured, about).</summary>
    private const double CopyCycles = 0.17, TurnCycles = 0.6;

    /// <summary>The most columns of C that are put along registers' rows rather than their lanes, of which a register of 512 bits has 16 (f32).</summary>
    private const int NarrowColumns = 12;

    /// <summary>The least rows that then fill the lanes, and the least sums for which turning C costs less than idle lanes.</summary>
    private const int NarrowRows = 64, NarrowDepth = 64;

    /// <summary>The longest sums for which two rows of A stay in registers, and the least rows and columns for which that pays.</summary>
    private const int ShallowSteps = 12, ShallowRows = 8, ShallowColumns = 16;

    /// <summary>The most columns for dot products along contiguous rows (more where many rows pay for turning B), and the least rows and sums for which adding up
    /// lanes at the end is worth it.</summary>
    private const int DotColumns = 12, DotColumnsOfManyRows = 16, ManyRows = 32, DotRows = 5, DotDepth = 64;

    /// <summary>How many pieces of a size hold something, the last one perhaps a part.</summary>
    public static int Ceiling(int n, int size) => ((n - 1) / size) + 1;

    /// <summary>The path for a shape.</summary>
    public static GemmPath Choose(int m, int n, int k, nint aStep, bool transposeB)
    {
        if (transposeB && m <= 4 && aStep == 1)
            return GemmPath.Dot;
        if (k <= ShallowSteps && m >= ShallowRows && n >= ShallowColumns)
            return GemmPath.Shallow;
        int dotColumns = m >= ManyRows ? DotColumnsOfManyRows : DotColumns;
        if (aStep == 1 && n > 1 && n <= dotColumns && m >= DotRows && k >= DotDepth)
            return GemmPath.Narrow;
        if (n is > 1 and <= NarrowColumns && m >= NarrowRows && k >= NarrowDepth)
            return GemmPath.Turned;
        if (transposeB)
            return aStep == 1 && IsTurnedCheaper(m, n, k) ? GemmPath.Turned : Packed(m, aStep);
        if (m == 1)
            return GemmPath.RowTimesMatrix;
        return m <= DirectRows ? GemmPath.Direct : Packed(m, aStep);
    }

    /// <summary>Deep blocks for more rows than one block has; not of a transposed A, whose rows would be copied for each of the narrow blocks.</summary>
    private static GemmPath Packed(int m, nint aStep) => m > Rows && aStep == 1 ? GemmPath.Deep : GemmPath.Packed;

    /// <summary>Whether copying A, and turning C once a block of k, costs less than copying B.</summary>
    private static bool IsTurnedCheaper(int m, int n, int k)
    {
        double blocks = Ceiling(k, TurnedDepth);
        return m <= TurnedRows && CopyCycles * k * ((double)n - m) > TurnCycles * m * n * blocks;
    }

    /// <summary>Steps of k in a block: all blocks about as many, because a last short one reads and writes C for few sums.</summary>
    public static int DepthOf(int k, GemmPath path)
    {
        int deepest = path switch { GemmPath.Turned or GemmPath.Narrow => TurnedDepth, GemmPath.Direct => DirectDepth, _ => IsDeep(path) ? DeepDepth : Depth };
        return Ceiling(k, Ceiling(k, deepest));
    }

    /// <summary>Whether tiles of rows of A are copied: of a transposed one with long rows only, since elsewhere it measured up to 8 % slower.</summary>
    /// <param name="m">Rows of C, and elements of a stored row of a transposed A.</param>
    /// <param name="n">Columns of C.</param>
    /// <param name="path">The path.</param>
    /// <param name="aStep">Elements between steps of A; any number above 1 for a transposed one.</param>
    public static bool CopiesRows<T>(int m, int n, GemmPath path, nint aStep) =>
        path == GemmPath.Packed && aStep > 1 && n >= CopiedColumns && (long)m * Unsafe.SizeOf<T>() >= CopiedBytes;

    /// <summary>Elements of the panels of a block of B, behind which the copied rows of A lie.</summary>
    public static long PanelsLength<T>(int n, int k, GemmPath path)
    {
        int panel = WidestPanelBytes / Unsafe.SizeOf<T>();
        return (long)k * Math.Min(Columns<T>(path), Ceiling(n, panel) * panel);
    }

    /// <summary>Elements of scratch of one part.</summary>
    /// <param name="m">Rows of C, of the turned C for that path.</param>
    /// <param name="n">Columns of C, or of the turned one.</param>
    /// <param name="k">The summed dimension.</param>
    /// <param name="path">The path.</param>
    /// <param name="aStep">Elements between steps of A; any number above 1 for a transposed one.</param>
    /// <param name="transposeB">Whether B is stored [n, k]: op(A) itself for <see cref="GemmPath.Turned"/>, which exchanges the operands.</param>
    public static long PartLength<T>(int m, int n, int k, GemmPath path, nint aStep, bool transposeB)
    {
        int panel = WidestPanelBytes / Unsafe.SizeOf<T>();
        int depth = DepthOf(k, path);
        long copied = CopiesRows<T>(m, n, path, aStep) ? (long)depth * CopiedRows : 0;
        return path switch
        {
            GemmPath.Turned when !transposeB => (long)depth * panel,
            GemmPath.Direct or GemmPath.Shallow when !transposeB && n % panel == 0 => 0, // whole panels, read in place
            GemmPath.Shallow when transposeB => PanelsLength<T>(n, depth, path),
            GemmPath.Packed or GemmPath.Deep when transposeB && copied == 0 && m <= RowsOf(path, copiesA: false) => (long)depth * panel, // one panel after the other in one place
            GemmPath.Packed or GemmPath.Deep or GemmPath.Turned => PanelsLength<T>(n, depth, path) + copied,
            GemmPath.Direct or GemmPath.Shallow => (long)depth * panel,
            GemmPath.Narrow when !transposeB => (long)depth * n,
            _ => 0,
        };
    }
}
