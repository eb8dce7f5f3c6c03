using Workspaces.Autograd;
using Workspaces.Memory;
using Workspaces.Memory.Allocators;
using Workspaces.NN;
using Workspaces.Ops;
using Workspaces.Optim;
using Workspaces.Tensors;

namespace Workspaces.Tests.Allocators;

/// <summary>A training step in which the n-th request fails, for all n: the failure is reported, nothing leaks, and the next step succeeds.</summary>
public sealed class TrainingStepFaultTests
{
    private static readonly float[] Inputs = [.. Enumerable.Range(0, 6 * 8).Select(static i => MathF.Sin(i))];
    private static readonly long[] Labels = [0, 1, 2, 3, 2, 1];

    [Fact]
    public void Every_request_of_a_step_without_a_workspace_may_fail()
    {
        int most = FailEachRequest(WorkspaceMode.None);
        Assert.True(most > 20, $"only {most} requests failed");
    }

    /// <summary>Arenas ask no allocator; what a step makes outside of them, under a scope, does.</summary>
    [Fact]
    public void Every_request_outside_the_arena_of_a_step_in_a_workspace_may_fail()
    {
        int most = FailEachRequest(WorkspaceMode.Enabled);
        Assert.True(most >= 3, $"only {most} requests failed");
    }

    private static int FailEachRequest(WorkspaceMode mode)
    {
        (float first, float second) = Train(mode, nth: long.MaxValue, out bool failed);
        Assert.False(failed);
        for (int nth = 1; ; nth++)
        {
            (float repeated, float next) = Train(mode, nth, out failed);
            if (!failed) return nth - 1;

            // A failure before the update leaves the parameters as they were; one after it has made the whole step.
            Assert.True(repeated == first || repeated == second, $"request {nth}: loss {repeated} after {first}");
            Assert.True(float.IsFinite(next));
        }
    }

    /// <summary>Two steps, the one that failed repeated; the losses of the two that succeeded.</summary>
    private static (float First, float Second) Train(WorkspaceMode mode, long nth, out bool failed)
    {
        var books = new StatisticsAllocator(new NativeAllocator());
        var faults = new FaultInjectingAllocator(books, nth);
        List<float> losses = [];
        failed = false;
        using (var manager = new WorkspaceManager(allocator: faults))
        {
            using Sequential model = [new Linear(8, 16, seed: 1, manager: manager), new ReLU(), new Linear(16, 4, seed: 2, manager: manager)];
            using var optimizer = new Adam(model.Parameters, 0.01);
            using (AllocatorScope.Use(faults))
            {
                while (losses.Count < 2)
                {
                    using Workspace workspace = manager.Lease(new() { Name = "step", WorkspaceMode = mode });
                    long before = books.Statistics.LiveCount;
                    try
                    {
                        losses.Add(Step(manager, workspace, model, optimizer));
                    }
                    catch (OutOfWorkspaceException error)
                    {
                        Assert.IsType<AllocationException>(error.InnerException);
                        Assert.False(failed); // one request fails: the next step succeeds
                        failed = true;
                        optimizer.ZeroGrad();
                    }

                    Assert.Equal(0, workspace.Memory.External + workspace.Memory.Allocated);
                    workspace.Dispose();
                    Assert.InRange(books.Statistics.LiveCount - before, 0, 2); // the state of the optimizer, made in its first step
                }
            }

            Assert.Equal(failed ? 1 : 0, faults.Faults);
        }

        Assert.Equal(0, books.Statistics.LiveCount);
        return (losses[0], losses[1]);
    }

    private static float Step(WorkspaceManager manager, Workspace workspace, Sequential model, Adam optimizer)
    {
        using Tensor scale = TensorFrames.Allocate(manager.Persistent.State, DType.F32, [8], "scale", zeroed: true); // lives outside the pass
        using Pass pass = workspace.Enter();
        Tensor loss;
        using (Tensor x = Tensor.From<float>(Inputs, [6, 8]))
        using (Tensor scaled = x + scale)
        using (Tensor labels = Tensor.From<long>(Labels))
        using (Tensor logits = model.Forward(scaled))
            loss = logits.CrossEntropy(labels);
        loss.Backward();
        optimizer.Step();
        return loss.Item();
    }
}
