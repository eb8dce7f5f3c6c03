using Workspaces.Autograd;
using Workspaces.Memory;
using Workspaces.NN;
using Workspaces.Ops;
using Workspaces.Optim;
using Workspaces.Tensors;

namespace Workspaces.Tests.Optim;

/// <summary>Runs over the slab, the life of gradients, state, and refusals.</summary>
public sealed class OptimizerTests : IDisposable
{
    private readonly WorkspaceManager _manager = new();
    private readonly Workspace _workspace;

    public OptimizerTests() => _workspace = _manager.Lease(new() { Name = "step" });

    public void Dispose()
    {
        _workspace.Dispose();
        _manager.Dispose();
    }

    private Parameter Make(int length, DType dtype = DType.F32) => new(new Shape(length), dtype, manager: _manager);

    /// <summary>Sends a gradient of this value everywhere.</summary>
    private void Send(Parameter parameter, double gradient)
    {
        using Pass pass = _workspace.Enter();
        parameter.Value.Multiply(gradient).Sum().Backward();
    }

    private static double First(Parameter parameter) =>
        parameter.Value.DType == DType.F64 ? parameter.Value.ToArray<double>()[0] : parameter.Value.ToArray<float>()[0];

    [Fact]
    public void Neighbours_of_any_length_make_one_run()
    {
        Parameter[] parameters = [Make(1), Make(16), Make(17), Make(63)];
        using var sgd = new Sgd(parameters, 1);
        Assert.Equal(1, sgd.Runs.Length);
        foreach (Parameter parameter in parameters) Send(parameter, 1);
        sgd.Step();
        Assert.Equal(1, sgd.KernelCalls);
        Assert.All(parameters, static parameter => Assert.All(parameter.Value.ToArray<float>(), static value => Assert.Equal(-1, value)));
    }

    [Fact]
    public void Gaps_types_and_managers_split_runs_and_order_does_not()
    {
        using var other = new WorkspaceManager();
        Parameter a = Make(5), b = Make(5), gap = Make(100), c = Make(5), d = Make(5, DType.F64), e = Make(0), f = Make(5, DType.F64);
        var g = new Parameter(new Shape(5), manager: other);
        using var sgd = new Sgd([f, c, g, a, e, d, b], 0.5);
        Assert.Equal([2, 1, 2, 1], sgd.Runs.ToArray().Select(static run => run.Count));
        Parameter[] all = [a, b, c, d, f, g];
        foreach (Parameter parameter in all) Send(parameter, 2);
        sgd.Step();
        Assert.Equal(4, sgd.KernelCalls);
        Assert.All(all, static parameter => Assert.Equal(-1, First(parameter)));
        Assert.Equal(0, First(gap));
    }

    [Fact]
    public void Padding_between_neighbours_stays_zero()
    {
        Parameter[] reused = [Make(20), Make(20)];
        foreach (Parameter parameter in reused)
        {
            parameter.Value.CopyFrom<float>(Enumerable.Repeat(float.NaN, 20).ToArray());
            Send(parameter, 1);
            parameter.Dispose();
        }

        _workspace.Enter().Dispose();
        Parameter[] parameters = [Make(1), Make(3), Make(5)];
        using var adam = new Adam(parameters, 0.1, weightDecay: 0.1);
        for (int i = 0; i < 3; i++)
        {
            foreach (Parameter parameter in parameters) Send(parameter, 1);
            adam.Step();
        }

        OptimizerSlice<float> slice = adam.Runs[0].Slice<float>(0, 2, null);
        Assert.Equal(32 + 5, slice.Values.Length);
        foreach (int at in new[] { 1, 15, 19, 31 })
        {
            Assert.Equal(0, slice.Values[at]);
            Assert.Equal(0, slice.Gradients[at]);
            Assert.Equal(0, slice.State(0)[at]);
            Assert.Equal(0, slice.State(1)[at]);
        }

        Assert.NotEqual(0, slice.State(1)[36]);
    }

    [Fact]
    public void Without_a_gradient_a_parameter_and_its_state_stand_still()
    {
        Parameter a = Make(4, DType.F64), b = Make(4, DType.F64), c = Make(4, DType.F64);
        Parameter alone = Make(4, DType.F64);
        using var adam = new Adam([a, b, c], 0.1);
        using var reference = new Adam([alone], 0.1);
        for (int step = 0; step < 4; step++)
        {
            Send(a, step + 1);
            Send(c, step + 1);
            if (step % 2 == 1)
            {
                Send(b, step + 1);
                Send(alone, step + 1);
                reference.Step();
            }

            adam.Step();
            Assert.Equal(step == 0 ? 2 : step % 2 == 0 ? 2 : 3, adam.KernelCalls);
        }

        Assert.Equal(First(alone), First(b));
        Assert.Equal(First(a), First(c));
        Assert.NotEqual(First(a), First(b));
        Assert.Equal(4, adam.StepCount);
    }

    [Fact]
    public void No_zeroing_is_needed_between_steps()
    {
        Parameter weight = Make(3);
        using var sgd = new Sgd([weight], 1);
        Send(weight, 1);
        sgd.Step();
        Assert.Equal(GradientState.Consumed, weight.GradState);
        Send(weight, 10);
        Assert.Equal(10, weight.Grad!.Value.ToArray<float>()[0]);
        sgd.Step();
        Assert.Equal(-11, First(weight));
        Assert.Equal(0, _manager.Persistent.DeferredGradientBytes);
    }

    [Fact]
    public void A_gradient_is_applied_once()
    {
        Parameter weight = Make(3);
        using var sgd = new Sgd([weight], 1, momentum: 0.9);
        sgd.Step();
        Assert.Equal(0, _manager.Persistent.StateBytes);
        Send(weight, 1);
        sgd.Step();
        sgd.Step();
        Assert.Equal(-1, First(weight));
        Assert.Equal(3, sgd.StepCount);
    }

    [Fact]
    public void Two_backwards_accumulate()
    {
        Parameter weight = Make(3);
        using var sgd = new Sgd([weight], 1);
        Send(weight, 1);
        Send(weight, 2);
        sgd.Step();
        Assert.Equal(-3, First(weight));
    }

    [Fact]
    public void Kept_gradients_are_added_to_and_applied_again()
    {
        Parameter weight = Make(3);
        using var sgd = new Sgd([weight], 1);
        Send(weight, 1);
        sgd.Step(keepGradients: true);
        sgd.Step(keepGradients: true);
        Assert.Equal(-2, First(weight));
        Send(weight, 1);
        sgd.Step();
        Assert.Equal(-4, First(weight));
        Send(weight, 1);
        sgd.ZeroGrad();
        sgd.Step();
        Assert.Equal(-4, First(weight));
    }

    [Fact]
    public void A_weight_that_changed_since_the_forward_pass_is_noticed()
    {
        using Sequential model = [new Linear(3, 3, seed: 1, manager: _manager), new Tanh(), new Linear(3, 3, seed: 2, manager: _manager)];
        using var sgd = new Sgd(model.Parameters, 0.1);
        using Pass pass = _workspace.Enter();
        Tensor x = Tensor.Ones(new Shape(2, 3));
        Tensor stale = model.Forward(x).Sum();
        model.Forward(x).Sum().Backward();
        sgd.Step();
        Assert.Contains("version", Assert.Throws<InvalidOperationException>(() => stale.Backward()).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_learning_rate_may_change_between_steps()
    {
        Parameter weight = Make(3);
        using var sgd = new Sgd([weight], 1);
        Send(weight, 1);
        sgd.Step();
        sgd.LearningRate = 0.25;
        Send(weight, 1);
        sgd.Step();
        Assert.Equal(-1.25, First(weight));
    }

    [Fact]
    public void State_comes_with_the_first_step_and_goes_with_the_optimizer()
    {
        Parameter a = Make(16), b = Make(16);
        using var sgd = new Sgd([a, b], 0.1);
        var adam = new Adam([a, b], 0.1);
        Send(a, 1);
        sgd.Step(keepGradients: true);
        Assert.Equal(0, _manager.Persistent.StateBytes);
        adam.Step();
        Assert.Equal(2 * 2 * 64, _manager.Persistent.StateBytes);
        adam.Dispose();
        adam.Dispose();
        Assert.Equal(0, _manager.Persistent.StateBytes);
        Assert.Throws<ObjectDisposedException>(() => adam.Step());
        Assert.True(a.Value.IsAlive);
    }

    [Fact]
    public void A_disposed_parameter_is_an_error_before_anything_changes()
    {
        Parameter a = Make(4), gap = Make(4), b = Make(4);
        using var sgd = new Sgd([a, b], 1);
        Send(a, 1);
        b.Dispose();
        Assert.Throws<StaleAccessException>(() => sgd.Step());
        Assert.Equal(0, First(a));
        Assert.Equal(GradientState.Accumulated, a.GradState);
        Assert.Equal(0, First(gap));
    }

    [Fact]
    public void Wrong_parameters_are_refused()
    {
        Parameter weight = Make(4), gone = Make(4);
        gone.Dispose();
        Refused(() => new Sgd([], 1), "there are none");
        Refused(() => new Sgd([weight, weight], 1), "came before");
        Refused(() => new Sgd([weight, gone], 1), "was disposed");
        Refused(() => new Adam([weight, null!]), "is null");
        Assert.Throws<ArgumentNullException>(() => new Sgd(null!, 1));
    }

    [Theory]
    [InlineData(double.NaN)]
    [InlineData(double.PositiveInfinity)]
    [InlineData(-0.1)]
    public void Wrong_numbers_are_refused(double bad)
    {
        Parameter[] weight = [Make(4)];
        Refused(() => new Sgd(weight, bad), "LearningRate");
        Refused(() => new Sgd(weight, 1, momentum: bad), "momentum");
        Refused(() => new Sgd(weight, 1, weightDecay: bad), "weightDecay");
        Refused(() => new Adam(weight, 1, beta1: bad), "beta1");
        Refused(() => new Adam(weight, 1, beta2: bad), "beta2");
        Refused(() => new AdamW(weight, 1, epsilon: bad), "epsilon");
        Refused(() => new AdamW(weight, 1, weightDecay: bad), "weightDecay");
        Refused(() => new Adam(weight, 1, beta1: 1), "beta1");
        Refused(() => new Sgd(weight, 1, nesterov: true), "momentum");
        using var sgd = new Sgd(weight, 1);
        Refused(() => sgd.LearningRate = bad, "LearningRate");
        Assert.Equal(1, sgd.LearningRate);
    }

    [Fact]
    public void A_kind_of_ones_own_sees_values_gradients_and_state()
    {
        Parameter a = Make(4), b = Make(40_000);
        using var signs = new SignDescent([a, b]);
        for (int i = 0; i < 3; i++)
        {
            Send(a, 5);
            Send(b, -5);
            signs.Step();
        }

        Assert.Equal(-(1 + 2 + 3), First(a));
        Assert.Equal(1 + 2 + 3, First(b));
        Assert.Throws<ArgumentOutOfRangeException>(() => new SignDescent([a], states: 4));
    }

    [Fact]
    public void A_training_step_makes_no_garbage_and_asks_the_system_for_nothing()
    {
        _manager.KernelThreads = 2;
        using Sequential model = [new Linear(20, 30, seed: 1, manager: _manager), new ReLU(), new Dropout(0.1, seed: 4), new Linear(30, 5, seed: 2, manager: _manager)];
        using var adam = new Adam(model.Parameters);
        Tensor x = Tensor.Ones(new Shape(8, 20)), labels = Tensor.From<long>([0, 1, 2, 3, 4, 0, 1, 2]);
        long before = 0, calls = 0;
        for (int step = 0; step < 520; step++)
        {
            if (step == 100) GC.Collect();
            if (step == 20)
            {
                before = GC.GetAllocatedBytesForCurrentThread();
                calls = _workspace.SystemCalls;
            }

            using Pass pass = _workspace.Enter();
            model.Forward(x).CrossEntropy(labels).Backward();
            adam.Step();
        }

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        Assert.Equal(0, _workspace.SystemCalls - calls);
    }

    private static void Refused(Func<object> action, string part)
    {
        ArgumentException error = Assert.ThrowsAny<ArgumentException>(action);
        Assert.Contains(part, error.Message, StringComparison.Ordinal);
        Assert.Contains("Remedy", error.Message, StringComparison.Ordinal);
    }

    /// <summary>Steps 1, 2, 3 … against the sign of the gradient; the state counts.</summary>
    private sealed class SignDescent(IEnumerable<Parameter> parameters, int states = 1) : Optimizer(parameters, learningRate: 1, states)
    {
        protected override void Update<T>(in OptimizerSlice<T> slice)
        {
            Span<T> count = slice.State(0);
            for (int i = 0; i < slice.Values.Length; i++)
            {
                count[i] += T.One;
                slice.Values[i] -= count[i] * T.CreateTruncating(T.Sign(slice.Gradients[i]));
            }
        }
    }
}
