using Workspaces.Autograd;
using Workspaces.Memory;
using Workspaces.Ops;
using Workspaces.Tensors;
using Xunit;

namespace Workspaces.Tests.Misuse;

/// <summary>Several <c>Backward</c> at the same time, in lanes of one pass.</summary>
public class ParallelBackwardTests
{
    private const int Lanes = 4;

    [Fact]
    public void Lanes_that_run_Backward_at_once_lose_no_part_of_a_shared_parameters_gradient()
    {
        using var manager = new WorkspaceManager();
        using var parameter = new Parameter(new Shape(100_000), manager: manager);
        using Workspace workspace = manager.Lease(new WorkspaceConfiguration());
        for (int round = 0; round < 50; round++)
        {
            using Pass pass = workspace.Enter();
            using Lanes lanes = pass.Fork(Lanes);
            parameter.ZeroGrad();
            RunLanes(lanes, () => (parameter.Value * 2).Sum().Backward());
            Assert.All(parameter.Grad!.Value.ToArray<float>().Distinct(), static g => Assert.Equal(2f * Lanes, g));
        }
    }

    [Fact]
    public void Lanes_that_walk_over_one_graph_at_once_get_the_right_gradient_or_an_exception()
    {
        using var manager = new WorkspaceManager();
        using Workspace workspace = manager.Lease(new WorkspaceConfiguration());
        for (int round = 0; round < 50; round++)
        {
            using Pass pass = workspace.Enter();
            Tensor x = Tensor.Ones(new Shape(2000)).RequireGrad(), trunk = x * 1.0;
            using Lanes lanes = pass.Fork(Lanes);
            if (Record.Exception(() => RunLanes(lanes, () => (trunk * 2).Sum().Backward(retainGraph: true))) is not null) continue;
            Assert.All(x.Grad!.Value.ToArray<float>().Distinct(), static g => Assert.Equal(2f * Lanes, g));
        }
    }

    private static void RunLanes(Lanes lanes, Action branch)
    {
        using var start = new Barrier(Lanes);
        Task[] tasks = [.. Enumerable.Range(0, Lanes).Select(i => Task.Factory.StartNew(
            () =>
            {
                using Pass lane = lanes.Enter(i);
                start.SignalAndWait();
                branch();
            },
            CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default))];
        Task.WaitAll(tasks);
    }
}
