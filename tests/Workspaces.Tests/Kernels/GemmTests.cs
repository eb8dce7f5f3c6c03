using System.Numerics;
using Workspaces.Kernels.Gemm;
using Workspaces.Kernels.Simd;
using Workspaces.Kernels.Team;

namespace Workspaces.Tests.Kernels;

public class GemmTests : KernelConformance
{
    private static readonly (int M, int N, int K)[] Shapes =
    [
        (1, 1, 1), (1, 1, 0), (3, 5, 0), (2, 3, 4), (4, 33, 17), (5, 7, 300), (8, 32, 16), (9, 33, 17), (1, 10, 19), (1, 300, 257),
        (1, 128, 40), (13, 1, 21), (129, 1, 5), (17, 10, 64), (31, 31, 31), (33, 65, 2), (64, 64, 64), (130, 47, 259), (67, 601, 37),
        (250, 20, 513), (128, 129, 64), (257, 33, 12), (33, 130, 1100), (128, 10, 512), (77, 5, 1030), (7, 100, 40), (100, 401, 600),
        (8, 16, 1), (9, 17, 12), (33, 100, 7), (150, 70, 10), (12, 64, 5), (64, 2, 64), (66, 12, 65), (67, 11, 129), (71, 7, 1029),
    ];

    public static TheoryData<bool, bool> Transposes => new() { { false, false }, { false, true }, { true, false }, { true, true } };

    [Theory]
    [MemberData(nameof(Transposes))]
    public void Every_variant_agrees_with_a_naive_product_in_f32(bool transposeA, bool transposeB) =>
        CheckAll<float>(transposeA, transposeB, epsilon: 1.2e-7);

    [Theory]
    [MemberData(nameof(Transposes))]
    public void Every_variant_agrees_with_a_naive_product_in_f64(bool transposeA, bool transposeB) =>
        CheckAll<double>(transposeA, transposeB, epsilon: 2.3e-16);

    [Theory]
    [MemberData(nameof(Transposes))]
    public void One_and_three_threads_give_the_same_bits(bool transposeA, bool transposeB)
    {
        using var one = new KernelTeam(1);
        using var three = new KernelTeam(3);
        (int, int, int)[] shapes = [(200, 300, 130), (1, 5000, 900), (3, 4100, 600), (999, 10, 400), (4097, 1, 800), (20, 4000, 70), (301, 515, 11)];
        foreach ((int m, int n, int k) in shapes)
        {
            var operands = new GemmOperands<float>(m, n, k, transposeA, transposeB, pad: 3);
            foreach (KernelVariant variant in Variants)
                Assert.Equal(operands.Run(true, one, variant), operands.Run(true, three, variant));
        }
    }

    [Fact]
    public void The_packed_and_the_direct_path_each_give_the_same_bits_for_every_vector_width()
    {
        foreach ((int m, int n, int k) in new[] { (20, 70, 1100), (20, 301, 530), (200, 70, 700) })
        {
            var operands = new GemmOperands<float>(m, n, k, false, false, pad: 1);
            float[] expected = operands.Run(true, null, KernelVariant.Scalar);
            foreach (KernelVariant variant in Variants)
                Assert.Equal(expected, operands.Run(true, null, variant));
        }
    }

    [Fact]
    public void The_turned_path_gives_the_same_bits_for_every_vector_width_and_number_of_threads()
    {
        using var three = new KernelTeam(3);
        foreach ((int m, int n, int k) in new[] { (37, 300, 1100), (6, 700, 129), (64, 1030, 257) })
        {
            Assert.Equal(GemmPath.Turned, GemmBlocking.Choose(m, n, k, 1, transposeB: true));
            var operands = new GemmOperands<float>(m, n, k, false, true, pad: 1);
            float[] expected = operands.Run(true, null, KernelVariant.Scalar);
            foreach (KernelVariant variant in Variants)
                Assert.Equal(expected, operands.Run(true, three, variant));
        }
    }

    [Theory]
    [MemberData(nameof(Transposes))]
    public void A_bias_has_the_bits_of_laying_it_down_first(bool transposeA, bool transposeB)
    {
        foreach ((int m, int n, int k) in Shapes)
        {
            var operands = new GemmOperands<float>(m, n, k, transposeA, transposeB, pad: 0);
            float[] bias = Normal(n, 9), laid = new float[m * n], added = new float[m * n];
            for (int i = 0; i < m; i++) bias.CopyTo(laid.AsSpan(i * n));
            float[] scratch = new float[Gemm.ScratchLength<float>(m, n, k, transposeA, transposeB)];
            int lda = transposeA ? m : k, ldb = transposeB ? k : n;
            foreach (KernelVariant variant in Variants)
            {
                float[] expected = [.. laid];
                Gemm.Multiply<float>(m, n, k, operands.A, lda, transposeA, operands.B, ldb, transposeB, expected, n, true, scratch, null, variant);
                added.AsSpan().Fill(float.NaN);
                Gemm.Multiply<float>(m, n, k, operands.A, lda, transposeA, operands.B, ldb, transposeB, added, n, false, scratch, null, variant, bias);
                AssertClose(expected, added, n == 1 ? (k + 2) * 1e-6 : 0, $"{m}x{n}x{k} {transposeA} {transposeB} {variant}");
            }
        }
    }

    [Fact]
    public void A_bias_of_another_length_is_refused() =>
        Assert.Contains("bias of 3", Error(() => Gemm.Multiply<float>(2, 2, 1, new float[2], 1, false, new float[2], 2, false, new float[4], 2, false, new float[1000], bias: new float[3])));

    [Fact]
    public void Results_do_not_depend_on_where_memory_lies()
    {
        (int m, int n, int k) = (37, 45, 130);
        float[] a = Normal((m * k) + 16, 1), b = Normal((n * k) + 16, 2);
        float[] scratch = new float[Gemm.ScratchLength<float>(m, n, k, false, true) + 16];
        float[]? expected = null;
        for (int shift = 0; shift < 16; shift++)
        {
            float[] a2 = new float[a.Length], b2 = new float[b.Length], c = new float[(m * n) + 16];
            a.AsSpan(0, m * k).CopyTo(a2.AsSpan(shift));
            b.AsSpan(0, n * k).CopyTo(b2.AsSpan(shift));
            Gemm.Multiply<float>(
                m, n, k, a2.AsSpan(shift), k, false, b2.AsSpan(shift), k, true, c.AsSpan(shift), n, false, scratch.AsSpan(shift));
            float[] result = c.AsSpan(shift, m * n).ToArray();
            Assert.Equal(expected ??= result, result);
        }
    }

    [Fact]
    public void NaN_in_one_row_stays_in_that_row()
    {
        var operands = new GemmOperands<float>(40, 50, 60, false, false, pad: 0);
        operands.A[(7 * 60) + 5] = float.NaN;
        foreach (KernelVariant variant in Variants)
        {
            float[] c = operands.Run(false, null, variant);
            for (int i = 0; i < c.Length; i++)
                Assert.Equal(i / 50 == 7, float.IsNaN(c[i]));
        }
    }

    [Fact]
    public void Overwriting_ignores_what_C_held()
    {
        float[] c = [float.NaN, float.PositiveInfinity, float.NaN, 1], a = [1, 2], b = [3, 4];
        Gemm.Multiply<float>(2, 2, 1, a, 1, false, b, 2, false, c, 2, false, new float[1000]);
        Assert.Equal([3, 4, 6, 8], c);
        Gemm.Multiply<float>(2, 2, 0, [], 0, false, [], 2, false, c, 2, false, []);
        Assert.Equal([0, 0, 0, 0], c);
    }

    [Fact]
    public void Wrong_sizes_are_refused_with_the_numbers()
    {
        float[] x = new float[12], scratch = new float[4096];
        Assert.Contains("[3, 4]", Error(() => Gemm.Multiply<float>(3, 2, 4, x.AsSpan(0, 11), 4, false, x, 2, false, x, 2, false, scratch)));
        Assert.Contains("leading dimension 3", Error(() => Gemm.Multiply<float>(3, 2, 4, x, 3, false, x, 2, false, x, 2, false, scratch)));
        Assert.Contains("matrix c", Error(() => Gemm.Multiply<float>(3, -2, 4, x, 4, false, x, 2, false, x, 2, false, scratch)));
        Assert.Contains("scratch", Error(() => Gemm.Multiply<float>(3, 2, 4, x, 3, true, x, 4, true, x, 2, false, default)));
    }

    [Fact]
    public void A_product_makes_no_garbage()
    {
        using var team = new KernelTeam(2);
        var operands = new GemmOperands<float>(200, 200, 200, false, true, pad: 0);
        float[] c = new float[200 * 200], scratch = new float[Gemm.ScratchLength<float>(200, 200, 200, false, true, 2)];
        for (int warm = 0; warm < 20; warm++)
            Gemm.Multiply<float>(200, 200, 200, operands.A, 200, false, operands.B, 200, true, c, 200, false, scratch, team);
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 100; i++)
            Gemm.Multiply<float>(200, 200, 200, operands.A, 200, false, operands.B, 200, true, c, 200, false, scratch, team);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    private static void AssertClose(float[] expected, float[] actual, double tolerance, string what)
    {
        if (tolerance == 0) Assert.Equal(expected, actual);
        for (int i = 0; i < expected.Length; i++) AssertClose(expected[i], actual[i], tolerance, $"{what} [{i}]");
    }

    private static string Error(Action action) => Assert.Throws<ArgumentException>(action).Message;

    private static void CheckAll<T>(bool transposeA, bool transposeB, double epsilon)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        using var team = new KernelTeam(3);
        foreach ((int m, int n, int k) in Shapes)
        {
            foreach (int pad in new[] { 0, 5 })
            {
                var operands = new GemmOperands<T>(m, n, k, transposeA, transposeB, pad);
                foreach (bool accumulate in new[] { false, true })
                {
                    double[] expected = operands.Naive(accumulate);
                    foreach (KernelVariant variant in Variants)
                    {
                        T[] actual = operands.Run(accumulate, team, variant);
                        for (int i = 0; i < expected.Length; i++)
                        {
                            string what = $"{typeof(T).Name} {m}x{n}x{k} {transposeA} {transposeB} pad {pad} {accumulate} {variant} [{i}]";
                            AssertClose(expected[i], double.CreateTruncating(actual[i]), (k + 2) * epsilon * 8, what);
                        }
                    }
                }
            }
        }
    }
}
