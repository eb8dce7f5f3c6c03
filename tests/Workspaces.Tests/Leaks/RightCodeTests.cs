using Workspaces.Cli.Bench;
using Workspaces.Memory;
using Workspaces.Memory.Tracking;

namespace Workspaces.Tests.Leaks;

/// <summary>Right code has no findings, however long it runs.</summary>
public sealed class RightCodeTests
{
    [Theory]
    [InlineData("mlp_small_sgd", 2000)]
    [InlineData("mlp_small_b1", 2000)]
    [InlineData("mlp_small_adam", 600)]
    [InlineData("lstm", 3)]
    public void A_model_that_is_trained_or_asked_step_by_step_has_none(string name, int steps)
    {
        using BenchCase measured = BenchCases.Create(name, new BenchSettings());
        Workspace workspace = measured.Workspace!;
        for (int step = 0; step < steps; step++) measured.Step();
        Assert.Empty(workspace.Manager.Findings);
        workspace.AssertNoLeaks();
        LeakCounts counts = workspace.Manager.Leaks;
        Assert.Equal((0, 0L, 0L), (counts.LeakedWorkspaces, counts.LeakedPasses, counts.LateUses));
    }

    [Fact]
    public void A_lease_inside_the_loop_makes_no_garbage_with_the_detectors_on()
    {
        using var manager = new WorkspaceManager();
        var configuration = new WorkspaceConfiguration { Name = "step" };
        for (int i = 0; i < 100; i++) Step(manager, configuration);
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 1000; i++) Step(manager, configuration);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        Assert.Empty(manager.Findings);
    }

    private static void Step(WorkspaceManager manager, WorkspaceConfiguration configuration)
    {
        using Workspace workspace = manager.Lease(configuration);
        for (int i = 0; i < 40; i++)
        {
            using Pass pass = workspace.Enter();
            workspace.MemoryManager.Allocate(1000);
        }
    }
}
