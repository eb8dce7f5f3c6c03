using System.Diagnostics.Metrics;
using System.Diagnostics.Tracing;
using Workspaces.Memory;
using Workspaces.Memory.Telemetry;

namespace Workspaces.Tests.Telemetry;

/// <summary>What passes cost while somebody watches, and while nobody does.</summary>
[Collection(nameof(AloneCollection))]
public sealed class GarbageTests
{
    private const int WarmUp = 200;
    private const int Passes = 1000;

    [Fact]
    public void Planned_passes_make_no_garbage_while_nobody_listens() => Watched.Run("garbage-none", static workspace => Assert.Equal(0, Garbage(workspace)));

    [Fact]
    public void Planned_passes_make_no_garbage_while_a_meter_is_listened_to()
    {
        using var listener = new MeterListener
        {
            InstrumentPublished = static (instrument, listener) =>
            {
                if (instrument.Meter.Name == WorkspaceTelemetry.Name) listener.EnableMeasurementEvents(instrument);
            },
        };
        listener.SetMeasurementEventCallback<long>(static (_, _, _, _) => { });
        listener.Start();
        Watched.Run("garbage-meter", static workspace => Assert.Equal(0, Garbage(workspace)));
    }

    [Fact]
    public void Planned_passes_make_no_garbage_while_plans_spills_and_findings_are_listened_to()
    {
        using var listener = new Events(EventLevel.Informational);
        Watched.Run("garbage-events", static workspace => Assert.Equal(0, Garbage(workspace)));
    }

    [Fact]
    public void Spilling_passes_make_no_garbage_for_an_observer_that_looks_away()
    {
        using var manager = new WorkspaceManager();
        var observer = new LooksAway();
        manager.AddObserver(observer);
        using Workspace workspace = manager.Lease(new() { Name = "garbage-spills", MaxSize = 64 << 10 });

        Assert.Equal(0, Garbage(workspace, 1 << 18));
        Assert.True(observer.Passes >= Passes, $"{observer.Passes} passes were told");
    }

    private static long Garbage(Workspace workspace, long large = 5000)
    {
        long before = 0;
        for (int i = 0; i < WarmUp + Passes; i++)
        {
            if (i == WarmUp) before = GC.GetAllocatedBytesForCurrentThread();
            Watched.Pass(workspace, 1000, large);
        }

        return GC.GetAllocatedBytesForCurrentThread() - before;
    }

    private sealed class LooksAway : Workspaces.Memory.Tracking.IWorkspaceObserver
    {
        internal int Passes { get; private set; }

        public void OnFinding(Workspaces.Memory.Tracking.Finding finding)
        {
        }

        public void OnIrregularPass(in PassReport pass) => Passes++;
    }
}
