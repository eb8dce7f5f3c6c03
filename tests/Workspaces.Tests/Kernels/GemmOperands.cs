using System.Numerics;
using Workspaces.Kernels.Gemm;
using Workspaces.Kernels.Simd;
using Workspaces.Kernels.Team;
using static Workspaces.Tests.Kernels.KernelConformance;

namespace Workspaces.Tests.Kernels;

/// <summary>Random operands whose stored rows are <c>pad</c> longer than the matrix.</summary>
internal sealed class GemmOperands<T>
    where T : unmanaged, IFloatingPointIeee754<T>
{
    private const int ScratchGuard = 64;

    private readonly int _m, _n, _k, _lda, _ldb, _ldc;
    private readonly bool _transposeA, _transposeB;
    private readonly T[] _c;

    public GemmOperands(int m, int n, int k, bool transposeA, bool transposeB, int pad)
    {
        (_m, _n, _k, _transposeA, _transposeB) = (m, n, k, transposeA, transposeB);
        (_lda, _ldb, _ldc) = ((transposeA ? m : k) + pad, (transposeB ? k : n) + pad, n + pad);
        A = Make(Extent(transposeA ? k : m, transposeA ? m : k, _lda), 1);
        B = Make(Extent(transposeB ? n : k, transposeB ? k : n, _ldb), 2);
        _c = Make(Extent(m, n, _ldc), 3);
    }

    public T[] A { get; }

    public T[] B { get; }

    public double[] Naive(bool accumulate)
    {
        double[] c = Array.ConvertAll(_c, double.CreateTruncating);
        for (int i = 0; i < _m; i++)
        {
            for (int j = 0; j < _n; j++)
            {
                double sum = accumulate ? c[(i * _ldc) + j] : 0;
                for (int p = 0; p < _k; p++)
                {
                    T a = A[_transposeA ? (p * _lda) + i : (i * _lda) + p], b = B[_transposeB ? (j * _ldb) + p : (p * _ldb) + j];
                    sum += double.CreateTruncating(a) * double.CreateTruncating(b);
                }

                c[(i * _ldc) + j] = sum;
            }
        }

        return c;
    }

    /// <summary>The same product of some of the columns alone.</summary>
    public GemmOperands<T> OfColumns(int first, int count)
    {
        int pad = _ldc - _n;
        var some = new GemmOperands<T>(_m, count, _k, _transposeA, _transposeB, pad);
        for (int j = 0; j < count; j++)
        {
            for (int p = 0; p < _k; p++)
                some.B[_transposeB ? (j * some._ldb) + p : (p * some._ldb) + j] = B[_transposeB ? ((first + j) * _ldb) + p : (p * _ldb) + first + j];
        }

        for (int i = 0; i < _m; i++) _c.AsSpan((i * _ldc) + first, count).CopyTo(some._c.AsSpan(i * some._ldc));
        return some;
    }

    /// <summary>Some columns of a result, row by row.</summary>
    public T[] Columns(T[] c, int first, int count) => [.. Enumerable.Range(0, _m).SelectMany(i => c.AsSpan((i * _ldc) + first, count).ToArray())];

    /// <summary>The product with scratch of exactly the length asked for, which it must not write beyond.</summary>
    public T[] Run(bool accumulate, KernelTeam? team, KernelVariant variant)
    {
        int length = Gemm.ScratchLength<T>(_m, _n, _k, _transposeA, _transposeB, team?.Threads ?? 1);
        T[] scratch = new T[length + ScratchGuard];
        Array.Fill(scratch, T.NaN);
        T[] c = Guarded<T>(_c, to =>
            Gemm.Multiply(_m, _n, _k, A, _lda, _transposeA, B, _ldb, _transposeB, to, _ldc, accumulate, scratch.AsSpan(0, length), team, variant));
        Assert.All(scratch[length..], static value => Assert.True(T.IsNaN(value)));
        return c;
    }

    private static int Extent(int rows, int columns, int ld) => rows == 0 || columns == 0 ? 0 : ((rows - 1) * ld) + columns;

    private static T[] Make(int length, int seed) => Array.ConvertAll(Normal(length, seed), T.CreateTruncating);
}
