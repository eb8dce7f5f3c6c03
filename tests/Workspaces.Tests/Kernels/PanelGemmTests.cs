using System.Numerics;
using Workspaces.Kernels.Gemm;
using Workspaces.Kernels.Simd;
using Workspaces.Kernels.Team;

namespace Workspaces.Tests.Kernels;

/// <summary>Products with panels that were made before.</summary>
public sealed class PanelGemmTests : KernelConformance
{
    private static readonly (int M, int N, int K)[] Shapes =
        [(1, 1, 1), (5, 3, 2), (6, 33, 17), (12, 32, 16), (13, 31, 300), (100, 10, 512), (64, 64, 64), (130, 47, 259), (67, 601, 37), (250, 520, 513), (5, 1030, 7)];

    [Theory]
    [InlineData(false, false)]
    [InlineData(false, true)]
    [InlineData(true, false)]
    [InlineData(true, true)]
    public void They_have_the_sums_of_the_matrix_itself_for_every_vector_width(bool transposeA, bool transposeB)
    {
        Check<float>(transposeA, transposeB, tolerance: 1e-5);
        Check<double>(transposeA, transposeB, tolerance: 1e-14);
    }

    [Fact]
    public void Where_the_matrix_would_be_copied_the_bits_are_the_same()
    {
        using var team = new KernelTeam(3);
        (int m, int n, int k) = (300, 77, 700);
        Assert.Equal(GemmPath.Deep, GemmBlocking.Choose(m, n, k, 1, transposeB: false));
        float[] a = Normal(m * k, 1), b = Normal(k * n, 2), bias = Normal(n, 3), expected = new float[m * n];
        foreach (KernelVariant variant in Variants)
        {
            Gemm.Multiply<float>(m, n, k, a, k, false, b, n, false, expected, n, false, new float[Gemm.ScratchLength<float>(m, n, k)], variant: variant, bias: bias);
            float[] panels = new float[PanelGemm.Length<float>(n, k)];
            PanelGemm.Pack<float>(n, k, b, n, false, panels, variant);
            Assert.Equal(expected, Guarded<float>(new float[m * n], c => PanelGemm.Multiply<float>(m, n, k, a, k, false, panels, c, n, false, bias, team, variant)));
        }
    }

    [Fact]
    public void What_is_too_short_is_refused_with_the_numbers()
    {
        float[] x = new float[64], panels = new float[PanelGemm.Length<float>(4, 2)];
        Assert.Contains("take 64 elements, got 63", Error(() => PanelGemm.Pack<float>(4, 2, x, 4, false, panels.AsSpan(1))), StringComparison.Ordinal);
        Assert.Contains("take 64 elements, got 3", Error(() => PanelGemm.Multiply<float>(2, 4, 2, x, 2, false, x.AsSpan(0, 3), x, 4, false, default)), StringComparison.Ordinal);
        Assert.Contains("bias of 3", Error(() => PanelGemm.Multiply<float>(2, 4, 2, x, 2, false, panels, x, 4, false, x.AsSpan(0, 3))), StringComparison.Ordinal);
        Assert.Contains("0 rows", Error(() => PanelGemm.Pack<float>(4, 0, x, 4, false, panels)), StringComparison.Ordinal);
        Assert.Contains("matrix a", Error(() => PanelGemm.Multiply<float>(2, 4, 2, x.AsSpan(0, 3), 2, false, panels, x, 4, false, default)), StringComparison.Ordinal);
    }

    private static string Error(Action action) => Assert.Throws<ArgumentException>(action).Message;

    private static void Check<T>(bool transposeA, bool transposeB, double tolerance)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        using var team = new KernelTeam(2);
        foreach ((int m, int n, int k) in Shapes)
        {
            T[] a = Numbers<T>(m * k, 1), b = Numbers<T>(n * k, 2), bias = Numbers<T>(n, 3);
            foreach (KernelVariant variant in Variants)
            {
                T[] panels = new T[PanelGemm.Length<T>(n, k)];
                PanelGemm.Pack<T>(n, k, b, transposeB ? k : n, transposeB, panels, variant);
                T[] c = Guarded<T>(new T[m * n], to => PanelGemm.Multiply<T>(m, n, k, a, transposeA ? m : k, transposeA, panels, to, n, false, bias, team, variant));
                for (int i = 0; i < c.Length; i++)
                    AssertClose(Sum(i / n, i % n), double.CreateChecked(c[i]), tolerance * (k + 2), $"{m}x{n}x{k} {variant} [{i}]");
            }

            double Sum(int row, int column)
            {
                double sum = double.CreateChecked(bias[column]);
                for (int p = 0; p < k; p++)
                    sum += double.CreateChecked(a[transposeA ? (p * m) + row : (row * k) + p]) * double.CreateChecked(b[transposeB ? (column * k) + p : (p * n) + column]);
                return sum;
            }
        }
    }

    private static T[] Numbers<T>(int length, int seed)
        where T : INumberBase<T> => Array.ConvertAll(Normal(length, seed), static value => T.CreateChecked(value));
}
