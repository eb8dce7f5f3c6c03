using Workspaces.Autograd;
using Workspaces.Memory;
using Workspaces.NN;
using Workspaces.Ops;
using Workspaces.Optim;
using Workspaces.Tensors;
using Xunit;

namespace Workspaces.Tests.Misuse;

/// <summary>A step that fails inside <c>Backward</c> and is repeated, as the remedy of an out of memory error says.</summary>
public class FailedBackwardTests
{
    [Fact]
    public void A_step_repeated_after_a_backward_that_ran_out_of_memory_gives_the_same_weights()
    {
        Assert.Equal(Train(failingStep: -1, out _), Train(failingStep: 2, out int failures));
        Assert.True(failures > 0, "no Backward failed, so nothing was tested");
    }

    [Fact]
    public void A_failed_backward_leaves_first_gradients_unset_and_counts_no_deferred_bytes()
    {
        using var manager = new WorkspaceManager();
        using Workspace workspace = manager.Lease(new WorkspaceConfiguration());
        using var first = new Parameter(new Shape(4), manager: manager);
        using var last = new Parameter(new Shape(4), manager: manager);
        using (Pass pass = workspace.Enter())
        {
            Tensor hidden = first.Value.Exp(), loss = (hidden * last.Value).Sum();
            using (Gradients.Off()) hidden.FillInPlace(3);
            Tensor both = loss + last.Value.Sum();
            Assert.Throws<InvalidOperationException>(() => both.Backward());
        }

        Assert.Equal(GradientState.None, last.GradState);
        Assert.Null(last.Grad);
        Assert.Equal(0, manager.Persistent.DeferredGradientBytes);
    }

    /// <summary>Trains five steps under a cap; before one of them, a larger batch runs into <c>Backward</c> with no memory left.</summary>
    private static float[] Train(int failingStep, out int failures)
    {
        using var manager = new WorkspaceManager();
        using var model = new Sequential(
            new Linear(64, 128, manager: manager), new ReLU(), new Linear(128, 128, manager: manager), new ReLU(), new Linear(128, 10, manager: manager));
        model.Initialize(7);
        using var optimizer = new Sgd(model.Parameters, 0.1);
        using Workspace workspace = manager.Lease(new WorkspaceConfiguration { Name = "capped", MaxSize = 1_000_000, PolicySpill = SpillPolicy.Fail });
        failures = 0;
        for (int step = 0; step < 5; step++)
        {
            if (step == failingStep && !TryBackward(workspace, model, batch: 65, starve: true)) failures++;
            Assert.True(TryBackward(workspace, model, batch: 8, starve: false));
            optimizer.Step();
        }

        return [.. model.Parameters.SelectMany(static parameter => parameter.Value.ToArray<float>())];
    }

    /// <summary>False when memory was refused to <c>Backward</c>.</summary>
    private static bool TryBackward(Workspace workspace, Module model, int batch, bool starve)
    {
        using Pass pass = workspace.Enter();
        Tensor input = Tensor.Full(new Shape(batch, 64), 0.5);
        Tensor loss = model.Forward(input).CrossEntropy(Tensor.Zeros(new Shape(batch), DType.I64));
        for (int bytes = 1 << 20; starve && bytes >= 64; bytes /= 2) TakeAll(workspace, bytes);
        try
        {
            loss.Backward();
            return true;
        }
        catch (OutOfWorkspaceException)
        {
            return false;
        }
    }

    private static void TakeAll(Workspace workspace, int bytes)
    {
        try
        {
            while (true) workspace.MemoryManager.Allocate(bytes);
        }
        catch (OutOfWorkspaceException)
        {
        }
    }
}
