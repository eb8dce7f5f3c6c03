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

    public static TheoryData<string, double> Numbers => new()
    {
        { "Momentum", 0.5 }, { "Dampening", 0.25 }, { "Beta1", 0.5 }, { "Beta2", 0.75 }, { "Epsilon", 0.125 }, { "Alpha", 0.5 }, { "LearningRateDecay", 0.5 },
    };

    [Theory]
    [MemberData(nameof(Numbers))]
    public void A_group_with_a_number_of_its_own_moves_as_an_optimizer_made_with_it(string name, double value)
    {
        int tried = 0;
        foreach (string kind in (string[])["sgd", "adam", "adamw", "rmsprop", "adagrad", "lion"])
        {
            Parameter[] grouped = [_bench.Make(1, 2, 3), _bench.Make(1, 2, 3)];
            Parameter[] apart = [_bench.Make(1, 2, 3), _bench.Make(1, 2, 3)];
            using Optimizer one = Make(kind, [grouped[0]], null, 0), first = Make(kind, [apart[0]], null, 0);
            if (!one.Groups[0].Names.Contains(name)) continue;
            tried++;
            using Optimizer second = Make(kind, [apart[1]], name, value);
            ParameterGroup group = one.AddGroup([grouped[1]], numbers: new Dictionary<string, double> { [name] = value });
            Assert.Equal(value, group[name]);
            Assert.NotEqual(value, one.Groups[0][name.ToUpperInvariant()]);
            for (int step = 0; step < 3; step++)
            {
                foreach (Parameter parameter in (Parameter[])[.. grouped, .. apart]) _bench.Send(parameter, 1, -2 + step, 3);
                one.Step();
                first.Step();
                second.Step();
            }

            for (int i = 0; i < 2; i++) Assert.Equal(apart[i].Value.ToArray<double>(), grouped[i].Value.ToArray<double>());
        }

        Assert.True(tried > 0);
    }

    [Fact]
    public void A_number_may_be_set_between_steps_and_what_it_remembers_until_the_first_one()
    {
        Parameter late = _bench.Make(1, 2, 3), alone = _bench.Make(1, 2, 3);
        using var sgd = new Sgd([late], 0.1);
        using var other = new Sgd([alone], 0.1, momentum: 0.9);
        sgd.Groups[0]["momentum"] = 0.9;
        for (int step = 0; step < 3; step++)
        {
            foreach (Parameter parameter in (Parameter[])[late, alone]) _bench.Send(parameter, 1, -2, 3);
            sgd.Step();
            other.Step();
        }

        Assert.Equal(alone.Value.ToArray<double>(), late.Value.ToArray<double>());
        Assert.Equal(0.9, sgd.Momentum);
        using var rms = new RmsProp([_bench.Parameters[0]]);
        _bench.Send([.. Enumerable.Repeat(1.0, 17)]);
        rms.Step();
        var error = Assert.Throws<InvalidOperationException>(() => rms.Groups[0]["Momentum"] = 0.5);
        Assert.Matches("Cannot set Momentum = 0.5.*asked by RmsProp: .*Remedy: ", error.Message);
        Assert.Equal(0, rms.Momentum);
        rms.Groups[0]["Alpha"] = 0.5;
        Assert.Equal(0.5, rms.Alpha);
    }

    [Fact]
    public void Wrong_numbers_of_groups_are_refused()
    {
        using var adam = new Adam([_bench.Parameters[0]]);
        Refused(() => adam.AddGroup([_bench.Parameters[1]], numbers: new Dictionary<string, double> { ["Momentum"] = 0.5 }), "LearningRate, WeightDecay, Beta1, Beta2, Epsilon");
        Refused(() => adam.AddGroup([_bench.Parameters[1]], numbers: new Dictionary<string, double> { ["Beta1"] = 1 }), "Beta1 = 1");
        Refused(() => adam.Groups[0]["Epsilon"] = double.PositiveInfinity, "Epsilon");
        Refused(() => adam.Groups[0]["Beta2"] = double.NaN, "Beta2");
        Refused(() => adam.Groups[0]["Gamma"], "'Gamma'");
        Assert.Single(adam.Groups);
        Assert.Equal(0.999, adam.Beta2);
    }

    private static Optimizer Make(string kind, Parameter[] parameters, string? name, double value)
    {
        double Of(string number, double usual) => number == name ? value : usual;
        return kind switch
        {
            "sgd" => new Sgd(parameters, 0.1, Of("Momentum", 0.9), dampening: Of("Dampening", 0)),
            "adam" => new Adam(parameters, 0.1, Of("Beta1", 0.9), Of("Beta2", 0.999), Of("Epsilon", 1e-8)),
            "adamw" => new AdamW(parameters, 0.1, Of("Beta1", 0.9), Of("Beta2", 0.999), Of("Epsilon", 1e-8)),
            "rmsprop" => new RmsProp(parameters, 0.1, Of("Alpha", 0.99), Of("Epsilon", 1e-8), momentum: Of("Momentum", 0)),
            "adagrad" => new Adagrad(parameters, 0.1, Of("LearningRateDecay", 0), epsilon: Of("Epsilon", 1e-10)),
            _ => new Lion(parameters, 0.1, Of("Beta1", 0.9), Of("Beta2", 0.99)),
        };
    }

    internal static void Refused(Func<object> action, string part)
    {
        ArgumentException error = Assert.ThrowsAny<ArgumentException>(action);
        Assert.Matches("Cannot .*asked by .*: .*Remedy: ", error.Message);
        Assert.Contains(part, error.Message, StringComparison.Ordinal);
    }
}
