using Workspaces.Autograd;
using Workspaces.Memory;
using Workspaces.Ops;
using Workspaces.Optim;
using Workspaces.Tensors;
using Workspaces.Tests.Planned;

namespace Workspaces.Tests.Optim;

/// <summary>Clipping by norm and by value, against PyTorch and at the ends of the range.</summary>
[Collection(nameof(AloneCollection))]
public sealed class GradientClippingTests
{
    public static TheoryData<string, DType> Cases
    {
        get
        {
            var cases = new TheoryData<string, DType>();
            foreach (OptimizerGolden.Clip clip in OptimizerGolden.File.Clips)
            {
                cases.Add(clip.Name, DType.F32);
                cases.Add(clip.Name, DType.F64);
            }

            return cases;
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Gradients_become_those_of_PyTorch(string name, DType dtype)
    {
        OptimizerGolden.Clip clip = OptimizerGolden.File.Clips.Single(clip => clip.Name == name);
        using var bench = new OptimizerBench(dtype);
        bench.Send(clip.Gradient);
        double tolerance = dtype == DType.F64 ? 1e-14 : 3e-7;
        if (name.StartsWith("value", StringComparison.Ordinal)) GradientClipping.ByValue(bench.Parameters, clip.Limit);
        else OptimizerBench.AssertClose([clip.Norm], [GradientClipping.ByNorm(bench.Parameters, clip.Limit)], tolerance, "norm");
        OptimizerBench.AssertClose(clip.Clipped, bench.Gradients, tolerance, name);
    }

    [Fact]
    public void Only_gradients_that_wait_count_and_change()
    {
        using var bench = new OptimizerBench(DType.F64);
        using var sgd = new Sgd([bench.Parameters[0]], 0.1);
        Assert.Equal(0, GradientClipping.ByNorm(bench.Parameters, 1));
        bench.Send(OptimizerGolden.File.Gradients[0]);
        sgd.Step(); // the first parameter's is applied
        double[] before = bench.Gradients;
        double norm = GradientClipping.ByNorm(bench.Parameters, 0.5), expected = Math.Sqrt(before[OptimizerGolden.Split..].Sum(static x => x * x));
        Assert.Equal(expected, norm, 1e-14);
        Assert.Equal(before[..OptimizerGolden.Split], bench.Gradients[..OptimizerGolden.Split]);
        Assert.Equal(0.5, Math.Sqrt(bench.Gradients[OptimizerGolden.Split..].Sum(static x => x * x)), 1e-5);
        Assert.Equal(0, GradientClipping.ByNorm([], 1));
    }

    [Fact]
    public void Infinity_as_the_limit_only_measures()
    {
        using var bench = new OptimizerBench(DType.F32);
        bench.Send(OptimizerGolden.File.Gradients[0]);
        double[] before = bench.Gradients;
        int version = bench.Parameters[0].Grad!.Value.Version;
        Assert.True(GradientClipping.ByNorm(bench.Parameters, double.PositiveInfinity) > 4);
        GradientClipping.ByValue(bench.Parameters, double.PositiveInfinity);
        Assert.Equal(before, bench.Gradients);
        Assert.Equal(version + 1, bench.Parameters[0].Grad!.Value.Version);
    }

    [Theory]
    [InlineData(DType.F32, 1e30)]
    [InlineData(DType.F32, 1e-30)]
    [InlineData(DType.F64, 1e200)]
    [InlineData(DType.F64, 1e-200)]
    public void A_norm_neither_overflows_nor_vanishes(DType dtype, double size)
    {
        using var bench = new OptimizerBench(dtype);
        bench.Send([.. Enumerable.Range(0, 17).Select(i => i is 0 ? 3 * size : i is 12 ? -4 * size : 0)]);
        Assert.Equal(5, GradientClipping.ByNorm(bench.Parameters, double.PositiveInfinity) / size, 1e-6);
    }

    [Theory]
    [InlineData(DType.F32)]
    [InlineData(DType.F64)]
    public void Threads_change_no_bit_and_gaps_and_order_no_norm(DType dtype)
    {
        (double norm, double[] clipped) = Run(1, reversed: false);
        (double otherNorm, double[] other) = Run(3, reversed: false);
        Assert.Equal(norm, otherNorm);
        Assert.Equal(clipped, other);
        Assert.Equal(norm, Run(2, reversed: true).Norm, 1e-9);

        (double Norm, double[] Gradients) Run(int threads, bool reversed)
        {
            using var bench = new OptimizerBench(dtype, threads);
            Parameter large = bench.Make(new double[70_001]), gap = bench.Make(5), small = bench.Make(new double[3]);
            bench.Send(large, [.. Enumerable.Range(0, 70_001).Select(static i => Math.Sin(i))]);
            bench.Send(small, 1, 2, 3);
            Parameter[] parameters = reversed ? [small, gap, large] : [large, gap, small];
            double norm = GradientClipping.ByNorm(parameters, 1);
            return (norm, [.. OptimizerBench.Numbers(large.Grad!.Value), .. OptimizerBench.Numbers(small.Grad!.Value)]);
        }
    }

    [Fact]
    public void Wrong_limits_and_parameters_are_refused_before_anything_changes()
    {
        using var bench = new OptimizerBench(DType.F64);
        bench.Send(OptimizerGolden.File.Gradients[0]);
        double[] before = bench.Gradients;
        foreach (double bad in (double[])[double.NaN, -1])
        {
            ParameterGroupTests.Refused(() => GradientClipping.ByNorm(bench.Parameters, bad), "maxNorm");
            ParameterGroupTests.Refused(ByValue, "maxValue");

            object ByValue()
            {
                GradientClipping.ByValue(bench.Parameters, bad);
                return bad;
            }
        }

        ParameterGroupTests.Refused(() => GradientClipping.ByNorm([bench.Parameters[0], null!], 1), "number 1 of 2");
        Assert.Throws<ArgumentNullException>(() => GradientClipping.ByNorm(null!, 1));
        Parameter gone = bench.Make(1);
        gone.Dispose();
        Assert.Throws<StaleAccessException>(() => GradientClipping.ByNorm([.. bench.Parameters, gone], 0.1));
        Assert.Throws<StaleAccessException>(() => GradientClipping.ByValue([.. bench.Parameters, gone], 0.1));
        Assert.Equal(before, bench.Gradients);
    }

    [Fact]
    public void A_pass_on_shapes_alone_changes_nothing_and_has_no_norm()
    {
        using var bench = new OptimizerBench(DType.F32);
        bench.Send(OptimizerGolden.File.Gradients[0]);
        double[] before = bench.Gradients;
        bench.InShapes(() =>
        {
            Assert.True(double.IsNaN(GradientClipping.ByNorm(bench.Parameters, 0.1)));
            GradientClipping.ByValue(bench.Parameters, 0.1);
        });
        Assert.Equal(before, bench.Gradients);
    }

    [Fact]
    public void Clipping_makes_no_garbage()
    {
        using var bench = new OptimizerBench(DType.F32, threads: 2);
        bench.Send(OptimizerGolden.File.Gradients[0]);
        Round();
        Garbage.AssertNone(200, Round);

        void Round()
        {
            GradientClipping.ByValue(bench.Parameters, 0.5);
            GradientClipping.ByNorm(bench.Parameters, 0.25);
        }
    }
}
