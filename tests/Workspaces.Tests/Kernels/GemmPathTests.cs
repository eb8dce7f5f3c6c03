using Workspaces.Kernels.Gemm;
using Workspaces.Kernels.Simd;
using Workspaces.Kernels.Team;

namespace Workspaces.Tests.Kernels;

/// <summary>The paths for short sums and for few columns: which shapes take them, and what holds for each.</summary>
public class GemmPathTests : KernelConformance
{
    /// <summary>So many columns that rows of a transposed A are not copied for them.</summary>
    private const int FewerColumns = 200;

    private static readonly (int M, int N, int K)[] FewColumns = [(64, 2, 64), (130, 10, 512), (700, 7, 1100), (65, 12, 65), (97, 5, 2050)];

    private static readonly (int M, int N, int K)[] ShortSums = [(8, 16, 1), (9, 17, 2), (37, 70, 10), (150, 129, 12), (33, 32, 5), (11, 1100, 10)];

    public static TheoryData<bool, bool> Transposes => new() { { false, false }, { false, true }, { true, false }, { true, true } };

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Few_columns_of_a_transposed_A_have_the_same_bits_for_every_vector_width_and_number_of_threads(bool transposeB) =>
        CheckBits(FewColumns, transposeA: true, transposeB, GemmPath.Turned);

    [Theory]
    [MemberData(nameof(Transposes))]
    public void Short_sums_have_the_same_bits_for_every_vector_width_and_number_of_threads(bool transposeA, bool transposeB) =>
        CheckBits(ShortSums, transposeA, transposeB, GemmPath.Shallow);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Few_columns_of_contiguous_rows_are_dot_products_with_the_same_bits_for_every_number_of_threads(bool transposeB)
    {
        using var three = new KernelTeam(3);
        foreach ((int m, int n, int k) in FewColumns)
        {
            Assert.Equal(GemmPath.Narrow, GemmBlocking.Choose(m, n, k, 1, transposeB));
            var operands = new GemmOperands<float>(m, n, k, false, transposeB, pad: 2);
            double[] expected = operands.Naive(true);
            foreach (KernelVariant variant in Variants)
            {
                float[] actual = operands.Run(true, null, variant);
                Assert.Equal(actual, operands.Run(true, three, variant));
                for (int i = 0; i < expected.Length; i++)
                    AssertClose(expected[i], actual[i], (k + 2) * 1e-6, $"{m}x{n}x{k} {variant} [{i}]");
            }
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Rows_of_a_transposed_A_that_are_copied_give_the_bits_of_rows_read_in_place(bool transposeB)
    {
        CheckCopied<float>([(512, 256, 40), (523, 261, 300), (600, 520, 701)], transposeB);
        CheckCopied<double>([(256, 256, 40), (261, 530, 331)], transposeB);
    }

    /// <summary>The first tall tile copies what it reads, where there are registers for one; other widths copy before. Neither changes a bit.</summary>
    [Fact]
    public void A_panel_that_is_copied_by_the_first_tile_gives_the_bits_of_one_that_was_copied_before()
    {
        CheckBits([(129, 64, 40), (240, 33, 257), (140, 1056, 20)], false, false, GemmPath.Packed);
        CheckBits([(241, 96, 256), (252, 31, 300), (477, 545, 321)], false, false, GemmPath.Deep);
        CheckBits([(131, 65, 100), (480, 200, 300)], true, false, GemmPath.Packed);
    }

    /// <summary>Some rows of a product have the bits that they have among all of them, with the scratch that is said for them: a thread that has a part of a recurrence's samples asks so.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Some_rows_of_a_plan_have_the_bits_of_all_and_the_scratch_that_they_need(bool transposeB)
    {
        CheckSomeRows<float>(transposeB);
        CheckSomeRows<double>(transposeB);
    }

    private static void CheckSomeRows<T>(bool transposeB)
        where T : unmanaged, System.Numerics.IFloatingPointIeee754<T>
    {
        using var two = new KernelTeam(2);
        foreach ((int m, int n, int k) in new[] { (241, 33, 512), (253, 260, 513), (361, 300, 1030), (480, 20, 700), (240, 70, 400) })
        {
            T[] a = Array.ConvertAll(Normal(m * k, 1), T.CreateTruncating), b = Array.ConvertAll(Normal(n * k, 2), T.CreateTruncating), expected = new T[m * n];
            var all = GemmPlan.Of<T>(m, n, k, false, transposeB, 1);
            Assert.Equal(m > 240 ? GemmPath.Deep : GemmPath.Packed, all.Path);
            foreach (KernelVariant variant in Variants)
            {
                Gemm.Multiply(all, a, k, b, transposeB ? k : n, expected, n, false, new T[all.ScratchLength], null, variant);
                foreach (int rows in new[] { 1, 12, 120, 121, 240, m })
                {
                    foreach (KernelTeam? team in new[] { null, two })
                    {
                        GemmPlan some = all.ForRows<T>(rows, team?.Threads ?? 1);
                        T[] actual = new T[rows * n];
                        Guarded<T>(new T[some.ScratchLength], scratch => Gemm.Multiply(some, a, k, b, transposeB ? k : n, actual, n, false, scratch, team, variant));
                        Assert.Equal(expected[..actual.Length], actual);
                    }
                }
            }
        }
    }

    /// <summary>Sums are cut into even blocks of at most 512 steps, or 320.</summary>
    [Theory]
    [InlineData(512, 512, 256)]
    [InlineData(513, 257, 257)]
    [InlineData(320, 320, 320)]
    [InlineData(321, 321, 161)]
    [InlineData(1, 1, 1)]
    public void Tall_products_and_panels_have_deeper_blocks(int k, int deep, int others) => Assert.Equal(
        (deep, deep, others),
        (GemmBlocking.DepthOf(k, GemmPath.Deep), GemmBlocking.DepthOf(k, GemmPath.Panels), GemmBlocking.DepthOf(k, GemmPath.Packed)));

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void More_than_240_rows_are_deep_and_a_transposed_A_never(bool transposeB) => Assert.Equal(
        [GemmPath.Packed, GemmPath.Deep, GemmPath.Packed],
        [GemmBlocking.Choose(240, 64, 64, 1, transposeB), GemmBlocking.Choose(241, 64, 64, 1, transposeB), GemmBlocking.Choose(241, 64, 64, 2, transposeB)]);

    /// <summary>One to sixteen registers of columns at once, the last of them whole or a part, and what is left behind such stripes.</summary>
    [Fact]
    public void A_row_times_a_matrix_of_any_width_is_right_and_has_the_same_bits_for_every_vector_width()
    {
        for (int n = 2; n < 560; n += n < 150 ? 1 : 5)
        {
            var operands = new GemmOperands<float>(1, n, 9, false, false, pad: 1);
            foreach (bool accumulate in new[] { false, true })
            {
                double[] expected = operands.Naive(accumulate);
                float[] scalar = operands.Run(accumulate, null, KernelVariant.Scalar);
                for (int j = 0; j < n; j++) AssertClose(expected[j], scalar[j], 1e-5, $"1x{n}x9 {accumulate} [{j}]");
                foreach (KernelVariant variant in Variants) Assert.Equal(scalar, operands.Run(accumulate, null, variant));
            }
        }
    }

    /// <summary>A dot product must not depend on how many others are made with it, several at a time.</summary>
    [Theory]
    [InlineData(11, 1)]
    [InlineData(11, 37)]
    [InlineData(13, 784)]
    public void A_column_of_a_transposed_B_has_the_same_bits_wherever_it_stands(int n, int k)
    {
        float[] a = Normal(k, 1), b = Normal(n * k, 2);
        foreach (KernelVariant variant in Variants)
        {
            var all = new float[n];
            Gemm.Multiply<float>(1, n, k, a, k, false, b, k, true, all, n, accumulate: false, new float[Gemm.ScratchLength<float>(1, n, k, false, true)], variant: variant);
            for (int j = 0; j < n; j++)
            {
                var one = new float[1];
                Gemm.Multiply<float>(1, 1, k, a, k, false, b.AsSpan(j * k, k), k, true, one, 1, accumulate: false, new float[Gemm.ScratchLength<float>(1, 1, k, false, true)], variant: variant);
                Assert.Equal(one[0], all[j]);
            }
        }
    }

    /// <summary>A sample's result must not depend on the batch it is in, nor on its place there.</summary>
    [Theory]
    [InlineData(10, 130)]
    [InlineData(70, 11)]
    public void A_row_has_the_same_bits_wherever_it_stands(int n, int k)
    {
        const int Rows = 71;
        float[] row = Normal(k, 1), b = Normal(n * k, 2), a = new float[Rows * k], c = new float[Rows * n];
        for (int i = 0; i < Rows; i++) row.CopyTo(a.AsSpan(i * k));
        foreach (bool transposeB in new[] { false, true })
        {
            float[] scratch = new float[Gemm.ScratchLength<float>(Rows, n, k, false, transposeB)];
            foreach (KernelVariant variant in Variants)
            {
                Gemm.Multiply<float>(Rows, n, k, a, k, false, b, transposeB ? k : n, transposeB, c, n, false, scratch, null, variant);
                for (int i = 1; i < Rows; i++)
                    Assert.Equal(c.AsSpan(0, n), c.AsSpan(i * n, n));
            }
        }
    }

    [Theory]
    [MemberData(nameof(Transposes))]
    public void Not_a_number_and_infinities_reach_what_they_are_multiplied_into_and_nothing_else(bool transposeA, bool transposeB)
    {
        foreach ((int m, int n, int k) in new[] { (70, 10, 81), (37, 70, 11), (40, 50, 60) })
        {
            var operands = new GemmOperands<float>(m, n, k, transposeA, transposeB, pad: 0);
            operands.A[transposeA ? (5 * m) + 7 : (7 * k) + 5] = float.NaN;
            operands.A[transposeA ? (5 * m) + 9 : (9 * k) + 5] = float.PositiveInfinity;
            foreach (KernelVariant variant in Variants)
            {
                float[] c = operands.Run(false, null, variant);
                for (int i = 0; i < c.Length; i++)
                {
                    Assert.Equal(i / n == 7, float.IsNaN(c[i]));
                    Assert.Equal(i / n == 9, float.IsInfinity(c[i]));
                }
            }
        }
    }

    [Fact]
    public void Products_of_these_paths_make_no_garbage()
    {
        using var team = new KernelTeam(2);
        foreach ((int m, int n, int k) in new[] { (600, 10, 300), (300, 512, 10) })
        {
            foreach (bool transposed in new[] { false, true })
            {
                float[] a = Normal(m * k, 1), b = Normal(n * k, 2), c = new float[m * n];
                float[] scratch = new float[Gemm.ScratchLength<float>(m, n, k, transposed, transposed, 2)];
                int lda = transposed ? m : k, ldb = transposed ? k : n;
                for (int warm = 0; warm < 20; warm++)
                    Gemm.Multiply<float>(m, n, k, a, lda, transposed, b, ldb, transposed, c, n, false, scratch, team);
                long before = GC.GetAllocatedBytesForCurrentThread();
                for (int i = 0; i < 100; i++)
                    Gemm.Multiply<float>(m, n, k, a, lda, transposed, b, ldb, transposed, c, n, false, scratch, team);
                Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
            }
        }
    }

    [Fact]
    public void A_matrix_of_any_size_is_turned_and_nothing_beside_it_is_touched()
    {
        CheckTurn<float>();
        CheckTurn<double>();
    }

    private static void CheckBits((int M, int N, int K)[] shapes, bool transposeA, bool transposeB, GemmPath path)
    {
        using var three = new KernelTeam(3);
        foreach ((int m, int n, int k) in shapes)
        {
            Assert.Equal(path, GemmBlocking.Choose(m, n, k, transposeA ? 2 : 1, transposeB));
            var operands = new GemmOperands<float>(m, n, k, transposeA, transposeB, pad: 2);
            float[] expected = operands.Run(true, null, KernelVariant.Scalar);
            foreach (KernelVariant variant in Variants)
            {
                Assert.Equal(expected, operands.Run(true, null, variant));
                Assert.Equal(expected, operands.Run(true, three, variant));
            }
        }
    }

    private static void CheckCopied<T>((int M, int N, int K)[] shapes, bool transposeB)
        where T : unmanaged, System.Numerics.IFloatingPointIeee754<T>
    {
        using var three = new KernelTeam(3);
        foreach ((int m, int n, int k) in shapes)
        {
            Assert.True(GemmBlocking.CopiesRows<T>(m, n, GemmBlocking.Choose(m, n, k, 2, transposeB), aStep: 2));
            var operands = new GemmOperands<T>(m, n, k, true, transposeB, pad: 2);
            for (int first = 0; first < n; first += FewerColumns)
            {
                int columns = Math.Min(FewerColumns, n - first);
                GemmPath path = GemmBlocking.Choose(m, columns, k, 2, transposeB);
                Assert.Equal((GemmPath.Packed, false), (path, GemmBlocking.CopiesRows<T>(m, columns, path, aStep: 2)));
                GemmOperands<T> inPlace = operands.OfColumns(first, columns);
                foreach (KernelVariant variant in Variants)
                {
                    T[] actual = operands.Run(true, null, variant);
                    Assert.Equal(actual, operands.Run(true, three, variant));
                    Assert.Equal(inPlace.Columns(inPlace.Run(true, null, variant), 0, columns), operands.Columns(actual, first, columns));
                }
            }
        }
    }

    private static unsafe void CheckTurn<T>()
        where T : unmanaged, System.Numerics.INumber<T>
    {
        for (int lanes = 1; lanes <= 37; lanes++)
        {
            for (int k = 1; k <= 21; k++)
            {
                int ld = k + 3, targetLd = lanes + 2;
                T[] source = Array.ConvertAll(Normal(lanes * ld, lanes), T.CreateTruncating), before = new T[k * targetLd];
                Array.Fill(before, T.CreateTruncating(-5));
                T[] after = Guarded<T>(before, target =>
                {
                    fixed (T* from = source, to = target)
                        GemmPacking<T>.Turn(from, ld, lanes, k, to, targetLd);
                });
                for (int p = 0; p < k; p++)
                {
                    for (int j = 0; j < targetLd; j++)
                        Assert.Equal(j < lanes ? source[(j * ld) + p] : T.CreateTruncating(-5), after[(p * targetLd) + j]);
                }
            }
        }
    }
}
