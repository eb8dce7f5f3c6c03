using Workspaces.Autograd;
using Workspaces.Optim;
using Workspaces.Tensors;

namespace Workspaces.Tests.Optim;

/// <summary>Groups of parameters with numbers of their own.</summary>
public sealed class ParameterGroupTests : IDisposable
{
    private readonly OptimizerBench _bench = new(DType.F64);

    public void Dispose() => _bench.Dispose();

    [Fact]
    public void A_group_takes_the_constructors_numbers_unless_it_has_its_own()
    {
        using var sgd = new Sgd([_bench.Parameters[0]], 0.5, weightDecay: 0.25);
        sgd.LearningRate = 0.1;
        ParameterGroup group = sgd.AddGroup([_bench.Parameters[1]]);
        Assert.Equal((0.5, 0.25), (group.LearningRate, group.WeightDecay));
        group.WeightDecay = 0;
        _bench.Send([.. Enumerable.Repeat(1.0, 17)]);
        double[] before = _bench.Values;
        sgd.Step();
        Assert.Equal(2, sgd.KernelCalls);
        for (int i = 0; i < 17; i++)
            Assert.Equal(i < OptimizerGolden.Split ? before[i] - (0.1 * (1 + (0.25 * before[i]))) : before[i] - 0.5, _bench.Values[i], 1e-15);
    }

    [Fact]
    public void The_optimizers_learning_rate_is_that_of_all_groups_when_set()
    {
        using var adam = new Adam([_bench.Parameters[0]], 0.5);
        adam.AddGroup([_bench.Parameters[1]], 0.25);
        Assert.Equal(0.5, adam.LearningRate);
        adam.LearningRate = 2;
        Assert.Equal([2, 2], adam.Groups.Select(static group => group.LearningRate));
        Assert.Throws<ArgumentOutOfRangeException>(() => adam.LearningRate = -1);
        Assert.Equal([2, 2], adam.Groups.Select(static group => group.LearningRate));
    }

    [Fact]
    public void A_group_added_in_the_middle_of_training_begins_its_own_state()
    {
        Parameter late = _bench.Make(1, 2, 3), alone = _bench.Make(1, 2, 3);
        using var adam = new Adam(_bench.Parameters, 0.1);
        _bench.Send(OptimizerGolden.File.Gradients[0]);
        adam.Step();
        long bytes = _bench.Manager.Persistent.StateBytes;
        adam.AddGroup([late]);
        using var other = new Adam([alone], 0.1);
        foreach (Parameter parameter in (Parameter[])[late, alone]) _bench.Send(parameter, 1, -2, 3);
        adam.Step();
        Assert.Equal(bytes + 128, _bench.Manager.Persistent.StateBytes);
        other.Step();
        Assert.Equal(alone.Value.ToArray<double>(), late.Value.ToArray<double>());
    }

    [Fact]
    public void Wrong_groups_are_refused_and_leave_the_optimizer_as_it_was()
    {
        Parameter gone = _bench.Make(1);
        gone.Dispose();
        var sgd = new Sgd([_bench.Parameters[0]], 0.5);
        Refused(() => sgd.AddGroup([]), "there are none");
        Refused(() => sgd.AddGroup([_bench.Parameters[0]]), "came before");
        Refused(() => sgd.AddGroup([_bench.Parameters[1], _bench.Parameters[1]]), "came before");
        Refused(() => sgd.AddGroup([gone]), "was disposed");
        Refused(() => sgd.AddGroup([_bench.Parameters[1]], -1), "LearningRate");
        Refused(() => sgd.AddGroup([_bench.Parameters[1]], 1, double.NaN), "WeightDecay");
        Assert.Throws<ArgumentNullException>(() => sgd.AddGroup(null!));
        Assert.Single(sgd.Groups);
        Assert.Single(sgd.Parameters);
        Refused(() => sgd.Groups[0].WeightDecay = double.PositiveInfinity, "WeightDecay");
        sgd.Dispose();
        Assert.Throws<ObjectDisposedException>(() => sgd.AddGroup([_bench.Parameters[1]]));
    }

    [Fact]
    public void Wrong_numbers_of_the_new_kinds_are_refused()
    {
        Parameter[] weight = [_bench.Parameters[0]];
        foreach (double bad in (double[])[double.NaN, double.PositiveInfinity, -0.1])
        {
            Refused(() => new Sgd(weight, 1, 0.9, dampening: bad), "dampening");
            Refused(() => new RmsProp(weight, bad), "LearningRate");
            Refused(() => new RmsProp(weight, alpha: bad), "alpha");
            Refused(() => new RmsProp(weight, epsilon: bad), "epsilon");
            Refused(() => new RmsProp(weight, momentum: bad), "momentum");
            Refused(() => new RmsProp(weight, weightDecay: bad), "weightDecay");
            Refused(() => new Adagrad(weight, learningRateDecay: bad), "learningRateDecay");
            Refused(() => new Adagrad(weight, initialAccumulator: bad), "initialAccumulator");
            Refused(() => new Adagrad(weight, epsilon: bad), "epsilon");
            Refused(() => new Lion(weight, beta1: bad), "beta1");
            Refused(() => new Lion(weight, beta2: bad), "beta2");
            Refused(() => new Lion(weight, weightDecay: bad), "weightDecay");
        }

        Refused(() => new Sgd(weight, 1, 0.9, nesterov: true, dampening: 0.1), "dampening 0.1");
        Refused(() => new RmsProp([]), "there are none");
    }

    [Fact]
    public void The_first_values_of_state_fill_padding_too_and_do_no_harm()
    {
        using var adagrad = new Adagrad(_bench.Parameters, 0.1, initialAccumulator: 0.5);
        _bench.Send(OptimizerGolden.File.Gradients[0]);
        adagrad.Step();
        OptimizerSlice<double> slice = adagrad.Runs[0].Slice<double>(0, 1, null);
        Assert.Equal((0.5, 0, 0), (slice.State(0)[11], slice.Values[11], slice.Gradients[11]));
        Assert.True(slice.State(2).IsEmpty);
    }

    internal static void Refused(Func<object> action, string part)
    {
        ArgumentException error = Assert.ThrowsAny<ArgumentException>(action);
        Assert.Matches("Cannot .*asked by .*: .*Remedy: ", error.Message);
        Assert.Contains(part, error.Message, StringComparison.Ordinal);
    }
}
