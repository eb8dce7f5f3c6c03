using System.Numerics;
using Workspaces.Kernels.Rows;
using Workspaces.Kernels.Simd;
using Workspaces.Kernels.Team;

namespace Workspaces.Tests.Kernels;

public class RowNormTests : KernelConformance
{
    private const double Epsilon = 1e-5;

    private static readonly (int Rows, int Columns)[] Shapes = [(0, 5), (3, 0), (1, 1), (4, 10), (7, 33), (2, 257), (19, 64), (3, 1000), (2, 4099)];

    [Fact]
    public void Every_width_agrees_with_the_definition_in_f32() => Check<float>(2e-5);

    [Fact]
    public void Every_width_agrees_with_the_definition_in_f64() => Check<double>(1e-12);

    [Fact]
    public void A_mean_far_from_zero_costs_no_more_digits_than_the_input_has()
    {
        float[] x = Array.ConvertAll(Normal(3 * 256, 5), v => 4096 + v), y = new float[x.Length];
        foreach (KernelVariant variant in Variants)
        {
            RowNorm.Forward<float>(x, default, default, y, 3, 256, Epsilon, centered: true, team: null, variant);
            AssertRows(Doubles(x), Doubles(y), 256, centered: true, 3e-4, variant.ToString());
        }
    }

    [Theory]
    [InlineData(1e30f)]
    [InlineData(2e38f)]
    public void Squares_beyond_the_range_of_f32_are_no_infinities(float scale)
    {
        float[] x = Array.ConvertAll(Normal(2 * 40, 6), v => scale * Math.Clamp(v, -1, 1)), y = new float[x.Length];
        foreach (KernelVariant variant in Variants)
        {
            foreach (bool centered in new[] { true, false })
            {
                RowNorm.Forward<float>(x, default, default, y, 2, 40, Epsilon, centered, team: null, variant);
                AssertRows(Doubles(x), Doubles(y), 40, centered, 1e-5, $"{variant} {centered}");
            }
        }
    }

    [Theory]
    [InlineData(float.NaN)]
    [InlineData(float.PositiveInfinity)]
    public void What_is_not_finite_makes_its_row_not_a_number_and_leaves_the_others(float value)
    {
        float[] x = Normal(3 * 37, 7), y = new float[x.Length];
        x[37 + 5] = value;
        foreach (KernelVariant variant in Variants)
        {
            RowNorm.Forward<float>(x, default, default, y, 3, 37, Epsilon, centered: true, team: null, variant);
            Assert.All(y[37..74], v => Assert.True(float.IsNaN(v)));
            Assert.All(y[..37].Concat(y[74..]), v => Assert.True(float.IsFinite(v)));
        }
    }

    [Fact]
    public void Two_threads_write_the_bits_of_one()
    {
        using var team = new KernelTeam(2);
        var settings = new RowNormSettings { Rows = 45, Columns = 70, Epsilon = Epsilon, Centered = true };
        (float[] dx, float[] dWeight, float[] dBias) one = Backward(settings, null), two = Backward(settings, team);
        Assert.Equal(one.dx, two.dx);
        Assert.Equal(one.dWeight, two.dWeight);
        Assert.Equal(one.dBias, two.dBias);
    }

    private static (float[] DX, float[] DWeight, float[] DBias) Backward(in RowNormSettings settings, KernelTeam? team)
    {
        int length = settings.Rows * settings.Columns;
        float[] dx = new float[length], dWeight = new float[settings.Columns], dBias = new float[settings.Columns];
        var scratch = new float[RowNorm.ScratchLength(settings.Rows, settings.Columns)];
        RowNorm.Backward<float>(Normal(length, 1), Normal(settings.Columns, 2), Normal(length, 3), dx, dWeight, dBias, settings, scratch, team);
        return (dx, dWeight, dBias);
    }

    private static void Check<T>(double tolerance)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        foreach ((int rows, int columns) in Shapes)
        {
            foreach (KernelVariant variant in Variants)
            {
                for (int form = 0; form < 16; form++)
                    Check<T>(rows, columns, (form & 1) != 0, (form & 2) != 0, (form & 4) != 0, (form & 8) != 0, variant, tolerance);
            }
        }
    }

    private static void Check<T>(int rows, int columns, bool centered, bool hasWeight, bool hasBias, bool add, KernelVariant variant, double tolerance)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        T[] x = Of<T>(rows * columns, 1), dy = Of<T>(x.Length, 2), weight = hasWeight ? Of<T>(columns, 3) : [], bias = hasBias ? Of<T>(columns, 4) : [];
        T[] y = Guarded<T>(new T[x.Length], s => RowNorm.Forward(x, weight, bias, s, rows, columns, Epsilon, centered, team: null, variant));
        var settings = new RowNormSettings
        {
            Rows = rows, Columns = columns, Epsilon = Epsilon, Centered = centered, AddToInput = add, AddToWeight = add, AddToBias = add,
        };
        T[] dWeight = Of<T>(columns, 5), dBias = Of<T>(columns, 6), first = Of<T>(x.Length, 7), scratch = new T[RowNorm.ScratchLength(rows, columns)];
        double[] factors = Wide(dWeight), summands = Wide(dBias);
        T[] dx = Guarded<T>(first, s => RowNorm.Backward(x, weight, dy, s, dWeight, dBias, settings, scratch, team: null, variant));
        string what = $"{rows}x{columns} {variant} centred {centered} weight {hasWeight} bias {hasBias} add {add}";
        if (!add) (factors, summands) = (new double[columns], new double[columns]);
        for (int r = 0; r < rows; r++)
            CheckRow(r, Wide(x), Wide(dy), Wide(weight), Wide(bias), Wide(y), Wide(dx), add ? Wide(first) : new double[x.Length]);
        for (int j = 0; j < columns && rows > 0; j++)
        {
            AssertClose(factors[j], double.CreateTruncating(dWeight[j]), tolerance * rows, what);
            AssertClose(summands[j], double.CreateTruncating(dBias[j]), tolerance * rows, what);
        }

        void CheckRow(int r, double[] x, double[] dy, double[] weight, double[] bias, double[] y, double[] dx, double[] before)
        {
            double[] normal = Normalized(x[(r * columns)..((r + 1) * columns)], centered, out double scale);
            double[] g = [.. Enumerable.Range(0, columns).Select(j => dy[(r * columns) + j] * (hasWeight ? weight[j] : 1))];
            double level = centered && columns > 0 ? g.Average() : 0, along = g.Zip(normal, (a, b) => a * b).Sum() / columns;
            for (int j = 0; j < columns; j++)
            {
                int at = (r * columns) + j;
                AssertClose((normal[j] * (hasWeight ? weight[j] : 1)) + (hasBias ? bias[j] : 0), y[at], tolerance, what);
                AssertClose(before[at] + (scale * (g[j] - level - (normal[j] * along))), dx[at], tolerance * Math.Max(1, scale), what);
                factors[j] += dy[at] * normal[j];
                summands[j] += dy[at];
            }
        }
    }

    private static void AssertRows(double[] x, double[] y, int columns, bool centered, double tolerance, string what)
    {
        for (int first = 0; first < x.Length; first += columns)
        {
            double[] expected = Normalized(x[first..(first + columns)], centered, out _);
            for (int j = 0; j < columns; j++)
                AssertClose(expected[j], y[first + j], tolerance, what);
        }
    }

    private static double[] Normalized(double[] row, bool centered, out double scale)
    {
        double mean = centered && row.Length > 0 ? row.Average() : 0;
        double factor = scale = 1 / Math.Sqrt((row.Sum(v => (v - mean) * (v - mean)) / Math.Max(1, row.Length)) + Epsilon);
        return Array.ConvertAll(row, v => (v - mean) * factor);
    }

    private static T[] Of<T>(int length, int seed)
        where T : INumberBase<T> => Array.ConvertAll(Normal(length, seed), T.CreateTruncating);

    private static double[] Wide<T>(T[] x)
        where T : INumberBase<T> => Array.ConvertAll(x, double.CreateTruncating);
}
