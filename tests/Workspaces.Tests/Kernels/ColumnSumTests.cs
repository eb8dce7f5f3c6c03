using Workspaces.Kernels.Reductions;
using Workspaces.Kernels.Team;

namespace Workspaces.Tests.Kernels;

public class ColumnSumTests : KernelConformance
{
    [Theory]
    [InlineData(0, 5)]
    [InlineData(3, 0)]
    [InlineData(1, 1)]
    [InlineData(4, 16)]
    [InlineData(7, 33)]
    [InlineData(129, 300)]
    [InlineData(1026, 65)]
    public void Sums_have_the_bits_of_the_general_reduction_for_any_number_of_threads(int rows, int columns)
    {
        int ld = columns + 3;
        float[] x = Normal(rows * ld, 1), expected = new float[columns], before = Normal(columns, 2);
        Reduction.Reduce<float, double, float, Sum<float>>(x, [ld, 1], [rows, columns], 1, expected);
        for (int threads = 1; threads <= 3; threads++)
        {
            using var team = new KernelTeam(threads);
            Assert.Equal(expected, Guarded<float>(before, s => ColumnSums.Run(x, ld, rows, s, accumulate: false, team)));
            float[] sum = Guarded<float>(before, s => ColumnSums.Run(x, ld, rows, s, accumulate: true, team));
            for (int j = 0; j < columns; j++)
                Assert.Equal(before[j] + expected[j], sum[j]);
        }
    }

    [Fact]
    public void Sums_of_f64_have_the_bits_of_the_general_reduction()
    {
        double[] x = Doubles(Normal(77 * 41, 3)), expected = new double[41];
        Reduction.Reduce<double, double, double, Sum<double>>(x, [41, 1], [77, 41], 1, expected);
        Assert.Equal(expected, Guarded<double>(new double[41], s => ColumnSums.Run(x, 41, 77, s, accumulate: false, team: null)));
    }

    [Theory]
    [InlineData(3, 4, 11)]
    [InlineData(3, 3, 12)]
    [InlineData(-1, 4, 12)]
    public void A_matrix_that_its_span_does_not_hold_is_refused(int rows, int ld, int length)
    {
        Exception e = Assert.Throws<ArgumentException>(() => ColumnSums.Run<float>(new float[length], ld, rows, new float[4], accumulate: false, team: null));
        Assert.Contains("Column sums", e.Message, StringComparison.Ordinal);
    }
}
