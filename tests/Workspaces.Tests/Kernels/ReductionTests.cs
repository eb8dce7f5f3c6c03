using FsCheck;
using FsCheck.Fluent;
using Workspaces.Kernels.Reductions;

namespace Workspaces.Tests.Kernels;

public class ReductionTests : KernelConformance
{
    [Fact]
    public void Any_axes_of_any_layout_agree_with_the_naive_loops() =>
        Prop.ForAll<int>(CheckRandom).Check(Config.QuickThrowOnFailure.WithMaxTest(500));

    [Fact]
    public void Sums_of_every_size_keep_their_digits()
    {
        foreach (int size in Sizes)
        {
            float[] x = Normal(size, 1, 1000);
            double expected = Doubles(x).Sum();
            float[] sum = Guarded<float>(new float[1], s => Reduction.Reduce<float, double, float, Sum<float>>(x, [1], [size], 1, s));
            AssertClose(expected, sum[0], Math.Abs(expected) * 6e-8, $"sum of {size}");
            double[] wide = Doubles(x), total = new double[1];
            Reduction.Reduce<double, double, double, Sum<double>>(wide, [1], [size], 1, total);
            AssertClose(expected, total[0], size * 1.2e-16 * wide.Sum(Math.Abs), $"f64 sum of {size}");
        }
    }

    [Fact]
    public void A_sum_of_many_small_numbers_and_a_large_one_is_exact_to_the_last_digit()
    {
        float[] x = new float[1 << 20];
        Array.Fill(x, 0.1f);
        x[0] = 1e7f;
        double expected = 1e7 + ((x.Length - 1) * (double)0.1f);
        float[] sum = new float[1], columns = new float[4];
        Reduction.Reduce<float, double, float, Sum<float>>(x, [1], [x.Length], 1, sum);
        Assert.Equal((float)expected, sum[0]);
        Reduction.Reduce<float, double, float, Sum<float>>(x, [4, 1], [x.Length / 4, 4], 1, columns);
        Assert.Equal((float)(((x.Length / 4) - 1) * (double)0.1f + 1e7), columns[0]);
    }

    [Fact]
    public void NaN_wins_in_max_min_and_their_positions()
    {
        foreach (int size in new[] { 1, 3, 17, 200 })
        {
            float[] x = Normal(size, 1);
            x[size / 2] = float.NaN;
            float[] value = new float[1];
            long[] position = new long[1];
            Reduction.Reduce<float, float, float, Largest<float>>(x, [1], [size], 1, value);
            Assert.True(float.IsNaN(value[0]));
            Reduction.Reduce<float, float, float, Smallest<float>>(x, [1], [size], 1, value);
            Assert.True(float.IsNaN(value[0]));
            Reduction.ArgMax<float>(x, [1], [size], 1, position);
            Assert.Equal(size / 2, position[0]);
            Reduction.ArgMin<float>(x, [1], [size], 1, position);
            Assert.Equal(size / 2, position[0]);
        }
    }

    [Fact]
    public void Integers_and_bytes_are_summed_in_64_bits()
    {
        long[] result = new long[1];
        Reduction.Reduce<int, long, long, IntegerSum<int>>([int.MaxValue, int.MaxValue, 5], [1], [3], 1, result);
        Assert.Equal((2L * int.MaxValue) + 5, result[0]);
        byte[] bytes = new byte[1000];
        Array.Fill(bytes, (byte)255);
        Reduction.Reduce<byte, long, long, IntegerSum<byte>>(bytes, [1], [1000], 1, result);
        Assert.Equal(255_000, result[0]);
        Reduction.Reduce<int, long, long, IntegerProduct<int>>([100_000, -100_000], [1], [2], 1, result);
        Assert.Equal(-10_000_000_000, result[0]);
    }

    [Fact]
    public void Reducing_nothing_gives_the_identity_or_an_error()
    {
        float[] result = [5, 5];
        Reduction.Reduce<float, double, float, Sum<float>>([], [0, 1], [2, 0], 2, result);
        Assert.Equal([0, 0], result);
        Reduction.Reduce<float, double, float, Product<float>>([], [0, 1], [2, 0], 2, result);
        Assert.Equal([1, 1], result);
        Reduction.Reduce<float, double, float, Mean<float>>([], [0, 1], [2, 0], 2, result);
        Assert.All(result, v => Assert.True(float.IsNaN(v)));
        Assert.Contains("no elements", Error(() => Reduction.Reduce<float, float, float, Largest<float>>([], [0, 1], [2, 0], 2,
            new float[2])));
        Assert.Contains("no elements", Error(() => Reduction.ArgMin<float>([], [0, 1], [2, 0], 2, new long[2])));
    }

    [Fact]
    public void Wrong_axes_and_destinations_are_refused()
    {
        float[] x = new float[6];
        Assert.Contains("axes", Error(() => Reduction.Reduce<float, double, float, Sum<float>>(x, [3, 1], [2, 3], 4, new float[6])));
        Assert.Contains("destination", Error(() => Reduction.Reduce<float, double, float, Sum<float>>(x, [3, 1], [2, 3], 1, new float[2])));
        Assert.Contains("operand 0", Error(() => Reduction.Reduce<float, double, float, Sum<float>>(x, [3, 1], [3, 3], 1, new float[3])));
    }

    private static string Error(Action action) => Assert.Throws<ArgumentException>(action).Message;

    private static void CheckRandom(int seed)
    {
        var random = new Random(seed);
        long[] shape = StridedOperand.RandomShape(random);
        uint axes = (uint)random.Next(1 << shape.Length);
        var layout = new StridedOperand(random, shape, broadcast: true);
        float[] x = Array.ConvertAll(Normal(layout.Extent, seed, 3), v => MathF.Round(v * 2) / 2);
        List<double>[] groups = Group(layout, axes, x);
        float[] result = new float[groups.Length];
        float[] sum = Guarded<float>(result, s => Reduction.Reduce<float, double, float, Sum<float>>(x, layout.Strides, shape, axes, s));
        float[] mean = Guarded<float>(result, s => Reduction.Reduce<float, double, float, Mean<float>>(x, layout.Strides, shape, axes, s));
        Assert.Equal(groups.Select(g => (float)g.Sum()), sum);
        Assert.Equal(groups.Select(g => (float)(g.Sum() / g.Count)), mean);
        if (groups.Any(g => g.Count == 0))
            return;
        float[] max = Guarded<float>(result, s => Reduction.Reduce<float, float, float, Largest<float>>(x, layout.Strides, shape, axes, s));
        float[] min = Guarded<float>(result, s =>
            Reduction.Reduce<float, float, float, Smallest<float>>(x, layout.Strides, shape, axes, s));
        long[] last = Guarded<long>(new long[groups.Length], s => Reduction.ArgMax<float>(x, layout.Strides, shape, axes, s));
        long[] first = Guarded<long>(new long[groups.Length], s => Reduction.ArgMin<float>(x, layout.Strides, shape, axes, s));
        Assert.Equal(groups.Select(g => (float)g.Max()), max);
        Assert.Equal(groups.Select(g => (float)g.Min()), min);
        Assert.Equal(groups.Select(g => (long)g.IndexOf(g.Max())), last);
        Assert.Equal(groups.Select(g => (long)g.IndexOf(g.Min())), first);
    }

    /// <summary>The elements of every kept position, in row-major order of the reduced axes.</summary>
    private static List<double>[] Group(StridedOperand layout, uint axes, float[] x)
    {
        long count = 1;
        for (int d = 0; d < layout.Shape.Length; d++)
            count *= (axes >> d & 1) == 0 ? layout.Shape[d] : 1;
        List<double>[] groups = [.. Enumerable.Range(0, (int)count).Select(_ => new List<double>())];
        long index = 0;
        foreach (int offset in layout.Offsets())
        {
            long rest = index++, kept = 0, step = 1;
            for (int d = layout.Shape.Length - 1; d >= 0; d--)
            {
                if ((axes >> d & 1) == 0)
                {
                    kept += rest % layout.Shape[d] * step;
                    step *= layout.Shape[d];
                }

                rest /= layout.Shape[d];
            }

            groups[kept].Add(x[offset]);
        }

        return groups;
    }
}
