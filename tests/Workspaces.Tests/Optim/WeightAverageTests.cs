using Workspaces.Autograd;
using Workspaces.Memory;
using Workspaces.NN;
using Workspaces.Optim;
using Workspaces.Tensors;
using Workspaces.Tests.Planned;

namespace Workspaces.Tests.Optim;

/// <summary>Averages of weights: formulas, changing places, memory and refusals.</summary>
[Collection(nameof(AloneCollection))]
public sealed class WeightAverageTests
{
    private static readonly double[][] Gradients = OptimizerGolden.File.Gradients;

    [Theory]
    [InlineData(DType.F32, false)]
    [InlineData(DType.F64, false)]
    [InlineData(DType.F64, true)]
    public void An_exponential_average_follows_its_formula(DType dtype, bool warmUp)
    {
        using var bench = new OptimizerBench(dtype);
        using var sgd = new Sgd(bench.Parameters, 0.1, momentum: 0.9);
        using var average = new ExponentialMovingAverage(bench.Parameters, 0.8, warmUp);
        double[] expected = bench.Values;
        for (int step = 1; step <= Gradients.Length; step++)
        {
            bench.Send(Gradients[step - 1]);
            sgd.Step();
            average.Update();
            double decay = warmUp ? Math.Min(0.8, (1.0 + step) / (10.0 + step)) : 0.8;
            double[] now = bench.Values;
            for (int i = 0; i < now.Length; i++) expected[i] = (decay * expected[i]) + ((1 - decay) * now[i]);
        }

        double[] own = bench.Values;
        using (average.SwapIn())
        {
            Assert.True(average.IsSwappedIn);
            OptimizerBench.AssertClose(expected, bench.Values, dtype == DType.F64 ? 1e-14 : 1e-6, "average");
        }

        Assert.Equal(own, bench.Values);
        Assert.Equal(8, average.UpdateCount);
        Assert.False(average.IsSwappedIn);
    }

    [Fact]
    public void An_equal_average_is_the_mean_of_the_values_after_each_step()
    {
        using var bench = new OptimizerBench(DType.F64);
        using var sgd = new Sgd(bench.Parameters, 0.1);
        using var average = new EqualAverage(bench.Parameters);
        var sum = new double[17];
        foreach (double[] gradient in Gradients)
        {
            bench.Send(gradient);
            sgd.Step();
            average.Update();
            double[] now = bench.Values;
            for (int i = 0; i < 17; i++) sum[i] += now[i] / Gradients.Length;
        }

        using WeightAverageScope scope = average.SwapIn();
        OptimizerBench.AssertClose(sum, bench.Values, 1e-14, "mean");
    }

    [Fact]
    public void Buffers_are_averaged_when_asked_for_and_left_alone_otherwise()
    {
        using var bench = new OptimizerBench(DType.F32);
        using var running = new ModuleBuffer([3], DType.F64, 1, "running_mean", bench.Manager);
        using var count = new ModuleBuffer([1], DType.I64, name: "num_batches_tracked", manager: bench.Manager);
        using var alone = new ExponentialMovingAverage(bench.Parameters, 0.5);
        using var both = new ExponentialMovingAverage(bench.Parameters, 0.5, buffers: [running.Value, count.Value, running.Value]);
        running.Value.CopyFrom<double>([3, 5, 7]);
        count.Value.CopyFrom<long>([4]);
        alone.Update();
        both.Update();
        using (alone.SwapIn()) Assert.Equal([3, 5, 7], running.Value.ToArray<double>());
        int version = running.Value.Version;
        using (both.SwapIn())
        {
            Assert.Equal([2, 3, 4], running.Value.ToArray<double>());
            Assert.Equal([4L], count.Value.ToArray<long>());
        }

        Assert.Equal([3, 5, 7], running.Value.ToArray<double>());
        Assert.Equal(version + 2, running.Value.Version);
        Garbage.AssertNone(50, () =>
        {
            both.Update();
            both.SwapIn().Dispose();
        });
        long before = bench.Manager.Persistent.StateBytes;
        new EqualAverage(bench.Parameters, [running.Value]).Dispose();
        Assert.Equal(before, bench.Manager.Persistent.StateBytes);
    }

    [Fact]
    public void An_average_lies_in_persistent_memory_and_leaves_it()
    {
        using var bench = new OptimizerBench(DType.F32);
        var average = new ExponentialMovingAverage(bench.Parameters);
        Assert.Equal(128, bench.Manager.Persistent.StateBytes);
        double[] own = bench.Values;
        WeightAverageScope scope = average.SwapIn();
        bench.Parameters[0].Value.CopyFrom<float>(new float[11]);
        average.Dispose();
        average.Dispose();
        Assert.Equal(own, bench.Values);
        Assert.Equal(0, bench.Manager.Persistent.StateBytes);
        scope.Dispose();
        Assert.Throws<ObjectDisposedException>(() => average.Update());
        Assert.Throws<ObjectDisposedException>(() => average.SwapIn());
    }

    [Fact]
    public void Wrong_uses_are_refused()
    {
        using var bench = new OptimizerBench(DType.F32);
        ParameterGroupTests.Refused(() => new ExponentialMovingAverage([]), "there are none");
        ParameterGroupTests.Refused(() => new EqualAverage([bench.Parameters[0], bench.Parameters[0]]), "came before");
        foreach (double bad in (double[])[1, -0.1, double.NaN]) ParameterGroupTests.Refused(() => new ExponentialMovingAverage(bench.Parameters, bad), "decay");
        Assert.Equal(0, bench.Manager.Persistent.StateBytes);
        using var average = new ExponentialMovingAverage(bench.Parameters);
        using (average.SwapIn())
        {
            Assert.Matches("Cannot update .*Remedy: ", Assert.Throws<InvalidOperationException>(() => average.Update()).Message);
            Assert.Matches("Cannot put .*Remedy: ", Assert.Throws<InvalidOperationException>(() => average.SwapIn()).Message);
        }

        bench.Parameters[1].Dispose();
        Assert.Throws<StaleAccessException>(() => average.Update());
        Assert.Equal(0, average.UpdateCount);
    }

    [Fact]
    public void A_pass_on_shapes_alone_neither_updates_nor_swaps()
    {
        using var bench = new OptimizerBench(DType.F32);
        using var average = new ExponentialMovingAverage(bench.Parameters, 0.5);
        double[] own = bench.Values;
        bench.InShapes(() =>
        {
            average.Update();
            using WeightAverageScope scope = average.SwapIn();
            Assert.False(average.IsSwappedIn);
        });
        Assert.Equal(own, bench.Values);
        Assert.Equal(0, average.UpdateCount);
    }

    [Fact]
    public void A_weight_saved_before_averages_came_in_is_noticed_as_changed()
    {
        using var bench = new OptimizerBench(DType.F32);
        using var average = new ExponentialMovingAverage(bench.Parameters);
        int version = bench.Parameters[0].Value.Version;
        average.SwapIn().Dispose();
        Assert.Equal(version + 2, bench.Parameters[0].Value.Version);
    }

    [Theory]
    [InlineData(DType.F32)]
    [InlineData(DType.F64)]
    public void Threads_change_no_bit_and_averages_make_no_garbage(DType dtype)
    {
        Assert.Equal(Run(1), Run(3));

        double[] Run(int threads)
        {
            using var bench = new OptimizerBench(dtype, threads);
            Parameter large = bench.Make([.. Enumerable.Range(0, 50_001).Select(static i => Math.Sin(i))]), small = bench.Make(1, 2, 3);
            using var sgd = new Sgd([large, small], 0.1);
            using var average = new ExponentialMovingAverage([large, small], 0.7);
            bench.Send(large, [.. Enumerable.Range(0, 50_001).Select(static i => Math.Cos(i))]);
            sgd.Step();
            Round();
            Garbage.AssertNone(50, Round);
            using WeightAverageScope scope = average.SwapIn();
            return [.. OptimizerBench.Numbers(large.Value), .. OptimizerBench.Numbers(small.Value)];

            void Round()
            {
                average.Update();
                average.SwapIn().Dispose();
            }
        }
    }
}
