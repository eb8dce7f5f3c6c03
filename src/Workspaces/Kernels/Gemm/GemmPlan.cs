using System.Runtime.CompilerServices;

namespace Workspaces.Kernels.Gemm;

/// <summary>How a product of a shape is computed, and what it needs: asked for once, because an op needs to know the scratch before it has the operands' bytes.</summary>
internal readonly struct GemmPlan
{
    /// <summary>Multiply-adds below which a part is not worth another thread (about 2 microseconds of one core).</summary>
    private const long WorkPerPart = 1L << 18;

    /// <summary>Bytes of B below which a part of a product that only reads it is not (2 to 3 microseconds).</summary>
    private const long BytesPerPart = 1L << 18;

    private GemmPlan(int m, int n, int k, bool transposeA, bool transposeB, GemmPath path, int parts, int scratchLength)
    {
        (M, N, K) = (m, n, k);
        (TransposeA, TransposeB) = (transposeA, transposeB);
        Path = path;
        Parts = parts;
        ScratchLength = scratchLength;
    }

    /// <summary>Rows of C.</summary>
    public int M { get; }

    /// <summary>Columns of C.</summary>
    public int N { get; }

    /// <summary>The summed dimension.</summary>
    public int K { get; }

    /// <summary>Whether A is stored [k, m].</summary>
    public bool TransposeA { get; }

    /// <summary>Whether B is stored [n, k].</summary>
    public bool TransposeB { get; }

    /// <summary>The path; of a product of one column, which may be computed as a row, the one that serves it otherwise.</summary>
    public GemmPath Path { get; }

    /// <summary>Parts that threads may take.</summary>
    public int Parts { get; }

    /// <summary>Elements of scratch for all of them; 0 for the paths that copy nothing.</summary>
    public int ScratchLength { get; }

    /// <summary>The plan for a shape; of an empty one, or of sizes that the product will refuse, without scratch.</summary>
    /// <param name="m">Rows of C.</param>
    /// <param name="n">Columns of C.</param>
    /// <param name="k">The summed dimension.</param>
    /// <param name="transposeA">Whether A is stored [k, m].</param>
    /// <param name="transposeB">Whether B is stored [n, k].</param>
    /// <param name="threads">Threads of the team, 1 for none.</param>
    public static GemmPlan Of<T>(int m, int n, int k, bool transposeA, bool transposeB, int threads)
        where T : unmanaged
    {
        GemmPath path = m > 0 && n > 0 && k > 0 ? GemmBlocking.Choose(m, n, k, transposeA ? 2 : 1, transposeB) : default;
        return Of<T>(m, n, k, transposeA, transposeB, path, threads);
    }

    /// <summary>The plan for some of the rows: the same path and blocks of k, and so the same bits.</summary>
    /// <param name="m">Rows.</param>
    /// <param name="threads">Threads that share them, 1 for none.</param>
    public GemmPlan ForRows<T>(int m, int threads)
        where T : unmanaged => Of<T>(m, N, K, TransposeA, TransposeB, Path, threads);

    private static GemmPlan Of<T>(int m, int n, int k, bool transposeA, bool transposeB, GemmPath path, int threads)
        where T : unmanaged
    {
        if (m <= 0 || n <= 0 || k <= 0)
            return new GemmPlan(m, n, k, transposeA, transposeB, path, 1, 0);
        int aStep = transposeA ? 2 : 1, parts = PartsOf<T>(m, n, k, path, threads);
        long part = path == GemmPath.Turned
            ? GemmBlocking.PartLength<T>(n, m, k, path, transposeB ? 1 : 2, !transposeA)
            : GemmBlocking.PartLength<T>(m, n, k, path, aStep, transposeB);
        return new GemmPlan(m, n, k, transposeA, transposeB, path, parts, checked((int)(part * parts)));
    }

    /// <summary>Parts that are worth a thread each.</summary>
    public static int PartsOf<T>(int m, int n, int k, GemmPath path, int threads)
        where T : unmanaged
    {
        if (threads <= 1) return 1;
        bool reads = path is GemmPath.RowTimesMatrix or GemmPath.Dot;
        long parts = reads ? (long)n * k * Unsafe.SizeOf<T>() / BytesPerPart : (long)m * n * k / WorkPerPart;
        return (int)Math.Clamp(parts, 1, threads);
    }
}
