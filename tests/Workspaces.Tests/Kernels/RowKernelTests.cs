using Workspaces.Kernels.Rows;

namespace Workspaces.Tests.Kernels;

public class RowKernelTests : KernelConformance
{
    private static readonly (int Rows, int Columns)[] Shapes = [(0, 5), (3, 0), (1, 1), (4, 10), (7, 33), (2, 257), (3, 1000)];

    [Fact]
    public void Softmax_and_log_softmax_agree_with_the_naive_formula_also_for_large_logits()
    {
        foreach ((int rows, int columns) in Shapes)
        {
            foreach (float scale in new[] { 1f, 1000f, 1e30f })
            {
                float[] x = Normal(rows * columns, 1, scale);
                double[] log = NaiveLogSoftmax(Doubles(x), rows, columns);
                float[] y = Guarded<float>(x, s => Softmax.Forward<float>(s, s, rows, columns));
                float[] z = Guarded<float>(x, s => Softmax.LogForward<float>(s, s, rows, columns));
                for (int i = 0; i < x.Length; i++)
                {
                    AssertClose(Math.Exp(log[i]), y[i], 5e-7 * Math.Exp(log[i]) + 1e-37, $"softmax {rows}x{columns} {scale}");
                    AssertClose(log[i], z[i], 3e-7 * (Math.Abs(log[i]) + 1), $"log-softmax {rows}x{columns} {scale}");
                }
            }
        }
    }

    [Fact]
    public void Infinite_logits_behave_as_in_pytorch()
    {
        float inf = float.PositiveInfinity;
        float[] y = new float[9];
        Softmax.Forward<float>([-inf, 0, 0, -inf, -inf, -inf, inf, 0, float.NaN], y, 3, 3);
        Assert.Equal([0, 0.5f, 0.5f], y[..3]);
        Assert.All(y[3..], v => Assert.True(float.IsNaN(v)));
        Softmax.LogForward<float>([-inf, 0, 0, 1e38f, -1e38f, 0, 0, 0, 0], y, 3, 3);
        Assert.Equal(-inf, y[0]);
        AssertClose(-Math.Log(2), y[1], 1e-7, "half");
        Assert.Equal([0, -2e38f, -1e38f], y[3..6]);
    }

    [Fact]
    public void Gradients_agree_with_finite_differences()
    {
        (int rows, int columns) = (3, 11);
        double[] x = Doubles(Normal(rows * columns, 1)), dy = Doubles(Normal(rows * columns, 2));
        double[] y = new double[x.Length], log = new double[x.Length], dx = new double[x.Length], dLog = new double[x.Length];
        Softmax.Forward<double>(x, y, rows, columns);
        Softmax.LogForward<double>(x, log, rows, columns);
        Softmax.Backward<double>(y, dy, dx, rows, columns);
        dLog = Guarded<double>(dy, s => Softmax.LogBackward<double>(log, s, s, rows, columns));
        for (int i = 0; i < x.Length; i++)
        {
            AssertClose(Slope(x, i, v => Dot(NaiveLogSoftmax(v, rows, columns).Select(Math.Exp), dy)), dx[i], 1e-8, $"softmax dx[{i}]");
            AssertClose(Slope(x, i, v => Dot(NaiveLogSoftmax(v, rows, columns), dy)), dLog[i], 1e-8, $"log-softmax dx[{i}]");
        }
    }

    [Theory]
    [InlineData((int)CrossEntropyReduction.None)]
    [InlineData((int)CrossEntropyReduction.Mean)]
    [InlineData((int)CrossEntropyReduction.Sum)]
    public void Cross_entropy_and_its_gradient_agree_with_the_definition(int kind)
    {
        var reduction = (CrossEntropyReduction)kind;
        (int rows, int columns) = (5, 7);
        double[] x = Doubles(Normal(rows * columns, 1)), log = new double[x.Length], dx = new double[x.Length];
        int[] labels = [0, 6, 3, 3, 1];
        long[] wide = Array.ConvertAll(labels, v => (long)v);
        double[] loss = new double[reduction == CrossEntropyReduction.None ? rows : 1], weights = Doubles(Normal(loss.Length, 3));
        Assert.Equal(-1, CrossEntropy.Forward<double, int>(x, labels, log, loss, rows, columns, reduction));
        double[] expected = Losses(x, labels, columns, reduction);
        for (int r = 0; r < loss.Length; r++)
            AssertClose(expected[r], loss[r], 1e-14, $"loss {r}");
        CrossEntropy.Backward<double, long>(log, wide, weights, dx, rows, columns, reduction);
        for (int i = 0; i < x.Length; i++)
            AssertClose(Slope(x, i, v => Dot(Losses(v, labels, columns, reduction), weights)), dx[i], 1e-8, $"dLogits[{i}]");
    }

    [Fact]
    public void The_first_bad_label_is_reported_and_nothing_is_written()
    {
        float[] x = Normal(12, 1), log = new float[12], loss = new float[1];
        Assert.Equal(1, CrossEntropy.Forward<float, int>(x, [0, 4, -1], log, loss, 3, 4, CrossEntropyReduction.Mean));
        Assert.Equal(2, CrossEntropy.Forward<float, long>(x, [0, 3, long.MinValue], log, loss, 3, 4, CrossEntropyReduction.Mean));
        Assert.Equal(0, CrossEntropy.Forward<float, long>(x, [1L << 32, 3, 0], log, loss, 3, 4, CrossEntropyReduction.Mean));
        Assert.All(log.Concat(loss), v => Assert.Equal(0, v));
    }

    [Fact]
    public void Wrong_lengths_are_refused()
    {
        float[] x = new float[12];
        Assert.Contains("[3, 4]", Error(() => Softmax.Forward<float>(x, x.AsSpan(0, 11), 3, 4)));
        Assert.Contains("[3, 5]", Error(() => Softmax.LogBackward<float>(x, x, x, 3, 5)));
        Assert.Contains("2 labels", Error(() => CrossEntropy.Forward<float, int>(x, [1, 1], x, new float[1], 3, 4,
            CrossEntropyReduction.Sum)));
        Assert.Contains("1 losses", Error(() => CrossEntropy.Forward<float, int>(x, [1, 1, 1], x, new float[1], 3, 4,
            CrossEntropyReduction.None)));
    }

    private static string Error(Action action) => Assert.Throws<ArgumentException>(action).Message;

    private static double[] Losses(double[] x, int[] labels, int columns, CrossEntropyReduction reduction)
    {
        double[] log = NaiveLogSoftmax(x, labels.Length, columns);
        double[] losses = [.. labels.Select((label, r) => -log[(r * columns) + label])];
        return reduction switch
        {
            CrossEntropyReduction.None => losses,
            CrossEntropyReduction.Mean => [losses.Average()],
            _ => [losses.Sum()],
        };
    }

    private static double Dot(IEnumerable<double> a, double[] b) => a.Zip(b, (x, y) => x * y).Sum();

    private static double Slope(double[] x, int i, Func<double[], double> function)
    {
        double[] up = (double[])x.Clone(), down = (double[])x.Clone();
        (up[i], down[i]) = (x[i] + 1e-5, x[i] - 1e-5);
        return (function(up) - function(down)) / 2e-5;
    }

    private static double[] NaiveLogSoftmax(double[] x, int rows, int columns)
    {
        double[] y = new double[x.Length];
        for (int r = 0; r < rows && columns > 0; r++)
        {
            double[] row = x[(r * columns)..((r + 1) * columns)];
            double max = row.Max(), log = Math.Log(row.Sum(v => Math.Exp(v - max)));
            for (int c = 0; c < columns; c++)
                y[(r * columns) + c] = row[c] - max - log;
        }

        return y;
    }
}
