using Workspaces.Memory;
using Workspaces.NN;
using Workspaces.NN.Init;
using Workspaces.Tensors;

namespace Workspaces.Tests.NN;

/// <summary>Moments, bounds and seeds of initialisers.</summary>
public sealed class InitializerTests : IDisposable
{
    private const int FanIn = 400, FanOut = 300;
    private readonly WorkspaceManager _manager = new();
    private readonly Workspace _workspace;

    public InitializerTests() => _workspace = _manager.Lease(new());

    public static TheoryData<Initializer, double, double> Moments => new()
    {
        { new Zeros(), 0, 0 },
        { new Constant(-1.5), -1.5, 0 },
        { new Uniform(1, 3), 2, 2 / Math.Sqrt(12) },
        { new Normal(0.5, 2), 0.5, 2 },
        { new KaimingUniform(), 0, Math.Sqrt(2.0 / FanIn) },
        { new KaimingNormal(), 0, Math.Sqrt(2.0 / FanIn) },
        { new KaimingUniform(gain: 1 / Math.Sqrt(3)), 0, 1 / Math.Sqrt(3.0 * FanIn) },
        { new XavierUniform(), 0, Math.Sqrt(2.0 / (FanIn + FanOut)) },
        { new XavierNormal(gain: 2), 0, 2 * Math.Sqrt(2.0 / (FanIn + FanOut)) },
    };

    public void Dispose()
    {
        _workspace.Dispose();
        _manager.Dispose();
    }

    /// <summary>Of n = 120,000 draws the mean is off by 6 σ/√n and the deviation by 2 % with a chance below one in a billion.</summary>
    [Theory]
    [MemberData(nameof(Moments))]
    public void Draws_have_the_mean_and_deviation_promised(Initializer initializer, double mean, double deviation)
    {
        float[] values = Draw(initializer, 11);
        double average = values.Average(static value => (double)value);
        Assert.Equal(mean, average, 1e-6 + (6 * deviation / Math.Sqrt(values.Length)));
        double spread = Math.Sqrt(values.Average(value => ((double)value - average) * (value - average)));
        Assert.InRange(spread, (0.98 * deviation) - 1e-6, (1.02 * deviation) + 1e-6);
    }

    [Fact]
    public void Uniform_draws_fill_their_bounds_and_keep_them()
    {
        float[] values = Draw(new KaimingUniform(gain: 1 / Math.Sqrt(3)), 1);
        double bound = 1 / Math.Sqrt(FanIn);
        Assert.InRange(values.Max(), 0.99 * bound, bound * (1 + 1e-6));
        Assert.InRange(values.Min(), -bound * (1 + 1e-6), -0.99 * bound);
    }

    [Fact]
    public void The_default_of_linear_is_uniform_in_one_over_the_root_of_inputs()
    {
        using var layer = new Linear(FanIn, FanOut, seed: 3, manager: _manager);
        float bound = 1 / MathF.Sqrt(FanIn);
        Assert.InRange(layer.Weight.Value.ToArray<float>().Max(MathF.Abs), 0.99f * bound, bound);
        Assert.InRange(layer.Bias!.Value.ToArray<float>().Max(MathF.Abs), 0.9f * bound, bound);
    }

    [Fact]
    public void Kernels_of_convolutions_count_in_the_fan()
    {
        Tensor weight = Tensor.Empty(new Shape(64, 16, 5, 5));
        new KaimingNormal().Initialize(weight, 1);
        double square = weight.ToArray<float>().Average(static value => (double)value * value);
        Assert.Equal(2.0 / (16 * 25), square, 0.05 * 2 / (16 * 25));
    }

    [Theory]
    [MemberData(nameof(Moments))]
    public void The_seed_alone_decides(Initializer initializer, double mean, double deviation)
    {
        Assert.False(double.IsNaN(mean));
        Assert.Equal(Draw(initializer, 1), Draw(initializer, 1));
        if (deviation > 0) Assert.NotEqual(Draw(initializer, 1), Draw(initializer, 2));
    }

    [Fact]
    public void Bad_targets_and_settings_are_refused()
    {
        Assert.Throws<ArgumentException>(() => new XavierNormal().Initialize(Tensor.Empty(new Shape(4)), 1));
        Assert.Throws<ArgumentException>(() => new KaimingUniform().Initialize(Tensor.Empty(new Shape(0, 4)), 1));
        Assert.Throws<ArgumentException>(() => new Zeros().Initialize(Tensor.Empty(new Shape(4), DType.I64), 1));
        Assert.Throws<ArgumentException>(() => new Zeros().Initialize(Transposed(), 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => new Uniform(1, 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => new Normal(0, -1));
        Assert.Throws<ArgumentOutOfRangeException>(() => new Normal(double.NaN));
        Assert.Throws<ArgumentOutOfRangeException>(() => new Constant(double.PositiveInfinity));
        Assert.Throws<ArgumentOutOfRangeException>(() => new KaimingNormal(-1));
        Tensor gone = Tensor.Empty(new Shape(4));
        gone.Dispose();
        Assert.Throws<StaleAccessException>(() => new Zeros().Initialize(gone, 1));
        new Normal().Initialize(Tensor.Empty(new Shape(0)), 1);
    }

    private static Tensor Transposed() => Workspaces.Ops.ViewOps.Transpose(Tensor.Empty(new Shape(2, 3)), 0, 1);

    private static float[] Draw(Initializer initializer, ulong seed)
    {
        Tensor weight = Tensor.Empty(new Shape(FanOut, FanIn));
        initializer.Initialize(weight, seed);
        return weight.ToArray<float>();
    }
}
