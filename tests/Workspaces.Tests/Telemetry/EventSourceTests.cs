using System.Diagnostics.Tracing;
using Workspaces.Memory;
using Workspaces.Memory.Telemetry;

namespace Workspaces.Tests.Telemetry;

/// <summary>The event source, seen by a listener.</summary>
[Collection(nameof(AloneCollection))]
public sealed class EventSourceTests
{
    [Fact]
    public void Its_manifest_can_be_made() => Assert.Contains("Workspaces", EventSource.GenerateManifest(typeof(WorkspaceEventSource), "here")!, StringComparison.Ordinal);

    [Fact]
    public void Every_block_of_a_planned_pass_is_seen_when_blocks_are_listened_to()
    {
        using var events = new Events(EventLevel.Verbose);
        Watched.Run("events-blocks", static workspace =>
        {
            for (int i = 0; i < 3; i++) Watched.Pass(workspace, 1000, 2000, 3000);
        });

        IReadOnlyList<object?>[] seen = events.Of("Allocate", "events-blocks");
        Assert.Equal([1000L, 2000, 3000, 1000, 2000, 3000, 1000, 2000, 3000], seen.Select(static values => (long)values[2]!));
        Assert.All(seen, static values => Assert.Equal("test", values[3]));
        Assert.Equal(["learning", "planned", "planned"], events.Of("Pass", "events-blocks").Select(static values => values[2]));
    }

    [Fact]
    public void A_plan_tells_its_reason_and_sizes()
    {
        using var events = new Events(EventLevel.Informational);
        Watched.Run("events-plan", static workspace => Watched.Pass(workspace, 1024, 2048));

        IReadOnlyList<object?> plan = Assert.Single(events.Of("Plan", "events-plan"));
        Assert.Equal(["events-plan", "first_pass", 2, 3072L, 3072L], plan.Take(5));
        Assert.IsType<double>(plan[6]);
        Assert.Empty(events.Of("Pass", "events-plan")); // they are verbose
    }

    [Fact]
    public void Deviations_and_spills_are_told_with_their_numbers()
    {
        using var events = new Events(EventLevel.Informational);
        Watched.Run("events-odd", static workspace =>
        {
            Watched.Pass(workspace, 1024, 2048);
            Watched.Pass(workspace, 1024, 4096);
        });
        Watched.Run("events-spill", static workspace => Watched.Pass(workspace, 1024, 1 << 20), new() { MaxSize = 64 << 10 });

        Assert.Equal([1L, 4096L], Assert.Single(events.Of("Deviate", "events-odd")).Skip(2));
        Assert.Equal([1L, 1L << 20], Assert.Single(events.Of("Spill", "events-spill")).Skip(2));
    }

    [Fact]
    public void A_finding_is_told()
    {
        using var events = new Events(EventLevel.Warning, WorkspaceEventSource.Keywords.Findings);
        Watched.Run("events-finding", static workspace => workspace.Enter()); // left open

        Assert.Equal("WSF001", Assert.Single(events.Of("Finding", "events-finding"))[0]);
    }

    [Fact]
    public void Who_listens_to_plans_only_hears_of_nothing_else()
    {
        using var events = new Events(EventLevel.Verbose, WorkspaceEventSource.Keywords.Plans);
        Watched.Run("events-only", static workspace =>
        {
            Watched.Pass(workspace, 1024);
            Watched.Pass(workspace, 1024);
        });

        Assert.Equal(["Plan"], events.Seen.Where(static seen => seen.Values.Contains("events-only")).Select(static seen => seen.Name));
    }

    [Fact]
    public void A_listener_may_use_workspaces_itself()
    {
        using var events = new Recursive();
        Watched.Run("events-recursive", static workspace =>
        {
            for (int i = 0; i < 3; i++) Watched.Pass(workspace, 1024, 1 << (10 + i));
        });

        Assert.True(events.Plans > 0);
    }

    private sealed class Recursive : EventListener
    {
        internal Recursive() => EnableEvents(WorkspaceEventSource.Log, EventLevel.Informational, WorkspaceEventSource.Keywords.Plans);

        internal int Plans { get; private set; }

        protected override void OnEventWritten(EventWrittenEventArgs eventData)
        {
            if (!eventData.Payload!.Contains("events-recursive")) return;
            Plans++;
            Watched.Run("events-inner", static workspace => Watched.Pass(workspace, 512));
        }
    }
}
