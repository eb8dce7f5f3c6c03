using Workspaces.Kernels.Elementwise;

namespace Workspaces.Tests.Kernels;

public class ElementwiseOperationTests : KernelConformance
{
    private static readonly double[] Special =
        [0, -0.0, 1, -1, 0.5, 3, -3, 88, -88, 1e4, -1e4, 1e30, double.NaN, double.PositiveInfinity, double.NegativeInfinity, 1e-30];

    [Fact]
    public void Unary_operations_agree_with_the_scalar_reference()
    {
        Unary<Negate<float>, Negate<double>>(x => -x);
        Unary<Abs<float>, Abs<double>>(Math.Abs);
        Unary<Sign<float>, Sign<double>>(x => double.IsNaN(x) ? x : Math.Sign(x));
        Unary<Square<float>, Square<double>>(x => x * x);
        Unary<Relu<float>, Relu<double>>(x => Math.Max(x, 0));
        Unary<Exp<float>, Exp<double>>(Math.Exp, 4);
        Unary<Log<float>, Log<double>>(Math.Log, 4);
        Unary<Sqrt<float>, Sqrt<double>>(Math.Sqrt);
        Unary<Reciprocal<float>, Reciprocal<double>>(x => 1 / x);
        Unary<Tanh<float>, Tanh<double>>(Math.Tanh, 4);
        Unary<Sigmoid<float>, Sigmoid<double>>(x => 1 / (1 + Math.Exp(-x)), 4);
        Unary<Sin<float>, Sin<double>>(Math.Sin, 4);
        Unary<Cos<float>, Cos<double>>(Math.Cos, 4);
    }

    [Fact]
    public void Binary_operations_agree_with_the_scalar_reference()
    {
        Binary<Add<float>, Add<double>>((x, y) => x + y);
        Binary<Subtract<float>, Subtract<double>>((x, y) => x - y);
        Binary<Multiply<float>, Multiply<double>>((x, y) => x * y);
        Binary<Divide<float>, Divide<double>>((x, y) => x / y);
        Binary<Maximum<float>, Maximum<double>>(Math.Max);
        Binary<Minimum<float>, Minimum<double>>(Math.Min);
        Binary<Pow<float>, Pow<double>>(Math.Pow, 8);
        Binary<ReluGradient<float>, ReluGradient<double>>((x, y) => x > 0 ? y : 0);
        Binary<AbsGradient<float>, AbsGradient<double>>((x, y) => x > 0 ? y : x < 0 ? -y : x);
    }

    [Fact]
    public void Gradients_of_tanh_and_sigmoid_follow_from_the_output()
    {
        foreach (int size in Sizes)
        {
            double[] y = Array.ConvertAll(Doubles(Normal(size, 1)), v => Math.Tanh(v)), dy = Doubles(Normal(size, 2));
            double[] a = Guarded<double>(dy, s => Elementwise.Binary<double, TanhGradient<double>>(y, [1], s, [1], s, [1], [size]));
            double[] b = Guarded<double>(dy, s => Elementwise.Binary<double, SigmoidGradient<double>>(y, [1], s, [1], s, [1], [size]));
            for (int i = 0; i < size; i++)
            {
                AssertClose(dy[i] * (1 - (y[i] * y[i])), a[i], 1e-15 * Math.Abs(dy[i]), "tanh gradient");
                AssertClose(dy[i] * y[i] * (1 - y[i]), b[i], 1e-15 * Math.Abs(dy[i]), "sigmoid gradient");
            }
        }
    }

    [Fact]
    public void Tanh_keeps_its_digits_near_zero()
    {
        float[] x = [.. Enumerable.Range(0, 2000).Select(i => (float)((i % 2 == 0 ? 3 : -3) * Math.Pow(10, -i / 100.0)))];
        float[] y = new float[x.Length];
        Elementwise.Unary<float, Tanh<float>>(x, [1], y, [1], [x.Length]);
        for (int i = 0; i < x.Length; i++)
            AssertClose(Math.Tanh(x[i]), y[i], 3e-7 * Math.Abs(x[i]), $"tanh({x[i]})");
    }

    [Theory]
    [InlineData(0)]
    [InlineData(0.5)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(-1)]
    [InlineData(2.5)]
    public void Constant_exponents_agree_with_the_general_power(double exponent)
    {
        double[] x = Array.ConvertAll(Doubles(Normal(100, 5)), Math.Abs), y = new double[100];
        Elementwise.Binary<double, Pow<double>>(x, [1], [exponent], [0], y, [1], [100]);
        for (int i = 0; i < x.Length; i++)
            AssertClose(Math.Pow(x[i], exponent), y[i], 1e-14 * Math.Abs(y[i]), $"{x[i]}^{exponent}");
    }

    [Fact]
    public void Results_do_not_depend_on_where_memory_lies()
    {
        float[] x = Normal(1000, 1, 30);
        for (int i = 0; i < x.Length; i += 7)
            x[i] = (float)Special[i % Special.Length];
        SameAtEveryOffset<Exp<float>>(x);
        SameAtEveryOffset<Log<float>>(x);
        SameAtEveryOffset<Tanh<float>>(x);
        SameAtEveryOffset<Sigmoid<float>>(x);
        SameAtEveryOffset<Sin<float>>(x);
        SameAtEveryOffset<Cos<float>>(x);
        SameAtEveryOffset<Sqrt<float>>(x);
        SameAtEveryOffset<Reciprocal<float>>(x);
        SameAtEveryOffset<Relu<float>>(x);
    }

    [Fact]
    public void Integers_and_bytes_wrap_and_convert()
    {
        byte[] bytes = new byte[3];
        Elementwise.Binary<byte, Add<byte>>([250, 1, 2], [1], [10, 1, 1], [1], bytes, [1], [3]);
        Assert.Equal<byte>([4, 2, 3], bytes);
        long[] longs = new long[2];
        Elementwise.Binary<long, Multiply<long>>([1L << 40, -3], [1], [4], [0], longs, [1], [2]);
        Assert.Equal([1L << 42, -12], longs);
        ElementwiseCopy.Cast<int, byte>([257, -1, 3], [1], bytes, [1], [3]);
        Assert.Equal<byte>([1, 255, 3], bytes);
        int[] integers = new int[4];
        ElementwiseCopy.Cast<float, int>([float.NaN, 1e30f, -1e30f, -2.9f], [1], integers, [1], [4]);
        Assert.Equal([0, int.MaxValue, int.MinValue, -2], integers);
    }

    [Fact]
    public void Comparisons_follow_the_rules_for_NaN()
    {
        float[] x = [1, 2, float.NaN, float.NaN], y = [2, 2, 1, float.NaN];
        Assert.Equal<byte>([0, 1, 0, 0], Compare<Equal<float>>(x, y));
        Assert.Equal<byte>([1, 0, 1, 1], Compare<NotEqual<float>>(x, y));
        Assert.Equal<byte>([1, 0, 0, 0], Compare<Less<float>>(x, y));
        Assert.Equal<byte>([1, 1, 0, 0], Compare<LessOrEqual<float>>(x, y));
        Assert.Equal<byte>([0, 0, 0, 0], Compare<Greater<float>>(x, y));
        Assert.Equal<byte>([0, 1, 0, 0], Compare<GreaterOrEqual<float>>(x, y));
    }

    private static byte[] Compare<TComparison>(float[] x, float[] y)
        where TComparison : IComparison<float>
    {
        byte[] result = new byte[x.Length];
        Elementwise.Compare<float, TComparison>(x, [1], y, [1], result, [1], [x.Length]);
        return result;
    }

    private static void SameAtEveryOffset<TOperation>(float[] x)
        where TOperation : IUnaryOperation<float>
    {
        float[] expected = new float[x.Length];
        for (int shift = 0; shift < 17; shift++)
        {
            float[] buffer = new float[x.Length + 17];
            x.CopyTo(buffer, shift);
            Span<float> shifted = buffer.AsSpan(shift, x.Length);
            Elementwise.Unary<float, TOperation>(shifted, [1], shifted, [1], [x.Length]);
            if (shift == 0)
                shifted.CopyTo(expected);
            for (int i = 0; i < x.Length; i++)
            {
                bool same = BitConverter.SingleToUInt32Bits(expected[i]) == BitConverter.SingleToUInt32Bits(shifted[i]);
                Assert.True(same, $"{typeof(TOperation).Name}({x[i]:R}) at shift {shift}: {expected[i]:R} and {shifted[i]:R}");
            }
        }
    }

    private static void Unary<TFloat, TDouble>(Func<double, double> reference, double ulps = 1)
        where TFloat : IUnaryOperation<float>
        where TDouble : IUnaryOperation<double>
    {
        foreach (int size in Sizes)
        {
            float[] x = WithSpecials(size, 1);
            double[] wide = Doubles(x);
            float[] y = Guarded<float>(x, s => Elementwise.Unary<float, TFloat>(x, [1], s, [1], [size]));
            double[] z = Guarded<double>(wide, s => Elementwise.Unary<double, TDouble>(wide, [1], s, [1], [size]));
            for (int i = 0; i < size; i++)
                CheckBoth(reference(x[i]), y[i], z[i], ulps, $"{typeof(TFloat).Name}({x[i]})");
        }
    }

    private static void Binary<TFloat, TDouble>(Func<double, double, double> reference, double ulps = 1)
        where TFloat : IBinaryOperation<float>
        where TDouble : IBinaryOperation<double>
    {
        foreach (int size in Sizes)
        {
            foreach ((long sa, long sb) in new[] { (1L, 1L), (1L, 0L), (0L, 1L), (0L, 0L) })
            {
                float[] a = WithSpecials(Math.Max(1, size), 1), b = Normal(Math.Max(1, size), 2);
                double[] da = Doubles(a), db = Doubles(b);
                float[] y = Guarded<float>(new float[size], s => Elementwise.Binary<float, TFloat>(a, [sa], b, [sb], s, [1], [size]));
                double[] z = Guarded<double>(new double[size], s =>
                    Elementwise.Binary<double, TDouble>(da, [sa], db, [sb], s, [1], [size]));
                for (int i = 0; i < size; i++)
                    CheckBoth(reference(a[i * sa], b[i * sb]), y[i], z[i], ulps, $"{typeof(TFloat).Name}({a[i * sa]}, {b[i * sb]})");
            }
        }
    }

    private static void CheckBoth(double expected, float single, double wide, double ulps, string what)
    {
        double magnitude = Math.Abs(expected);
        AssertClose((float)expected, single, (ulps * 6e-8 * magnitude) + (ulps * 1e-7 * Math.Min(1, magnitude)) + 1e-37, what);
        AssertClose(expected, wide, ulps * 3e-16 * (Math.Abs(expected) + Math.Min(1, Math.Abs(expected))), what + " f64");
    }

    private static float[] WithSpecials(int size, int seed)
    {
        float[] x = Normal(size, seed, 3);
        for (int i = 0; i < size; i += 3)
            x[i] = (float)Special[i / 3 % Special.Length];
        return x;
    }
}
