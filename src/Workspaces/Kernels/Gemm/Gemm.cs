using System.Diagnostics.CodeAnalysis;
using System.Numerics;
using System.Numerics.Tensors;
using System.Runtime.Intrinsics;
using Workspaces.Kernels.Simd;
using Workspaces.Kernels.Team;

namespace Workspaces.Kernels.Gemm;

/// <summary>Dense matrix products of row-major operands in f32 and f64.</summary>
internal static unsafe class Gemm
{
    /// <summary>Scratch that a product needs, in elements; 0 for the paths that copy nothing.</summary>
    /// <param name="m">Rows of C.</param>
    /// <param name="n">Columns of C.</param>
    /// <param name="k">The summed dimension.</param>
    /// <param name="transposeA">Whether A is stored [k, m].</param>
    /// <param name="transposeB">Whether B is stored [n, k].</param>
    /// <param name="threads">Threads of the team, 1 for none.</param>
    public static int ScratchLength<T>(int m, int n, int k, bool transposeA = false, bool transposeB = false, int threads = 1)
        where T : unmanaged, IFloatingPointIeee754<T> => GemmPlan.Of<T>(m, n, k, transposeA, transposeB, threads).ScratchLength;

    /// <summary>C = op(A) op(B), or C += op(A) op(B). Bit-identical for every number of threads, and of vector width on the packed
    /// path.</summary>
    /// <param name="m">Rows of op(A) and C.</param>
    /// <param name="n">Columns of op(B) and C.</param>
    /// <param name="k">Columns of op(A), rows of op(B). With 0 the product is zero.</param>
    /// <param name="a">A as stored: [m, k], or [k, m] when <paramref name="transposeA"/>.</param>
    /// <param name="lda">Elements between stored rows of A, at least their length.</param>
    /// <param name="transposeA">Use the transpose of the stored A.</param>
    /// <param name="b">B as stored: [k, n], or [n, k] when <paramref name="transposeB"/>.</param>
    /// <param name="ldb">Elements between stored rows of B.</param>
    /// <param name="transposeB">Use the transpose of the stored B.</param>
    /// <param name="c">C, [m, n]; must not overlap A, B or the scratch. Elements between its rows are not touched.</param>
    /// <param name="ldc">Elements between rows of C.</param>
    /// <param name="accumulate">Add to C instead of overwriting it.</param>
    /// <param name="scratch">At least <see cref="ScratchLength{T}"/> elements; their content is lost.</param>
    /// <param name="team">Threads to split C among, or null.</param>
    /// <param name="variant">The vector width; automatic outside tests.</param>
    /// <param name="bias">n numbers that are added to each row, with the bits of laying them down first and accumulating; or empty. Not with
    /// <paramref name="accumulate"/>.</param>
    /// <param name="rectified">True to write the larger of each result and 0; not a number stays one.</param>
    /// <exception cref="ArgumentException">A span is too short, a leading dimension too small, or a size negative.</exception>
    public static void Multiply<T>(
        int m, int n, int k, ReadOnlySpan<T> a, int lda, bool transposeA, ReadOnlySpan<T> b, int ldb, bool transposeB,
        Span<T> c, int ldc, bool accumulate, Span<T> scratch, KernelTeam? team = null, KernelVariant variant = KernelVariant.Automatic,
        ReadOnlySpan<T> bias = default, bool rectified = false)
        where T : unmanaged, IFloatingPointIeee754<T> => Multiply(
        GemmPlan.Of<T>(m, n, k, transposeA, transposeB, team?.Threads ?? 1), a, lda, b, ldb, c, ldc, accumulate, scratch, team, variant, bias, rectified);

    /// <summary>As the other, for who has asked before how the product is computed, and what it needs.</summary>
    public static void Multiply<T>(
        in GemmPlan plan, ReadOnlySpan<T> a, int lda, ReadOnlySpan<T> b, int ldb, Span<T> c, int ldc, bool accumulate, Span<T> scratch,
        KernelTeam? team = null, KernelVariant variant = KernelVariant.Automatic, ReadOnlySpan<T> bias = default, bool rectified = false)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        int m = plan.M, n = plan.N, k = plan.K;
        bool transposeA = plan.TransposeA, transposeB = plan.TransposeB;
        CheckMatrix(nameof(c), m, n, ldc, c.Length);
        CheckMatrix(nameof(a), transposeA ? k : m, transposeA ? m : k, lda, a.Length);
        CheckMatrix(nameof(b), transposeB ? n : k, transposeB ? k : n, ldb, b.Length);
        if (scratch.Length < plan.ScratchLength)
            ThrowScratch(m, n, k, scratch.Length, plan.ScratchLength, nameof(scratch));
        if (m == 0 || n == 0)
            return;
        CheckBias(n, bias.Length, accumulate, nameof(bias));
        if (k == 0)
        {
            for (int i = 0; i < m; i++)
            {
                Span<T> row = c.Slice(i * ldc, n);
                if (!accumulate) LayDown(bias, row);
                if (rectified) Rectify(row);
            }

            return;
        }

        fixed (T* pa = a, pb = b, pc = c, ps = scratch, pBias = bias)
        {
            GemmProblem<T> problem;
            problem.M = m;
            problem.N = n;
            problem.K = k;
            problem.IsRectified = rectified;
            problem.ARow = transposeA ? 1 : lda;
            problem.AStep = transposeA ? lda : 1;
            problem.Ldb = ldb;
            problem.TransposeB = transposeB;
            problem.Ldc = ldc;
            problem.FirstAdd = accumulate ? pc : pBias;
            problem.AddLd = accumulate ? ldc : 0;
            problem.A = pa;
            problem.B = pb;
            problem.C = pc;
            problem.Path = plan.Path;
            int parts = plan.Parts;
            if (n == 1 && ldc == 1 && m > 1 && bias.IsEmpty && (transposeA || transposeB || ldb == 1))
            {
                problem.TurnColumn(transposeA, lda);
                problem.Path = GemmBlocking.Choose(problem.M, problem.N, k, problem.AStep, problem.TransposeB);
                parts = GemmPlan.PartsOf<T>(problem.M, problem.N, k, problem.Path, team?.Threads ?? 1);
            }

            if (problem.Path == GemmPath.Turned)
                problem.Turn();
            Dispatch(ref problem, ps, team, parts, variant);
        }
    }

    /// <summary>The larger of each element and 0, in place; not a number stays one.</summary>
    internal static void Rectify<T>(Span<T> row)
        where T : unmanaged, IFloatingPointIeee754<T> => TensorPrimitives.Max(row, T.Zero, row);

    /// <summary>Widest first: each step down halves the speed. See <see cref="KernelSelection"/> for how the width is chosen.</summary>
    internal static void Dispatch<T>(ref GemmProblem<T> problem, T* scratch, KernelTeam? team, int parts, KernelVariant variant)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        switch (KernelSelection.Resolve(variant))
        {
            case KernelVariant.Vector512:
                GemmDriver<T, Vector512<T>, Simd512<T>>.Run(ref problem, scratch, team, parts);
                break;
            case KernelVariant.Vector256:
                GemmDriver<T, Vector256<T>, Simd256<T>>.Run(ref problem, scratch, team, parts);
                break;
            case KernelVariant.Vector128:
                GemmDriver<T, Vector128<T>, Simd128<T>>.Run(ref problem, scratch, team, parts);
                break;
            default:
                GemmDriver<T, T, SimdScalar<T>>.Run(ref problem, scratch, team, parts);
                break;
        }
    }

    internal static void CheckMatrix(string name, int rows, int columns, int ld, int length)
    {
        if (rows < 0 || columns < 0 || ld < columns || (rows > 0 && columns > 0 && ((rows - 1L) * ld) + columns > length))
            ThrowMatrix(name, rows, columns, ld, length);
    }

    internal static void CheckBias(int n, int length, bool accumulate, string name)
    {
        if (length > 0 && (length != n || accumulate))
            ThrowBias(n, length, accumulate, name);
    }

    /// <summary>Lays a bias down, or zeros where there is none.</summary>
    internal static void LayDown<T>(ReadOnlySpan<T> bias, Span<T> row)
    {
        if (bias.IsEmpty) row.Clear();
        else bias.CopyTo(row);
    }

    [DoesNotReturn]
    private static void ThrowBias(int n, int length, bool accumulate, string name) => throw new ArgumentException(
        accumulate ? "Gemm: a bias is laid down, and so is nothing to accumulate on. Pass one of them."
            : $"Gemm: a product of {n} columns got a bias of {length} numbers. Pass one for each column.", name);

    [DoesNotReturn]
    private static void ThrowMatrix(string name, int rows, int columns, int ld, int length) => throw new ArgumentException(
        $"Gemm: matrix {name} as stored is [{rows}, {columns}] with leading dimension {ld}, but its span has {length} elements. " +
        "Sizes must not be negative, the leading dimension at least the columns, and the span must cover the last row.", name);

    [DoesNotReturn]
    private static void ThrowScratch(int m, int n, int k, int length, int need, string name) => throw new ArgumentException(
        $"Gemm: the product [{m}, {n}, {k}] needs {need} elements of scratch, got {length}. Ask Gemm.ScratchLength " +
        "with the team's threads.", name);
}
