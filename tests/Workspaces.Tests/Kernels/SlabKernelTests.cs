using Workspaces.Kernels.Optimizers;
using Workspaces.Kernels.Simd;
using Workspaces.Kernels.Team;

namespace Workspaces.Tests.Kernels;

/// <summary>The kernels of the newer optimizers, of clipping and of averages: every width and number of threads gives the same bits, and nothing outside is written.</summary>
public class SlabKernelTests : KernelConformance
{
    private static readonly string[] Names = ["rmsprop", "rmsprop_all", "adagrad", "lion", "amsgrad", "dampening", "scale", "bound", "follow", "swap"];

    public static TheoryData<string> Kernels => [.. Names];

    [Theory]
    [MemberData(nameof(Kernels))]
    public void Widths_change_no_bit_and_guards_stay(string kernel)
    {
        foreach (int size in Sizes)
        {
            float[]? single = null;
            double[]? wide = null;
            foreach (KernelVariant variant in Variants)
            {
                float[] f = Guarded<float>(Normal(size, 1), span => Run(kernel, span, Normal(size, 2), null, variant));
                double[] d = Guarded<double>(Doubles(Normal(size, 1)), span => Run(kernel, span, Doubles(Normal(size, 2)), null, variant));
                Assert.Equal(single ??= f, f);
                Assert.Equal(wide ??= d, d);
            }

            for (int i = 0; i < size; i++) AssertClose(wide![i], single![i], 1e-5, $"{kernel} {size} [{i}]");
        }
    }

    [Theory]
    [MemberData(nameof(Kernels))]
    public void Threads_change_no_bit(string kernel)
    {
        using var team = new KernelTeam(3);
        const int size = 70_001;
        float[] alone = Normal(size, 1), shared = Normal(size, 1);
        Run(kernel, alone.AsSpan(), Normal(size, 2), null, KernelVariant.Automatic);
        Run(kernel, shared.AsSpan(), Normal(size, 2), team, KernelVariant.Automatic);
        Assert.Equal(alone, shared);
        Assert.NotEqual(Normal(size, 1), alone);
    }

    [Fact]
    public void A_norm_is_that_of_all_elements_whatever_the_threads()
    {
        using var team = new KernelTeam(3);
        foreach (int size in (int[])[.. Sizes, 16_384, 16_385, 1_100_000])
        {
            float[] x = Normal(size, 3);
            double expected = Math.Sqrt(x.Sum(static v => (double)v * v));
            double norm = Clipping.Norm<float>(x);
            AssertClose(expected, norm, 1e-12 * (1 + expected), $"norm of {size}");
            Assert.Equal(norm, Clipping.Norm<float>(x, team));
            Assert.Equal(Clipping.Norm<double>(Doubles(x)), Clipping.Norm<double>(Doubles(x), team));
        }
    }

    [Fact]
    public void A_norm_of_the_largest_and_the_least_numbers_is_right_and_not_a_number_wins()
    {
        Assert.Equal(Math.Sqrt(2) * 1e300, Clipping.Norm<double>([1e300, -1e300]), 1e287);
        Assert.Equal(1, Clipping.Norm<double>([3 * double.Epsilon, 4 * double.Epsilon]) / (5 * double.Epsilon));
        Assert.Equal(double.PositiveInfinity, Clipping.Norm<double>([1, double.NegativeInfinity]));
        Assert.Equal(double.NaN, Clipping.Norm<double>([double.PositiveInfinity, double.NaN]));
        Assert.Equal(double.NaN, Clipping.Norm<float>([float.NaN, 1]));
        Assert.Equal(0, Clipping.Norm<float>([0, -0f]));
        Assert.Equal(float.MaxValue, Clipping.Norm<float>([float.MaxValue]));
    }

    [Fact]
    public void An_infinite_gradient_moves_Lion_by_its_sign_and_stays_in_the_momentum()
    {
        float[] p = [0], momentum = [0];
        foreach (float gradient in new[] { float.PositiveInfinity, 1 }) Lion.Step(p, [gradient], momentum, new LionSettings(0.1, 0.9, 0.99, 0));
        Assert.Equal(-0.2f, p[0], 1e-6f);
        Assert.Equal(float.PositiveInfinity, momentum[0]);
    }

    [Fact]
    public void Wrong_lengths_are_refused()
    {
        float[] p = [1, 2], one = [1];
        Assert.Contains("gradient", Error(() => Lion.Step(p, one, p, new LionSettings(1, 0, 0, 0))), StringComparison.Ordinal);
        Assert.Contains("momentum", Error(() => Lion.Step(p, p, one, new LionSettings(1, 0, 0, 0))), StringComparison.Ordinal);
        Assert.Contains("sum of squares", Error(() => Adagrad.Step(p, p, one, 1, 0, 0)), StringComparison.Ordinal);
        Assert.Contains("mean square", Error(() => RmsProp.Step(p, p, one, [], [], new RmsPropSettings(1, 0, 0, 0, 0))), StringComparison.Ordinal);
        Assert.Contains("velocity", Error(() => RmsProp.Step(p, p, p, [], [], new RmsPropSettings(1, 0, 0, 0, 0.5))), StringComparison.Ordinal);
        Assert.Contains("largest", Error(() => Adam.Step(p, p, p, p, default, largest: one)), StringComparison.Ordinal);
        Assert.Contains("other span", Error(() => Averaging.Swap<float>(p, one)), StringComparison.Ordinal);
        Assert.Contains("values", Error(() => Averaging.Follow<float>(p, one, 1)), StringComparison.Ordinal);
    }

    private static string Error(Action action) => Assert.Throws<ArgumentException>(action).Message;

    /// <summary>Three steps of one kernel, with state that begins as 0.</summary>
    private static void Run<T>(string kernel, Span<T> p, T[] g, KernelTeam? team, KernelVariant variant)
        where T : unmanaged, System.Numerics.IFloatingPointIeee754<T>
    {
        T[] a = new T[p.Length], b = new T[p.Length], c = new T[p.Length];
        for (int step = 0; step < 3; step++)
        {
            switch (kernel)
            {
                case "rmsprop":
                    RmsProp.Step(p, g, a, [], [], new RmsPropSettings(0.01, 0.9, 1e-8, 0, 0), team, variant);
                    break;
                case "rmsprop_all":
                    RmsProp.Step(p, g, a, b, c, new RmsPropSettings(0.01, 0.9, 1e-2, 0.1, 0.5), team, variant);
                    break;
                case "adagrad":
                    Adagrad.Step(p, g, a, 0.1, 0.01, 1e-10, team, variant);
                    break;
                case "lion":
                    Lion.Step(p, g, a, new LionSettings(0.1, 0.9, 0.99, 0.1), team, variant);
                    break;
                case "amsgrad":
                    Adam.Step(p, g, a, b, new AdamSettings(0.01, 0.9, 0.5, 1e-8, 0, false, 0.5, 0.5), team, variant, c);
                    break;
                case "dampening":
                    Sgd.Step(p, g, a, new SgdSettings<T>(T.CreateTruncating(0.1), T.Zero, T.CreateTruncating(0.9), false, T.CreateTruncating(0.3)), team, variant);
                    break;
                case "scale":
                    Clipping.Scale(p, T.CreateTruncating(0.75), team, variant);
                    break;
                case "bound":
                    Clipping.Bound(p, T.CreateTruncating(0.5), team, variant);
                    break;
                case "follow":
                    Averaging.Follow<T>(p, g, T.CreateTruncating(0.25), team, variant);
                    break;
                default:
                    Averaging.Swap(p, g, team, variant);
                    break;
            }
        }
    }
}
