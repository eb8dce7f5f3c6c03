using FsCheck;
using FsCheck.Fluent;
using Workspaces.Kernels.Elementwise;

namespace Workspaces.Tests.Kernels;

public class ElementwiseStridedTests : KernelConformance
{
    private static readonly Config Runs = Config.QuickThrowOnFailure.WithMaxTest(400);

    [Fact]
    public void Binary_on_any_layout_agrees_with_the_naive_loops() => ForRandomLayouts((random, shape) =>
    {
        var (a, b) = (new StridedOperand(random, shape, true), new StridedOperand(random, shape, true));
        var d = new StridedOperand(random, shape, false);
        float[] x = Normal(a.Extent, 1), y = Normal(b.Extent, 2), old = Normal(d.Extent, 3);
        float[] actual = Guarded<float>(old, s =>
            Elementwise.Binary<float, Subtract<float>>(x, a.Strides, y, b.Strides, s, d.Strides, shape));
        foreach ((int i, int j, int k) in a.Offsets().Zip(b.Offsets(), d.Offsets()))
            old[k] = x[i] - y[j];
        Assert.Equal(old, actual);
    });

    [Fact]
    public void Unary_copy_and_cast_on_any_layout_agree_with_the_naive_loops() => ForRandomLayouts((random, shape) =>
    {
        var (a, d) = (new StridedOperand(random, shape, true), new StridedOperand(random, shape, false));
        float[] x = Normal(a.Extent, 1, 100), old = Normal(d.Extent, 3);
        int[] integers = new int[d.Extent];
        float[] negated = (float[])old.Clone(), copied = (float[])old.Clone();
        int[] converted = (int[])integers.Clone();
        foreach ((int i, int k) in a.Offsets().Zip(d.Offsets()))
            (negated[k], copied[k], converted[k]) = (-x[i], x[i], (int)x[i]);
        Assert.Equal(negated, Guarded<float>(old, s => Elementwise.Unary<float, Negate<float>>(x, a.Strides, s, d.Strides, shape)));
        Assert.Equal(copied, Guarded<float>(old, s => ElementwiseCopy.Copy<float>(x, a.Strides, s, d.Strides, shape)));
        Assert.Equal(converted, Guarded<int>(integers, s => ElementwiseCopy.Cast<float, int>(x, a.Strides, s, d.Strides, shape)));
    });

    [Fact]
    public void Compare_select_multiply_add_and_fill_on_any_layout_agree_with_the_naive_loops() => ForRandomLayouts((random, shape) =>
    {
        var (a, b) = (new StridedOperand(random, shape, true), new StridedOperand(random, shape, true));
        var (c, d) = (new StridedOperand(random, shape, true), new StridedOperand(random, shape, false));
        double[] x = Doubles(Normal(a.Extent, 1)), y = Doubles(Normal(b.Extent, 2)), z = Doubles(Normal(c.Extent, 4)),
            old = Doubles(Normal(d.Extent, 3));
        byte[] condition = Array.ConvertAll(z, v => v > 0 ? (byte)7 : (byte)0), compared = new byte[d.Extent];
        double[] selected = (double[])old.Clone(), fused = (double[])old.Clone(), filled = (double[])old.Clone(),
            scaled = (double[])old.Clone();
        foreach (((int i, int j, int k), int o) in a.Offsets().Zip(b.Offsets(), c.Offsets()).Zip(d.Offsets()))
        {
            compared[o] = x[i] < y[j] ? (byte)1 : (byte)0;
            selected[o] = z[k] > 0 ? x[i] : y[j];
            fused[o] = Math.FusedMultiplyAdd(x[i], y[j], z[k]);
            scaled[o] = Math.FusedMultiplyAdd(0.37, x[i], old[o]);
            filled[o] = 5;
        }

        Assert.Equal(compared, Guarded<byte>(new byte[d.Extent], s =>
            Elementwise.Compare<double, Less<double>>(x, a.Strides, y, b.Strides, s, d.Strides, shape)));
        Assert.Equal(selected, Guarded<double>(old, s =>
            Elementwise.Select<double>(condition, c.Strides, x, a.Strides, y, b.Strides, s, d.Strides, shape)));
        Assert.Equal(fused, Guarded<double>(old, s =>
            Elementwise.MultiplyAdd<double>(x, a.Strides, y, b.Strides, z, c.Strides, s, d.Strides, shape)));
        Assert.Equal(scaled, Guarded<double>(old, s => Elementwise.ScaleAdd(0.37, x, a.Strides, s, d.Strides, shape)));
        Assert.Equal(filled, Guarded<double>(old, s => Elementwise.Fill(5, s, d.Strides, shape)));
    });

    [Fact]
    public void In_place_gives_what_a_fresh_destination_gives() => ForRandomLayouts((random, shape) =>
    {
        var (a, b) = (new StridedOperand(random, shape, false), new StridedOperand(random, shape, true));
        float[] x = Normal(a.Extent, 1), y = Normal(b.Extent, 2), fresh = (float[])x.Clone();
        Elementwise.Binary<float, Divide<float>>(x, a.Strides, y, b.Strides, fresh, a.Strides, shape);
        Assert.Equal(fresh, Guarded<float>(x, s =>
            Elementwise.Binary<float, Divide<float>>(s, a.Strides, y, b.Strides, s, a.Strides, shape)));
    });

    [Fact]
    public void Operands_that_do_not_cover_their_layout_are_refused()
    {
        float[] x = new float[6];
        long[] shape = [2, 3], rows = [3, 1];
        Assert.Contains("operand 1", Error(() => Elementwise.Unary<float, Negate<float>>(x.AsSpan(1), rows, x, rows, shape)));
        Assert.Contains("operand 0", Error(() => Elementwise.Unary<float, Negate<float>>(x, rows, x.AsSpan(1), rows, shape)));
        Assert.Contains("strides", Error(() => Elementwise.Unary<float, Negate<float>>(x, [1], x, rows, shape)));
        Assert.Contains("at most 8", Error(() => Elementwise.Fill(1f, x, new long[9], new long[9])));
        Assert.Throws<ArgumentOutOfRangeException>(() => Elementwise.Fill(1f, x, [-1], [2]));
        Assert.Throws<ArgumentOutOfRangeException>(() => Elementwise.Fill(1f, x, [1], [-2]));
        Assert.Throws<OverflowException>(() => Elementwise.Fill(1f, x, [long.MaxValue / 2, 1], [4, 1]));
    }

    [Fact]
    public void Strided_work_makes_no_garbage()
    {
        float[] x = new float[4096], y = new float[64];
        long[] shape = [64, 64], rows = [64, 1], turned = [1, 64], repeated = [0, 1];
        long before = 0;
        for (int i = 0; i < 3; i++)
        {
            before = GC.GetAllocatedBytesForCurrentThread();
            Elementwise.Binary<float, Add<float>>(x, turned, y, repeated, x, rows, shape);
            Elementwise.Unary<float, Relu<float>>(x, rows, x, rows, shape);
            Elementwise.ScaleAdd(2f, y, repeated, x, rows, shape);
        }

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    private static string Error(Action action) => Assert.Throws<ArgumentException>(action).Message;

    private static void ForRandomLayouts(Action<Random, long[]> check) =>
        Prop.ForAll<int>(seed => Check(seed, check)).Check(Runs);

    private static void Check(int seed, Action<Random, long[]> check)
    {
        var random = new Random(seed);
        check(random, StridedOperand.RandomShape(random));
    }
}
