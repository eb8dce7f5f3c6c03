using Workspaces.Autograd;
using Workspaces.Memory;
using Workspaces.NN;
using Workspaces.Ops;
using Workspaces.Optim;
using Workspaces.Seams;
using Workspaces.Tensors;
using Workspaces.Tests.Memory;

namespace Workspaces.Tests.Parity;

/// <summary>Networks in workspaces: the same bits whatever the mode, and no trace of each other.</summary>
public sealed class NetworkTests : IDisposable
{
    private readonly WorkspaceManager _manager = new();

    public void Dispose() => _manager.Dispose();

    public enum Cell
    {
        RNN,
        GRU,
        LSTM,
    }

    [Fact]
    public void Two_networks_of_different_modes_do_not_affect_each_other()
    {
        WorkspaceConfiguration on = new() { Name = "on" }, off = new() { Name = "off", WorkspaceMode = WorkspaceMode.None };
        List<float> alone = [], other = [], first = [], second = [];
        using (var net = new Net(_manager, on, 1)) Repeat(20, () => alone.Add(net.Step()));
        using (var net = new Net(_manager, off, 2)) Repeat(20, () => other.Add(net.Step()));
        using (Net one = new(_manager, on, 1), two = new(_manager, off, 2))
        {
            Repeat(20, () =>
            {
                first.Add(one.Step());
                second.Add(two.Step());
            });
        }

        Assert.Equal(alone, first);
        Assert.Equal(other, second);
        Assert.True(alone[^1] < alone[0]);
    }

    [Theory]
    [InlineData(Cell.RNN, WorkspaceMode.Enabled)]
    [InlineData(Cell.RNN, WorkspaceMode.Single)]
    [InlineData(Cell.GRU, WorkspaceMode.Enabled)]
    [InlineData(Cell.GRU, WorkspaceMode.Single)]
    [InlineData(Cell.LSTM, WorkspaceMode.Enabled)]
    [InlineData(Cell.LSTM, WorkspaceMode.Single)]
    public void Steps_in_time_and_truncated_training_give_the_same_bits_as_without_workspaces(Cell cell, WorkspaceMode mode)
    {
        float[] plain = Recur(cell, new() { WorkspaceMode = WorkspaceMode.None });
        Assert.Equal(plain, Recur(cell, new() { Name = "recurrent", WorkspaceMode = mode }));
        Assert.True(plain.All(float.IsFinite) && plain.Distinct().Count() > plain.Length / 2);
    }

    [Fact]
    public void Fifty_steps_that_feed_the_output_back_equal_those_without_workspaces()
    {
        float[] Run(WorkspaceConfiguration configuration)
        {
            using var model = new Sequential(new Linear(6, 6, seed: 5, manager: _manager), new Tanh());
            using Workspace workspace = _manager.Lease(configuration);
            Tensor state = Tensor.Arange(0, 6).Reshape(1, 6);
            for (int i = 0; i < 50; i++)
            {
                using Pass pass = workspace.Enter();
                using NoGradScope off = Gradients.Off();
                Tensor next = model.Forward(state), turned = next.Transpose().Slice(0, 1, 5);
                Tensor joined = Tensor.Concat([turned.Transpose(), next.Slice(1, 0, 1)], axis: 1);
                joined.CopyTo(state);
            }

            return state.ToArray<float>();
        }

        float[] plain = Run(new() { WorkspaceMode = WorkspaceMode.None });
        Assert.Equal(plain, Run(new()));
        Assert.Equal(plain, Run(new() { Lifetimes = LifetimePolicy.LastUse }));
        Assert.Contains(plain, static value => value is > 0.001f or < -0.001f);
    }

    [Fact]
    public void Batches_that_grow_and_shrink_again_are_right_even_from_a_tiny_workspace()
    {
        using var model = new Sequential(new Linear(9, 30, seed: 1, manager: _manager), new ReLU(), new Linear(30, 4, seed: 2, manager: _manager));
        using var callable = new WorkspaceModel(inputs => model.Forward(inputs[0]), new() { Name = "tiny", InitialSize = 64 }, _manager);
        int[] sizes = [1, 2, 4, 8, 16, 32, 64, 32, 16, 8, 4, 2, 1];
        var expected = new Dictionary<int, float[]>();
        using (Workspace plain = _manager.Lease(new() { WorkspaceMode = WorkspaceMode.None }))
        using (NoGradScope off = Gradients.Off())
        {
            foreach (int size in sizes.Distinct()) expected[size] = model.Forward(Input(size)).ToArray<float>();
        }

        long committed = 0;
        for (int round = 0; round < 4; round++)
        {
            foreach (int size in sizes)
            {
                using Tensor x = Outside.Run(() => Input(size));
                using Tensor result = Outside.Run(() => callable.Run(x));
                Assert.Equal(expected[size], result.ToArray<float>());
            }

            using Workspace probe = _manager.Lease(new() { Name = "tiny", InitialSize = 64 });
            if (round == 1) committed = probe.Memory.Committed;
            if (round > 1) Assert.Equal(committed, probe.Memory.Committed);
        }

        static Tensor Input(int size) => Tensor.Arange(0, size * 9).Reshape(size, 9).Multiply(0.01);
    }

    [Fact]
    public void A_model_runs_inside_workspaces_of_its_caller_and_results_are_the_callers()
    {
        using var linear = new Linear(3, 1, seed: 4, manager: _manager);
        using WorkspaceModel callable = linear.InWorkspace(manager: _manager);
        using Workspace outer = _manager.Lease(new() { Name = "outer" });
        using Workspace inner = _manager.Lease(new() { Name = "inner" });
        Tensor kept, x = Tensor.Ones([1, 3]);
        var scores = new List<float>();
        for (int i = 0; i < 5; i++)
        {
            using Pass pass = inner.Enter();
            Tensor result = callable.Run(x); // 1 × 1, an input of one row
            Assert.Same(inner, result.Workspace);
            scores.Add(result.Subtract(1).Square().Mean().Item());
        }

        using (inner.Enter()) kept = callable.Run(x).MoveTo(outer);
        Assert.Single(scores.Distinct());
        Assert.Equal((new Shape(1, 1), outer), (kept.Shape, kept.Workspace));
        Assert.Equal(scores[0], kept.Subtract(1).Square().Mean().Item());
    }

    [Fact]
    public void A_module_may_return_a_copy_a_view_or_its_input()
    {
        using var linear = new Linear(4, 4, seed: 7, manager: _manager);
        float[] Run(Func<Tensor, Tensor> step)
        {
            using Workspace workspace = _manager.Lease(new());
            float[] result = [];
            for (int i = 0; i < 4; i++)
            {
                using Pass pass = workspace.Enter();
                Tensor x = Tensor.Arange(0, 8).Reshape(2, 4);
                using Sequential chain = [new Step(step), new Step(step)];
                Tensor y = linear.Forward(chain.Forward(x));
                y.Sum().Backward();
                result = [.. y.ToArray<float>(), .. linear.Weight.Grad!.Value.ToArray<float>()];
                linear.Weight.ZeroGrad();
            }

            return result;
        }

        float[] expected = Run(static x => x);
        Assert.Equal(expected, Run(static x => x.Copy()));
        Assert.Equal(expected, Run(static x => x.Reshape(4, 2).Reshape(2, 4)));
        float[] turned = Run(static x => x.Transpose().Contiguous().Transpose()); // its products are summed in another order
        Assert.All(expected.Zip(turned), static pair => Assert.Equal(pair.First, pair.Second, 1e-5));
    }

    private static void Repeat(int times, Action step)
    {
        for (int i = 0; i < times; i++) step();
    }

    /// <summary>Twelve steps in time, the state carried by hand and cut from its graph every three steps, with an update each; outputs and final weights.</summary>
    private float[] Recur(Cell cell, WorkspaceConfiguration configuration)
    {
        using Workspace workspace = _manager.Lease(configuration);
        using Recurrent layer = cell switch
        {
            Cell.RNN => new RNN(3, 4, options: new() { Seed = 1 }, manager: _manager),
            Cell.GRU => new GRU(3, 4, new() { Seed = 1 }, _manager),
            _ => new LSTM(3, 4, new() { Seed = 1 }, _manager),
        };
        using var sgd = new Sgd(layer.Parameters, 0.05);
        Tensor state = Tensor.Zeros([1, 2, 4]), memory = Tensor.Zeros([1, 2, 4]);
        var values = new List<float>();
        for (int part = 0; part < 8; part++)
        {
            using Pass pass = workspace.Enter();
            Tensor x = Tensor.Arange(0, 18).Reshape(2, 3, 3).Multiply(0.1).Subtract(part * 0.2);
            RecurrentOutput output = layer switch
            {
                RNN rnn => rnn.Forward(x, state),
                GRU gru => gru.Forward(x, state),
                _ => ((LSTM)layer).Forward(x, state, memory),
            };
            Tensor loss = output.Output.Square().Mean();
            loss.Backward();
            sgd.Step();
            values.AddRange(output.Output.ToArray<float>());
            output.State.Detach().CopyTo(state);
            if (output.Cell is { } cellState) cellState.Detach().CopyTo(memory);
        }

        foreach (Parameter parameter in layer.Parameters) values.AddRange(parameter.Value.ToArray<float>());
        return [.. values];
    }

    private sealed class Step(Func<Tensor, Tensor> step) : Module
    {
        public override Tensor Forward(Tensor input) => step(input);
    }

    /// <summary>A small network with its workspace and optimizer.</summary>
    private sealed class Net : IDisposable
    {
        private readonly WorkspaceManager _manager;
        private readonly WorkspaceConfiguration _configuration;
        private readonly Sequential _model;
        private readonly Sgd _sgd;

        public Net(WorkspaceManager manager, WorkspaceConfiguration configuration, ulong seed)
        {
            (_manager, _configuration) = (manager, configuration);
            _model = [new Linear(6, 8, seed: seed, manager: manager), new Tanh(), new Linear(8, 3, seed: seed + 10, manager: manager)];
            _sgd = new Sgd(_model.Parameters, 0.2);
        }

        public float Step()
        {
            using Workspace workspace = _manager.Lease(_configuration);
            Tensor x = Tensor.Arange(0, 24).Reshape(4, 6).Multiply(0.05), y = Tensor.From<long>([0, 1, 2, 1]);
            Tensor loss = _model.Forward(x).CrossEntropy(y);
            loss.Backward();
            _sgd.Step();
            return loss.Item();
        }

        public void Dispose()
        {
            _sgd.Dispose();
            _model.Dispose();
        }
    }
}
