using Workspaces.Diagnostics;
using Workspaces.Memory;
using Workspaces.Ops;
using Workspaces.Tensors;

namespace Workspaces.Tests.Diagnostics;

/// <summary>Figures of a measured loop.</summary>
[Collection(nameof(AloneCollection))]
public sealed class MemoryMeterTests
{
    [Fact]
    public void An_interrupted_window_has_no_figures_of_the_managed_heap()
    {
        using var manager = new WorkspaceManager();
        using Workspace workspace = manager.Lease(new WorkspaceConfiguration { Name = "loop" });
        var meter = new MemoryMeter(workspace);
        for (int i = 0; i < 4; i++) Step(workspace);
        meter.ObserveTrace();
        meter.BeginSteady(4);
        for (int i = 0; i < 10; i++) Step(workspace);
        MemoryFigures whole = meter.End(14), cut = meter.End(14, interrupted: true);

        Assert.Equal((0.0, 0), (whole.ManagedBytesPerStep, whole.GcCollections));
        Assert.Null(cut.ManagedBytesPerStep);
        Assert.Null(cut.GcCollections);
        Assert.Equal(whole with { ManagedBytesPerStep = null, GcCollections = null, PeakRssBytes = 0 }, cut with { PeakRssBytes = 0 });
        Assert.Equal((10L, 0.0), (cut.SteadySteps, cut.AllocatorCallsPerStep));
        Assert.True(cut.LowerBoundBytes > 0);
    }

    private static void Step(Workspace workspace)
    {
        using Pass pass = workspace.Enter();
        Tensor.Ones([100]).Add(1).Sum();
    }
}
