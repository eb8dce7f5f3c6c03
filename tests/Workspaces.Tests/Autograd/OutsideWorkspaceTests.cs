using Workspaces.Autograd;
using Workspaces.Memory;
using Workspaces.NN;
using Workspaces.Ops;
using Workspaces.Optim;
using Workspaces.Tensors;

namespace Workspaces.Tests.Autograd;

/// <summary>What the tape holds of persistent memory: outside every workspace, and inside passes that end without backward.</summary>
[Collection(nameof(AloneCollection))]
public sealed class OutsideWorkspaceTests
{
    [Fact]
    public void Training_without_any_workspace_equals_training_in_one()
    {
        float[] outside = Losses(null);
        using Workspace workspace = WorkspaceManager.Create(new WorkspaceConfiguration());
        Assert.Equal(Losses(workspace), outside);
    }

    [Fact]
    public void Releasing_results_before_backward_is_right_outside_every_workspace()
    {
        using Tensor x = Tensor.From<float>([1, -2, 3]).RequireGrad();
        Tensor loss;
        using (Tensor h = x.Multiply(2))
        using (Tensor r = h.Relu())
            loss = r.Multiply(r).Sum();
        loss.Backward();

        Assert.Equal([8f, 0f, 24f], x.Grad!.Value.ToArray<float>());
        loss.Dispose();
    }

    [Fact]
    public void A_weight_disposed_between_forward_and_backward_still_gives_right_gradients()
    {
        using var manager = new WorkspaceManager();
        using Workspace workspace = manager.Lease(new WorkspaceConfiguration());
        var weight = new Parameter(new Shape(1, 2), manager: manager);
        weight.Value.CopyFrom<float>([3, 4]);
        using Pass pass = workspace.Enter();
        Tensor x = Tensor.From<float>([1, 2], new Shape(1, 2)).RequireGrad();
        Tensor y = x.Linear(weight.Value).Sum();
        weight.Dispose();

        y.Backward();

        Assert.Equal([3f, 4f], x.Grad!.Value.ToArray<float>());
    }

    [Fact]
    public void A_pass_that_never_runs_backward_lets_go_of_the_weights_at_its_end()
    {
        using var manager = new WorkspaceManager();
        using Workspace workspace = manager.Lease(new WorkspaceConfiguration());
        var weight = new Parameter(new Shape(4, 4), manager: manager);
        using (workspace.Enter())
        {
            Tensor x = Tensor.Ones(new Shape(2, 4)).RequireGrad();
            x.Linear(weight.Value);
        }

        weight.Dispose();

        Assert.Equal(0, manager.Persistent.ParameterBytes);
    }

    [Fact]
    public void Graphs_outside_every_workspace_that_never_run_backward_are_let_go()
    {
        PersistentBytesOf(passes: 50);
        long before = WorkspaceManager.Default.Persistent.StateBytes;

        PersistentBytesOf(passes: 500);
        GC.Collect();
        GC.WaitForPendingFinalizers();
        PersistentBytesOf(passes: 1);

        Assert.InRange(WorkspaceManager.Default.Persistent.StateBytes - before, long.MinValue, 64 << 10);
    }

    [Fact]
    public void A_result_moves_to_the_outer_pass_of_its_lease()
    {
        using Workspace workspace = WorkspaceManager.Create(new WorkspaceConfiguration());
        Tensor kept;
        using (workspace.Enter()) kept = Tensor.Full(new Shape(3), 7).MoveTo(workspace.OuterPass);

        Assert.Equal(21, kept.Sum().Item());
        workspace.Dispose();
        Assert.Throws<ObjectDisposedException>(() => workspace.OuterPass);
    }

    private static void PersistentBytesOf(int passes)
    {
        using Tensor x = Tensor.Ones(new Shape(64, 16)).RequireGrad();
        for (int i = 0; i < passes; i++)
        {
            using Tensor h = x.Multiply(2), y = h.Tanh();
        }
    }

    private static float[] Losses(Workspace? workspace)
    {
        using var model = new Sequential(new Linear(4, 8), new ReLU(), new Linear(8, 3));
        model.Initialize(5);
        using var optimizer = new Adam(model.Parameters, 0.01);
        using Tensor x = Tensor.From<float>([.. Enumerable.Range(0, 24).Select(i => MathF.Sin(i))], new Shape(6, 4));
        using Tensor y = Tensor.From<long>([0, 1, 2, 0, 1, 2]);
        var losses = new float[10];
        for (int i = 0; i < losses.Length; i++)
        {
            using Pass pass = workspace?.Enter() ?? default;
            using Tensor output = model.Forward(x), loss = output.CrossEntropy(y);
            loss.Backward();
            optimizer.Step();
            losses[i] = loss.Item();
        }

        return losses;
    }
}
