using Workspaces.Autograd;
using Workspaces.Memory;
using Workspaces.NN;
using Workspaces.Ops;
using Workspaces.Tensors;

namespace Workspaces.Tests.Parity;

/// <summary>What the checked arrays of AllocArrays.jl are tested for, asked of tensors.</summary>
public sealed class AllocArraysParityTests : IDisposable
{
    private readonly WorkspaceManager _manager = new();
    private readonly Workspace _workspace;

    public AllocArraysParityTests() => _workspace = _manager.Lease(new() { Name = "step" });

    public void Dispose()
    {
        _workspace.Dispose();
        _manager.Dispose();
    }

    [Fact]
    public void Results_of_code_that_knows_nothing_of_workspaces_lie_in_the_one_of_its_operands()
    {
        using Pass pass = _workspace.Enter();
        Assert.Same(_workspace, SumOfSquares(Tensor.Ones([10])).Workspace);
        Assert.Equal(20f, SumOfSquares(Tensor.Full([5], 2)).Item());
    }

    [Fact]
    public void Results_put_into_an_outer_list_throw_at_the_next_read_in_arenas_of_fixed_and_learned_size()
    {
        foreach (WorkspaceConfiguration configuration in (WorkspaceConfiguration[])
                     [new() { Name = "learned" }, new() { Name = "fixed", PolicyLearning = LearningPolicy.None, InitialSize = 1 << 20 }])
        {
            using Workspace workspace = _manager.Lease(configuration);
            var escaped = new List<Tensor>();
            for (int i = 0; i < 3; i++)
            {
                using Pass pass = workspace.Enter();
                escaped.Add(SumOfSquares(Tensor.Ones([10])));
            }

            foreach (Tensor result in escaped)
            {
                string message = Assert.Throws<StaleAccessException>(() => result.Item()).Message;
                Assert.Contains($"workspace '{configuration.Name}'", message, StringComparison.Ordinal);
                Assert.Contains("MoveTo a workspace that lives longer", message, StringComparison.Ordinal);
            }
        }
    }

    [Fact]
    public void Results_of_slices_and_broadcasts_are_tensors_of_the_workspace_and_end_with_it()
    {
        Tensor result, slice;
        using (_workspace.Enter())
        {
            Tensor x = Tensor.From<float>([1, 2, 3, 4, 5, 6], [2, 3]);
            slice = x.Index(.., 1..);
            result = slice + x.Index(..1, 0).BroadcastTo([2, 2]) * 10;
            Assert.Same(_workspace, result.Workspace);
            Assert.Equal([12f, 13, 15, 16], result.ToArray<float>());
        }

        Assert.Throws<StaleAccessException>(() => result.ToArray<float>());
        Assert.Throws<StaleAccessException>(() => slice.ToArray<float>());
    }

    [Fact]
    public void Two_hundred_requests_far_above_the_initial_size_ask_the_system_little_and_the_next_pass_nothing()
    {
        using Workspace workspace = _manager.Lease(new() { Name = "small", InitialSize = 64 << 10 });
        Fill(workspace);
        Assert.InRange(workspace.SystemCalls, 1, 50);
        Fill(workspace);
        long calls = workspace.SystemCalls;
        for (int i = 0; i < 5; i++) Fill(workspace);
        Assert.Equal(calls, workspace.SystemCalls);
        Assert.Equal(WorkspaceState.Planned, workspace.State);
        Assert.True(workspace.Memory.Committed >= 200 * 25_600);
    }

    [Fact]
    public void A_workspace_prints_its_state_its_passes_and_its_bytes()
    {
        using (_workspace.Enter()) Tensor.Ones([16]);
        using Pass pass = _workspace.Enter();
        Tensor.Ones([16]);
        Assert.Equal($"workspace 'step' ({_workspace.State}, pass {_workspace.PassCount}, 64 of {_workspace.Memory.Committed} bytes)", _workspace.ToString());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_network_predicts_the_same_bits_without_a_workspace_and_with_any_checks(bool convolutions)
    {
        using Sequential model = convolutions
            ? new Sequential(new Conv2d(1, 4, 3, manager: _manager), new ReLU(), new MaxPool2d(2), new Flatten(), new Linear(4 * 5 * 5, 10, manager: _manager))
            : new Sequential(new Linear(144, 32, manager: _manager), new ReLU(), new Linear(32, 10, manager: _manager));
        model.Initialize(3);
        float[] expected = Predict(model, convolutions);
        Assert.All(expected, static value => Assert.True(float.IsFinite(value)));
        foreach (CheckMode checks in Enum.GetValues<CheckMode>())
        {
            using Workspace workspace = _manager.Lease(new() { Name = checks.ToString(), Checks = checks });
            for (int i = 0; i < 4; i++)
            {
                using Pass pass = workspace.Enter();
                Assert.Equal(expected, Predict(model, convolutions));
            }
        }
    }

    private static Tensor SumOfSquares(Tensor x) => (x * x).Sum();

    private static void Fill(Workspace workspace)
    {
        using Pass pass = workspace.Enter();
        for (int i = 0; i < 200; i++) Tensor.Ones([6400]).Keep();
    }

    private static float[] Predict(Sequential model, bool convolutions)
    {
        using NoGradScope off = Gradients.Off();
        Tensor input = Tensor.Arange(0, 1, 1.0 / 288);
        return model.Forward(convolutions ? input.Reshape(2, 1, 12, 12) : input.Reshape(2, 144)).ToArray<float>();
    }
}
