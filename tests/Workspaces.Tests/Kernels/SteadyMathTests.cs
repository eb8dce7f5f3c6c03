using System.Numerics;
using System.Runtime.InteropServices;
using Workspaces.Kernels.Elementwise;
using Workspaces.Memory;
using Workspaces.Ops;
using Workspaces.Tensors;

namespace Workspaces.Tests.Kernels;

/// <summary>Elements out of range, which send a whole register of the base library another way, leave no trace of where memory lies.</summary>
public sealed unsafe class SteadyMathTests
{
    private const int Places = 17, Most = 700;

    private delegate void Function<T>(ReadOnlySpan<T> x, Span<T> y);

    [Theory]
    [InlineData(double.NegativeInfinity)]
    [InlineData(double.PositiveInfinity)]
    [InlineData(double.NaN)]
    [InlineData(750)]
    [InlineData(-750)]
    [InlineData(1e30)]
    [InlineData(0)]
    public void Bits_do_not_depend_on_addresses(double special)
    {
        Check<float>(special);
        Check<double>(special);
    }

    [Theory]
    [InlineData(3)]
    [InlineData(1000)]
    [InlineData(1e5)]
    [InlineData(1e15)]
    public void Sines_of_doubles_are_near_those_of_the_library_and_the_same_alone(double range)
    {
        var random = new Random(3);
        double[] x = [.. Enumerable.Range(0, 5003).Select(i => i % 50 == 0 ? Math.Round(random.NextDouble() * 1000) * Math.PI : ((random.NextDouble() * 2) - 1) * range)];
        foreach ((Function<double> function, Func<double, double> exact) in ((Function<double>, Func<double, double>)[])[(SteadyMath.Sin, Math.Sin), (SteadyMath.Cos, Math.Cos)])
        {
            double[] y = new double[x.Length], one = new double[1];
            function(x, y);
            for (int i = 0; i < x.Length; i++)
            {
                double expected = exact(x[i]);
                Assert.InRange(y[i], expected - (4e-16 * Math.Abs(expected)) - 1e-24, expected + (4e-16 * Math.Abs(expected)) + 1e-24);
                function(x.AsSpan(i, 1), one);
                Assert.Equal(y[i], one[0]);
            }
        }
    }

    [Fact]
    public void Sines_of_doubles_keep_zeros_and_tiny_numbers_and_have_none_of_infinities()
    {
        double[] x = [0.0, -0.0, double.Epsilon, -double.Epsilon, 1e-300, double.NaN, double.PositiveInfinity, double.NegativeInfinity, double.MaxValue], y = new double[9];
        SteadyMath.Sin<double>(x, y);
        Assert.Equal(x.Take(5).Select(BitConverter.DoubleToInt64Bits), y.Take(5).Select(BitConverter.DoubleToInt64Bits));
        Assert.All(y[5..8], static value => Assert.True(double.IsNaN(value)));
        Assert.Equal(Math.Sin(double.MaxValue), y[8]);
        SteadyMath.Cos<double>(x, y);
        Assert.Equal([1, 1, 1, 1, 1], y[..5]);
        Assert.All(y[5..8], static value => Assert.True(double.IsNaN(value)));
    }

    [Fact]
    public void Masked_attention_in_double_precision_has_the_same_bits_for_every_run_and_number_of_threads()
    {
        var random = new Random(1);
        double[] queries = Numbers(random, 4 * 8 * 30 * 64), keys = Numbers(random, 4 * 8 * 201 * 64);
        bool[] padding = [.. Enumerable.Range(0, 4 * 201).Select(_ => random.Next(4) == 0)];
        double[] Run(int threads)
        {
            using var manager = new WorkspaceManager();
            manager.KernelThreads = threads;
            using Workspace workspace = manager.Lease(new WorkspaceConfiguration { Name = "step" });
            using Pass pass = workspace.Enter();
            Tensor q = Tensor.From<double>(queries, [4, 8, 30, 64]), k = Tensor.From<double>(keys, [4, 8, 201, 64]);
            return q.ScaledDotProductAttention(k, k, keyPadding: Tensor.From<bool>(padding, [4, 201])).ToArray<double>();
        }

        double[] first = Run(1);
        for (int i = 0; i < 12; i++) Assert.Equal(first, Run(1 + (i % 3)));
    }

    private static void Check<T>(double special)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        foreach (Function<T> function in (Function<T>[])[SteadyMath.Exp, SteadyMath.Sigmoid, SteadyMath.Sin, SteadyMath.Cos, TanhKernel.Run])
        {
            foreach (int length in new[] { 20, 256, Most }) CheckPlaces(function, length, T.CreateTruncating(special));
        }
    }

    private static void CheckPlaces<T>(Function<T> function, int length, T special)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        var random = new Random(2);
        T[] x = [.. Enumerable.Range(0, length).Select(_ => random.Next(4) == 0 ? special : T.CreateTruncating((random.NextDouble() * 6) - 3))], first = new T[length];
        function(x, first);
        nuint bytes = (nuint)((Most + Places) * sizeof(T));
        void* memory = NativeMemory.AlignedAlloc(2 * bytes, 4096);
        try
        {
            for (int place = 0; place < Places; place++)
            {
                var source = new Span<T>((T*)memory + place, length);
                var target = new Span<T>((T*)((byte*)memory + bytes) + Places - 1 - place, length);
                x.CopyTo(source);
                function(source, target);
                Assert.Equal(first, target.ToArray());
                function(source, source);
                Assert.Equal(first, source.ToArray());
            }
        }
        finally
        {
            NativeMemory.AlignedFree(memory);
        }
    }

    private static double[] Numbers(Random random, int count) => [.. Enumerable.Range(0, count).Select(_ => (random.NextDouble() * 2) - 1)];
}
