using Workspaces.Kernels.Optimizers;
using Workspaces.Kernels.Simd;
using Workspaces.Kernels.Team;

namespace Workspaces.Tests.Kernels;

public class OptimizerKernelTests : KernelConformance
{
    [Theory]
    [InlineData(0, 0, false)]
    [InlineData(0.01, 0, false)]
    [InlineData(0, 0.9, false)]
    [InlineData(0.01, 0.9, true)]
    public void Sgd_follows_the_formula_of_torch_in_every_variant(double decay, double momentum, bool nesterov)
    {
        var wide = new SgdSettings<double>(0.1, decay, momentum, nesterov);
        var single = new SgdSettings<float>(0.1f, (float)decay, (float)momentum, nesterov);
        foreach (int size in Sizes)
        {
            (double[] expected, double[] velocity) = (Doubles(Normal(size, 1)), new double[size]);
            for (int step = 1; step <= 3; step++)
                NaiveSgd(expected, Doubles(Normal(size, 10 + step)), velocity, wide);
            foreach (KernelVariant variant in Variants)
            {
                double[] v = new double[size];
                float[] w = new float[size];
                double[] p = Guarded<double>(Doubles(Normal(size, 1)), s =>
                    Steps(s, v, (span, g) => Sgd.Step(span, g, v, wide, null, variant)));
                float[] q = Guarded<float>(Normal(size, 1), s => Steps(s, w, (span, g) => Sgd.Step(span, g, w, single, null, variant)));
                Compare(expected, p, q, $"SGD {variant} size {size}");
            }
        }
    }

    [Theory]
    [InlineData(0, false)]
    [InlineData(0.1, false)]
    [InlineData(0.1, true)]
    public void Adam_follows_the_formula_of_torch_in_every_variant(double decay, bool decoupled)
    {
        foreach (int size in Sizes)
        {
            (double[] expected, double[] first, double[] second) = (Doubles(Normal(size, 1)), new double[size], new double[size]);
            for (int step = 1; step <= 3; step++)
                NaiveAdam(expected, Doubles(Normal(size, 10 + step)), first, second, decay, decoupled, step);
            foreach (KernelVariant variant in Variants)
            {
                int step = 0, stepSingle = 0;
                double[] m = new double[size], v = new double[size];
                float[] ms = new float[size], vs = new float[size];
                double[] p = Guarded<double>(Doubles(Normal(size, 1)), s => Steps(s, m, (span, g) =>
                    Adam.Step(span, g, m, v, Settings(decay, decoupled, ++step), null, variant)));
                float[] q = Guarded<float>(Normal(size, 1), s => Steps(s, ms, (span, g) =>
                    Adam.Step(span, g, ms, vs, Settings(decay, decoupled, ++stepSingle), null, variant)));
                Compare(expected, p, q, $"Adam {variant} size {size}");
            }
        }
    }

    [Fact]
    public void Threads_and_widths_change_no_bit()
    {
        using var team = new KernelTeam(3);
        int size = 70_001;
        float[] g = Normal(size, 2);
        float[]? sgd = null, adam = null;
        foreach (KernelVariant variant in Variants)
        {
            foreach (KernelTeam? threads in new[] { null, team })
            {
                float[] p = Normal(size, 1), q = Normal(size, 1), v = new float[size], m = new float[size], s = new float[size];
                Sgd.Step(p, g, v, new SgdSettings<float>(0.1f, 0.01f, 0.9f, true), threads, variant);
                Adam.Step(q, g, m, s, Settings(0.1, true, 1), threads, variant);
                Assert.Equal(sgd ??= p, p);
                Assert.Equal(adam ??= q, q);
            }
        }
    }

    [Fact]
    public void Without_momentum_no_velocity_is_needed_and_wrong_lengths_are_refused()
    {
        float[] p = [1, 2], g = [1, 1];
        Sgd.Step(p, g, [], new SgdSettings<float>(0.5f, 0, 0, false));
        Assert.Equal([0.5f, 1.5f], p);
        Assert.Contains("velocity", Error(() => Sgd.Step(p, g, [], new SgdSettings<float>(0.5f, 0, 0.9f, false))));
        Assert.Contains("gradient", Error(() => Sgd.Step(p, g.AsSpan(1), [], new SgdSettings<float>(0.5f, 0, 0, false))));
        Assert.Contains("second", Error(() => Adam.Step(p, g, p, [], Settings(0, false, 1))));
    }

    private delegate void Step<T>(Span<T> parameters, ReadOnlySpan<T> gradients);

    private static string Error(Action action) => Assert.Throws<ArgumentException>(action).Message;

    /// <summary>Three steps with the gradients that the naive loops get.</summary>
    private static void Steps<T>(Span<T> parameters, T[] like, Step<T> step)
        where T : System.Numerics.INumber<T>
    {
        for (int i = 1; i <= 3; i++)
            step(parameters, Array.ConvertAll(Normal(like.Length, 10 + i), T.CreateTruncating));
    }

    private static void Compare(double[] expected, double[] wide, float[] single, string what)
    {
        for (int i = 0; i < expected.Length; i++)
        {
            AssertClose(expected[i], wide[i], 1e-14, $"{what} [{i}]");
            AssertClose(expected[i], single[i], 1e-5, $"{what} f32 [{i}]");
        }
    }

    private static AdamSettings Settings(double decay, bool decoupled, int step) =>
        new(0.01, 0.9, 0.999, 1e-8, decay, decoupled, 1 - Math.Pow(0.9, step), 1 - Math.Pow(0.999, step));

    private static void NaiveSgd(double[] p, double[] g, double[] v, SgdSettings<double> s)
    {
        for (int i = 0; i < p.Length; i++)
        {
            double d = g[i] + (s.WeightDecay * p[i]);
            v[i] = (s.Momentum * v[i]) + d;
            d = s.Nesterov ? d + (s.Momentum * v[i]) : v[i];
            p[i] -= s.LearningRate * d;
        }
    }

    private static void NaiveAdam(double[] p, double[] g, double[] m, double[] v, double decay, bool decoupled, int step)
    {
        AdamSettings s = Settings(decay, decoupled, step);
        for (int i = 0; i < p.Length; i++)
        {
            double d = decoupled ? g[i] : g[i] + (decay * p[i]);
            p[i] -= decoupled ? s.LearningRate * decay * p[i] : 0;
            m[i] = (s.Beta1 * m[i]) + ((1 - s.Beta1) * d);
            v[i] = (s.Beta2 * v[i]) + ((1 - s.Beta2) * d * d);
            p[i] -= s.LearningRate / s.BiasCorrection1 * m[i] / ((Math.Sqrt(v[i]) / Math.Sqrt(s.BiasCorrection2)) + s.Epsilon);
        }
    }
}
