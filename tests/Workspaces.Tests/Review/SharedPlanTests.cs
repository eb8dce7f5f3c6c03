using Workspaces.Memory;
using Workspaces.Memory.Replay;
using Workspaces.Tests.Replay;

namespace Workspaces.Tests.Review;

/// <summary>Plans that several leases, signatures or kinds of passes share.</summary>
public sealed class SharedPlanTests
{
    private const long Kibi = 1 << 10;

    [Fact]
    public void A_pass_that_ends_well_on_a_plan_which_another_lease_has_replaced_does_not_bring_it_back()
    {
        using var manager = new WorkspaceManager();
        var configuration = new WorkspaceConfiguration { Name = "shared", Lifetimes = LifetimePolicy.LastUse };
        using Workspace first = manager.Lease(configuration);
        using Workspace second = manager.Lease(configuration);
        RampPass(first, 3);
        RampPass(first, 3);
        using (second.EnterOnThread())
        {
            Ramp(second, 0, 1);
            for (int i = 0; i < 6; i++) RampPass(first, 6);
            Assert.Equal(6, Assert.Single(first.Learned.Plans.Plans).Plan.Count);
            Ramp(second, 1, 3);
        }

        long deviations = first.Deviations;
        RampPass(first, 6);
        PlanFile.Entry kept = Assert.Single(first.Learned.Plans.Plans);
        Assert.Equal((6, deviations), (kept.Plan.Count, first.Deviations));
        Assert.True(first.Learned.Plans.Find(kept.Family, kept.Signature).KnowsUses(kept.Plan));
    }

    [Fact]
    public void A_second_plan_that_is_lent_stays_known_as_lent_when_another_is_lent_too()
    {
        var runs = new CacheRuns();
        PassRecord small = Of((1, 1000, 1), (2, 900, 2)), large = Of((1, 1000, 2), (3, 30, 2)), stranger = Of((4, 2000, 1));
        for (int i = 0; i < 2; i++) runs.Run(small, signature: 1);
        for (int i = 0; i < 2; i++) runs.Run(stranger, signature: 3);
        runs.Run(small, signature: 2);
        SignaturePlans known = runs.Cache.Find(family: 1, signature: 2);
        Assert.True(known.PlanIsLent);
        for (int i = 0; i < 2; i++) runs.Run(large, signature: 2);
        Assert.NotNull(known.Other);
        Assert.False(known.KnowsUses(known.Other));
        Assert.True(known.KnowsUses(known.Plan!));
        runs.Run(stranger, signature: 2);
        Assert.Same(runs.Used, known.Plan);
        Assert.False(known.KnowsUses(known.Other));
        Assert.False(known.KnowsUses(known.Plan!));
    }

    [Fact]
    public void Two_kinds_of_passes_in_turn_settle_on_a_plan_each()
    {
        using var manager = new WorkspaceManager();
        using Workspace workspace = manager.Lease(new() { Name = "turns" });
        for (int i = 0; i < 600; i++) OneOfTwoKinds(workspace, i % 2 == 0);
        long deviations = workspace.Deviations, plans = workspace.PlansMade;
        Assert.InRange(plans, 2, 12);
        for (int i = 0; i < 600; i++) OneOfTwoKinds(workspace, i % 2 == 0);
        Assert.Equal((deviations, plans), (workspace.Deviations, workspace.PlansMade));
    }

    private static void OneOfTwoKinds(Workspace workspace, bool isFirst)
    {
        using Pass pass = workspace.Enter();
        Block head = workspace.MemoryManager.Allocate(1000 * Kibi, purpose: "head");
        if (isFirst) head.Dispose();
        workspace.MemoryManager.Allocate((isFirst ? 900 : 30) * Kibi, purpose: isFirst ? "after it" : "beside it");
    }

    private static void RampPass(Workspace workspace, int count)
    {
        using ThreadPass pass = workspace.EnterOnThread();
        Ramp(workspace, 0, count);
    }

    private static void Ramp(Workspace workspace, int from, int to)
    {
        for (int i = from; i < to; i++)
        {
            Block block = workspace.MemoryManager.Allocate(64 * Kibi * (i + 1), purpose: "step " + i);
            block.CopyFrom(new byte[8]);
            block.CopyFrom(new byte[8]);
        }
    }

    private static PassRecord Of(params (uint Tag, int Granules, int End)[] requests) => new(
        [.. requests.Select(request => RequestKey.Of(request.Tag, request.Granules * Granule.Bytes))],
        [.. requests.Select(request => request.End)],
        new int[requests.Length]);
}
