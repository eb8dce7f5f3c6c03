using System.Runtime.InteropServices;
using Workspaces.Kernels.Elementwise;
using Workspaces.Kernels.Gemm;
using Workspaces.Kernels.Rows;
using Workspaces.Kernels.Team;
using CrossEntropyKernel = Workspaces.Kernels.Rows.CrossEntropy;
using GemmKernel = Workspaces.Kernels.Gemm.Gemm;

namespace Workspaces.Tests.Kernels;

/// <summary>What threads share out has the bits of one thread, however it is cut.</summary>
public class TeamBitsTests
{
    [Theory]
    [InlineData(512, 512, 64, false, false)] // pieces of columns
    [InlineData(520, 500, 70, false, true)]
    [InlineData(130, 1000, 129, false, true)] // turned: pieces of rows
    [InlineData(32, 1024, 260, false, true)]
    [InlineData(1600, 96, 300, false, false)] // each thread keeps its rows
    [InlineData(1600, 200, 70, false, true)]
    [InlineData(1500, 40, 300, true, false)] // few columns: pieces of rows
    [InlineData(900, 256, 300, true, false)] // copied rows of A: pieces of rows, and no columns too few to copy for
    [InlineData(520, 1000, 70, true, false)]
    [InlineData(3000, 10, 200, false, false)]
    [InlineData(1, 4096, 512, false, false)]
    [InlineData(97, 131, 400, false, false)]
    public void A_product_in_pieces_has_the_bits_of_the_whole(int m, int n, int k, bool transposeA, bool transposeB)
    {
        float[] a = Numbers(m * k, seed: 1), b = Numbers(k * n, seed: 2), bias = Numbers(n, seed: 3);
        float[] alone = Product(m, n, k, a, transposeA, b, transposeB, bias, team: null);
        foreach (int threads in new[] { 2, 3 })
        {
            using var team = new KernelTeam(threads);
            AssertSameBits(alone, Product(m, n, k, a, transposeA, b, transposeB, bias, team));
        }
    }

    [Theory]
    [InlineData(16, 64, 16)]
    [InlineData(7, 3, 2)]
    [InlineData(1, 1, 1)]
    [InlineData(1000, 1, 2)]
    public void Pieces_cover_a_rectangle_once_and_are_never_empty(int rowTiles, int columnTiles, int first)
    {
        foreach ((GemmPath path, int least) in Enum.GetValues<GemmPath>().SelectMany(path => new[] { (path, 1), (path, 4) }))
        {
            var pieces = GemmPieces.Of(path, 1L << 40, rowTiles * 14, rowTiles, columnTiles, least);
            var seen = new int[rowTiles, columnTiles];
            for (int piece = 0; piece < pieces.Count; piece++)
            {
                (int row, int rowEnd) = pieces.Rows(piece, first, first + rowTiles);
                (int column, int columnEnd) = pieces.Columns(piece, first, first + columnTiles);
                Assert.True(rowEnd > row && columnEnd > column);
                for (int i = row; i < rowEnd; i++)
                {
                    for (int j = column; j < columnEnd; j++) seen[i - first, j - first]++;
                }
            }

            Assert.All(seen.Cast<int>(), count => Assert.Equal(1, count));
        }
    }

    [Fact]
    public void A_product_too_small_to_share_has_one_piece() => Assert.Equal(1, GemmPieces.Of(GemmPath.Packed, 1L << 20, 512, 40, 16, 1).Count);

    [Fact]
    public void A_large_product_has_pieces_that_get_smaller()
    {
        var pieces = GemmPieces.Of(GemmPath.Packed, 1L << 26, 512, 37, 8, 1);
        Assert.Equal([(0, 4), (4, 6), (6, 7), (7, 8)], Enumerable.Range(0, pieces.Count).Select(piece => pieces.Columns(piece, 0, 8)));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Cross_entropy(bool reduces)
    {
        CrossEntropyReduction reduction = reduces ? CrossEntropyReduction.Mean : CrossEntropyReduction.None;
        const int rows = 101, columns = 13;
        float[] logits = Numbers(rows * columns, seed: 4);
        int[] labels = [.. Enumerable.Range(0, rows).Select(static row => row * 7 % columns)];
        (float[] Loss, float[] Gradient) alone = Entropy(logits, labels, rows, columns, reduction, null);
        using var team = new KernelTeam(3);
        (float[] Loss, float[] Gradient) shared = Entropy(logits, labels, rows, columns, reduction, team);
        AssertSameBits(alone.Loss, shared.Loss);
        AssertSameBits(alone.Gradient, shared.Gradient);
    }

    [Theory]
    [InlineData(256)]
    [InlineData(200)]
    [InlineData(5)]
    public void Rows_chosen_from_a_table(int columns)
    {
        const int count = 11, chosen = 300;
        float[] table = Numbers(count * columns, seed: 5);
        int[] indices = [.. Enumerable.Range(0, chosen).Select(static i => i * 5 % count)];
        using var team = new KernelTeam(3);
        float[] alone = new float[chosen * columns], shared = new float[chosen * columns];
        RowGather.Gather(table, indices, alone, columns);
        RowGather.Gather(table, indices, shared, columns, team);
        AssertSameBits(alone, shared);
    }

    [Theory]
    [InlineData(100)]
    [InlineData(300_001)]
    public void A_fill_reaches_every_element(int length)
    {
        using var team = new KernelTeam(3);
        float[] filled = new float[length];
        DenseLoop.Fill(2f, filled, team);
        Assert.All(filled, value => Assert.Equal(2f, value));
    }

    private static float[] Product(int m, int n, int k, float[] a, bool transposeA, float[] b, bool transposeB, float[] bias, KernelTeam? team)
    {
        float[] c = new float[m * n], scratch = new float[GemmKernel.ScratchLength<float>(m, n, k, transposeA, transposeB, team?.Threads ?? 1)];
        GemmKernel.Multiply<float>(
            m, n, k, a, transposeA ? m : k, transposeA, b, transposeB ? k : n, transposeB, c, n, accumulate: false, scratch, team, bias: bias);
        return c;
    }

    private static (float[] Loss, float[] Gradient) Entropy(
        float[] logits, int[] labels, int rows, int columns, CrossEntropyReduction reduction, KernelTeam? team)
    {
        float[] log = new float[logits.Length], loss = new float[reduction == CrossEntropyReduction.None ? rows : 1], gradient = new float[logits.Length];
        Assert.Equal(-1, CrossEntropyKernel.Forward<float, int>(logits, labels, log, loss, rows, columns, reduction, team));
        CrossEntropyKernel.Backward<float, int>(log, labels, loss, gradient, rows, columns, reduction, team);
        return (loss, gradient);
    }

    private static float[] Numbers(int count, int seed)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, count).Select(_ => random.NextSingle() - 0.5f)];
    }

    private static void AssertSameBits(float[] expected, float[] actual) =>
        Assert.True(MemoryMarshal.AsBytes<float>(expected).SequenceEqual(MemoryMarshal.AsBytes<float>(actual)));
}
