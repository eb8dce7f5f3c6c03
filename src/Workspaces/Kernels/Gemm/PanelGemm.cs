using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Workspaces.Kernels.Simd;
using Workspaces.Kernels.Team;

namespace Workspaces.Kernels.Gemm;

/// <summary>
/// Products with a right operand that is copied into panels once and then used often, such as a weight in inference: panel after panel of two registers'
/// columns, each with all k, so that any block of k lies in one run. The bits are those of <see cref="GemmPath.Deep"/>, for any number of rows.
/// </summary>
internal static unsafe class PanelGemm
{
    private const int WidestPanelBytes = 128;

    /// <summary>Whether a product A Bᵀ is faster with panels of Bᵀ: few rows are bound by reading B once, and few columns or short sums have paths that copy nothing.</summary>
    /// <param name="m">Rows of A and C.</param>
    /// <param name="n">Rows of B, columns of C.</param>
    /// <param name="k">The summed dimension.</param>
    public static bool Helps(int m, int n, int k) =>
        m > 0 && n > 0 && k > 0 && GemmBlocking.Choose(m, n, k, aStep: 1, transposeB: true) is GemmPath.Packed or GemmPath.Deep or GemmPath.Turned;

    /// <summary>Elements that the panels of a matrix take with any vector width.</summary>
    /// <param name="n">Columns of the matrix.</param>
    /// <param name="k">Rows of the matrix, the summed dimension.</param>
    public static long Length<T>(int n, int k)
        where T : unmanaged
    {
        long widest = WidestPanelBytes / Unsafe.SizeOf<T>();
        return ((n + widest - 1) / widest * widest) * k;
    }

    /// <summary>Copies a matrix into panels; lanes beyond its last column are zero.</summary>
    /// <param name="n">Columns of op(B).</param>
    /// <param name="k">Rows of op(B).</param>
    /// <param name="b">B as stored: [k, n], or [n, k] when <paramref name="transposeB"/>.</param>
    /// <param name="ldb">Elements between stored rows of B.</param>
    /// <param name="transposeB">Use the transpose of the stored B.</param>
    /// <param name="panels">At least <see cref="Length{T}"/> elements.</param>
    /// <param name="variant">The vector width that will read them; automatic outside tests.</param>
    /// <exception cref="ArgumentException">A span is too short.</exception>
    public static void Pack<T>(int n, int k, ReadOnlySpan<T> b, int ldb, bool transposeB, Span<T> panels, KernelVariant variant = KernelVariant.Automatic)
        where T : unmanaged
    {
        Gemm.CheckMatrix(nameof(b), transposeB ? n : k, transposeB ? k : n, ldb, b.Length);
        CheckPanels<T>(n, k, panels.Length);
        fixed (T* pb = b, to = panels) GemmPacking<T>.Pack(pb, ldb, transposeB, n, k, to, PanelWidth<T>(variant));
    }

    /// <summary>C = op(A) B, plus a bias on each row, or C += op(A) B. Bit-identical for every number of threads and vector width.</summary>
    /// <param name="m">Rows of op(A) and C.</param>
    /// <param name="n">Columns of B and C.</param>
    /// <param name="k">Columns of op(A), rows of B.</param>
    /// <param name="a">A as stored: [m, k], or [k, m] when <paramref name="transposeA"/>.</param>
    /// <param name="lda">Elements between stored rows of A.</param>
    /// <param name="transposeA">Use the transpose of the stored A.</param>
    /// <param name="panels">B as <see cref="Pack{T}"/> with the same width wrote it.</param>
    /// <param name="c">C, [m, n]; must not overlap A or the panels.</param>
    /// <param name="ldc">Elements between rows of C; what lies between is not touched.</param>
    /// <param name="accumulate">Add to C instead of overwriting it.</param>
    /// <param name="bias">n numbers, or empty. Not with <paramref name="accumulate"/>.</param>
    /// <param name="team">Threads to split C among, or null.</param>
    /// <param name="variant">The vector width; automatic outside tests.</param>
    /// <param name="rectified">True to write the larger of each result and 0.</param>
    /// <exception cref="ArgumentException">A span is too short, or a size negative.</exception>
    public static void Multiply<T>(
        int m, int n, int k, ReadOnlySpan<T> a, int lda, bool transposeA, ReadOnlySpan<T> panels, Span<T> c, int ldc, bool accumulate,
        ReadOnlySpan<T> bias, KernelTeam? team = null, KernelVariant variant = KernelVariant.Automatic, bool rectified = false)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        Gemm.CheckMatrix(nameof(c), m, n, ldc, c.Length);
        Gemm.CheckMatrix(nameof(a), transposeA ? k : m, transposeA ? m : k, lda, a.Length);
        CheckPanels<T>(n, k, panels.Length);
        Gemm.CheckBias(n, bias.Length, accumulate, nameof(bias));
        if (m == 0 || n == 0) return;
        fixed (T* pa = a, pb = panels, pc = c, pBias = bias)
        {
            var problem = new GemmProblem<T>
            {
                M = m, N = n, K = k, A = pa, B = pb, C = pc, Ldc = ldc, FirstAdd = accumulate ? pc : pBias, AddLd = accumulate ? ldc : 0,
                Path = GemmPath.Panels, IsRectified = rectified,
                ARow = transposeA ? 1 : lda, AStep = transposeA ? lda : 1,
            };
            Gemm.Dispatch(ref problem, null, team, GemmPlan.PartsOf<T>(m, n, k, GemmPath.Panels, team?.Threads ?? 1), variant);
        }
    }

    /// <summary>Columns of a panel: two registers.</summary>
    private static int PanelWidth<T>(KernelVariant variant)
        where T : unmanaged => 2 * (KernelSelection.Resolve(variant) switch
        {
            KernelVariant.Vector512 => Vector512<T>.Count,
            KernelVariant.Vector256 => Vector256<T>.Count,
            KernelVariant.Vector128 => Vector128<T>.Count,
            _ => 1,
        });

    private static void CheckPanels<T>(int n, int k, int length)
        where T : unmanaged
    {
        if (n < 0 || k < 1) throw new ArgumentException($"PanelGemm: a matrix of {k} rows and {n} columns. Take at least one row.", nameof(k));
        long need = Length<T>(n, k);
        if (length < need)
            throw new ArgumentException($"PanelGemm: the panels of {k} rows and {n} columns take {need} elements, got {length}. Ask PanelGemm.Length.", nameof(length));
    }
}
