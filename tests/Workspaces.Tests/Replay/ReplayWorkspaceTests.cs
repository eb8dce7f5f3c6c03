using Workspaces.Memory;
using Workspaces.Memory.Passes;
using Workspaces.Memory.Tracking;
using Workspaces.Tests.Memory;

namespace Workspaces.Tests.Replay;

/// <summary>Scenarios of a workspace that runs on plans.</summary>
public sealed class ReplayWorkspaceTests : IDisposable
{
    private const int Requests = 24;
    private readonly WorkspaceManager _manager = new();

    public void Dispose() => _manager.Dispose();

    [Theory]
    [InlineData(LifetimePolicy.Released)]
    [InlineData(LifetimePolicy.LastUse)]
    public void Scenario_15_a_pass_that_fails_at_any_request_leaves_the_next_one_planned(LifetimePolicy lifetimes)
    {
        using Workspace workspace = _manager.Lease(new() { Lifetimes = lifetimes });
        for (int i = 0; i < 20; i++) Pass(workspace);
        long plans = workspace.PlansMade, peak = workspace.PlannedPeakBytes;
        for (int fails = 1; fails <= Requests; fails++)
        {
            Assert.Throws<InvalidTimeZoneException>(() => Pass(workspace, failsAt: fails));
            Assert.Equal(0, workspace.Memory.Allocated);
            Pass(workspace);
            Assert.Equal(WorkspaceState.Planned, workspace.State);
        }

        Assert.Equal((0L, plans, peak), (workspace.Deviations, workspace.PlansMade, workspace.PlannedPeakBytes));
    }

    [Fact]
    public void Scenario_7_numbers_of_blocks_that_run_out_are_an_error_and_never_start_again()
    {
        using Workspace workspace = _manager.Lease(new());
        Block last;
        using (Pass pass = workspace.Enter())
        {
            Ambient.Current!.SkipBirths((1UL << 47) - (1UL << 38));
            last = workspace.MemoryManager.Allocate(64);
        }

        using (Pass pass = workspace.Enter())
        {
            Assert.False(last.IsAlive);
            Ambient.Current!.SkipBirths((1UL << 47) - (1UL << 38));
            Assert.True(workspace.MemoryManager.Allocate(64).IsAlive); // the pass that is open goes on
        }

        WorkspaceException error = Assert.Throws<WorkspaceException>(() => workspace.Enter());
        Assert.Contains("2^48", error.Message, StringComparison.Ordinal);
        Assert.Throws<WorkspaceException>(() => workspace.Enter());
    }

    [Fact]
    public void Scenario_15_a_refused_request_leaves_the_plan_as_it_was()
    {
        using Workspace workspace = _manager.Lease(new() { MaxSize = 1 << 20, PolicySpill = SpillPolicy.Fail });
        for (int i = 0; i < 20; i++) Pass(workspace);
        long plans = workspace.PlansMade;
        for (int i = 0; i < 50; i++)
        {
            using (workspace.Enter())
            {
                workspace.MemoryManager.Allocate(100, purpose: "op1");
                Assert.Throws<OutOfWorkspaceException>(() => workspace.MemoryManager.Allocate(2 << 20, purpose: "large"));
            }

            Pass(workspace);
        }

        Assert.Equal((0L, plans), (workspace.Deviations, workspace.PlansMade));
    }

    [Fact]
    public void Scenario_16_a_loop_whose_count_depends_on_data_settles()
    {
        using Workspace workspace = _manager.Lease(new());
        var random = new Random(16);
        for (int i = 0; i < 300; i++) Loop(workspace, random.Next(1, 30));
        long plans = workspace.PlansMade, deviations = workspace.Deviations;
        for (int i = 0; i < 200; i++) Loop(workspace, random.Next(1, 30));

        Assert.InRange(workspace.PlansMade, 1, 25);
        Assert.Equal((0L, 0L), (workspace.PlansMade - plans, workspace.Deviations - deviations));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Scenario_17_a_smaller_batch_takes_the_plan_of_the_larger_and_a_larger_one_joins(bool keyed)
    {
        using Workspace workspace = _manager.Lease(new());
        Batch(workspace, 128, keyed);
        for (int i = 0; i < 5; i++) Batch(workspace, 128, keyed);
        Batch(workspace, 120, keyed);
        Assert.Equal(0, workspace.Deviations);

        for (int i = 0; i < 5; i++) Batch(workspace, 160, keyed);
        Batch(workspace, 128, keyed);
        Assert.Equal(0, workspace.Deviations);
        Assert.Equal(WorkspaceState.Planned, workspace.State);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Scenario_17_a_sequence_that_grows_to_4096_makes_at_most_96_plans(bool keyed)
    {
        using Workspace workspace = _manager.Lease(new() { Name = "grows" });
        for (int length = 1; length <= 4096; length++) Batch(workspace, length, keyed, requests: 6);

        Assert.InRange(workspace.PlansMade, 2, 96);
        Assert.DoesNotContain(_manager.Findings, static finding => finding.Code == FindingCodes.PlansDoNotSettle);
    }

    [Fact]
    public void Scenario_17_random_shapes_end_in_bounded_memory_and_a_finding() => RandomShapes(5_000);

    [Fact]
    [Trait("Category", "Slow")]
    public void Scenario_17_a_hundred_thousand_passes_of_random_shapes() => RandomShapes(100_000);

    private void RandomShapes(int passes)
    {
        using Workspace workspace = _manager.Lease(new() { Name = "random" });
        var random = new Random(17);
        for (int i = 0; i < 2_000; i++) Shapes(workspace, random, i);
        long plans = workspace.PlansMade, committed = workspace.Memory.Committed, bookkeeping = workspace.Memory.Bookkeeping;
        for (int i = 2_000; i < passes; i++) Shapes(workspace, random, i);

        Assert.Equal(plans, workspace.PlansMade);
        Assert.InRange(workspace.Memory.Committed, 0, committed + (committed / 4)); // the largest pass of all may come late
        Assert.InRange(workspace.Memory.Bookkeeping, 0, bookkeeping + (bookkeeping / 4));
        Assert.Single(_manager.Findings, static finding => finding.Code == FindingCodes.PlansDoNotSettle);
    }

    [Fact]
    public void Scenario_18_a_print_now_and_then_and_a_nested_evaluation_cost_no_plan()
    {
        using Workspace workspace = _manager.Lease(new());
        for (int i = 0; i < 150; i++) Pass(workspace, prints: i % 100 == 99, evaluates: i % 100 == 98);
        long plans = workspace.PlansMade;
        for (int i = 0; i < 800; i++) Pass(workspace, prints: i % 100 == 99, evaluates: i % 100 == 98);

        Assert.InRange(workspace.PlansMade - plans, 0, 2); // improvements of the evaluation's plan; 16 are looked for in all
        Assert.Equal(9, workspace.Deviations);
    }

    [Fact]
    public void Scenario_30_better_plans_on_the_way_change_no_byte_and_cost_nothing_once_settled()
    {
        using Workspace workspace = _manager.Lease(new());
        byte[] first = [], bytes = [];
        for (int i = 0; i < 300; i++)
        {
            bytes = Irregular(workspace);
            if (i == 0) first = bytes;
            Assert.Equal(first, bytes);
        }

        long plans = workspace.PlansMade, peak = workspace.PlannedPeakBytes;
        for (int i = 0; i < 700; i++) Assert.Equal(first, Irregular(workspace));
        Assert.Equal((0L, plans, peak), (workspace.Deviations, workspace.PlansMade, workspace.PlannedPeakBytes));
    }

    [Fact]
    public void A_plan_that_the_cap_has_no_room_for_is_not_made_again_in_every_pass()
    {
        using Workspace workspace = _manager.Lease(new() { MaxSize = 1 << 20, PolicySpill = SpillPolicy.Fail });
        using (workspace.Enter())
        {
            workspace.MemoryManager.Allocate(64, purpose: "small");
            workspace.MemoryManager.Allocate(900 << 10, purpose: "large");
        }

        RawBlock outer = RawBlock.From(workspace, 512 << 10);
        outer.Fill(7);
        long plans = workspace.PlansMade;
        for (int i = 0; i < 50; i++)
        {
            using Pass pass = workspace.Enter();
            workspace.MemoryManager.Allocate(64, purpose: "small");
        }

        Assert.Equal(plans, workspace.PlansMade);
        Assert.True(outer.IsFilledWith(7));
    }

    [Fact]
    public void A_plan_lent_by_another_kind_of_pass_ends_no_block_by_its_uses()
    {
        using Workspace workspace = _manager.Lease(new() { Lifetimes = LifetimePolicy.LastUse });
        byte[] value = new byte[8];
        for (int i = 0; i < 40; i++)
        {
            int kind = i < 5 ? 1 : 1 + (i % 3);
            using Pass pass = workspace.Enter(default(PassSignature).With(kind));
            Block block = workspace.MemoryManager.Allocate(1000 / kind, purpose: "shared");
            Block other = workspace.MemoryManager.Allocate(900, purpose: "other");
            for (int use = 0; use < 2 * kind; use++)
            {
                block.CopyFrom(value);
                workspace.MemoryManager.Allocate(800, purpose: "step").Dispose();
            }

            other.CopyFrom(value);
            other.CopyTo(value);
        }

        Assert.Equal(WorkspaceState.Planned, workspace.State);
    }

    /// <summary>A chain of ops; each result is released two requests later.</summary>
    private static void Pass(Workspace workspace, int failsAt = 0, bool prints = false, bool evaluates = false)
    {
        using Pass pass = workspace.Enter();
        var live = new Queue<Block>();
        byte[] value = new byte[8];
        for (int i = 1; i <= Requests; i++)
        {
            if (failsAt == i) throw new InvalidTimeZoneException();
            Block block = workspace.MemoryManager.Allocate(100 * i, purpose: $"op{i}");
            block.CopyFrom(value);
            block.CopyTo(value);
            live.Enqueue(block);
            if (live.Count > 2) live.Dequeue().Dispose();
            if (prints && i == 10) workspace.MemoryManager.Allocate(300, purpose: "print").Dispose();
            if (!evaluates || i != 12) continue;
            using Pass inner = workspace.Enter();
            for (int k = 0; k < 5; k++) workspace.MemoryManager.Allocate(5_000, purpose: $"evaluate{k}");
        }
    }

    private static void Loop(Workspace workspace, int count)
    {
        using Pass pass = workspace.Enter();
        workspace.MemoryManager.Allocate(64, purpose: "start");
        for (int i = 0; i < count; i++)
        {
            using Block a = workspace.MemoryManager.Allocate(500, purpose: "multiply");
            using Block b = workspace.MemoryManager.Allocate(700, purpose: "add");
        }

        workspace.MemoryManager.Allocate(64, purpose: "end");
    }

    private static void Batch(Workspace workspace, int batch, bool keyed, int requests = Requests)
    {
        using Pass pass = workspace.Enter(keyed ? default(PassSignature).With(batch) : default);
        Block last = default;
        for (int i = 0; i < requests; i++)
        {
            Block block = workspace.MemoryManager.Allocate(256L * batch, purpose: $"op{i}");
            last.Dispose();
            last = block;
        }
    }

    private static void Shapes(Workspace workspace, Random random, int number)
    {
        using Pass pass = workspace.Enter(default(PassSignature).With(number));
        for (int i = 0; i < 8; i++) workspace.MemoryManager.Allocate(random.Next(1, 40_000), purpose: i == 0 ? "input" : $"op{random.Next(50)}");
    }

    /// <summary>Lives that cross, so that first fit is rarely best; returns what the blocks hold when they die.</summary>
    private static byte[] Irregular(Workspace workspace)
    {
        var random = new Random(30);
        using Pass pass = workspace.Enter();
        var live = new List<(RawBlock Block, byte Pattern)>();
        var seen = new List<byte>();
        for (int i = 0; i < 150; i++)
        {
            RawBlock block = RawBlock.From(workspace, random.Next(1, 20_000), op: $"op{i}");
            block.Fill((byte)i);
            live.Add((block, (byte)i));
            while (live.Count > 3 && random.Next(9) < live.Count)
            {
                int one = random.Next(live.Count);
                Assert.True(live[one].Block.IsFilledWith(live[one].Pattern));
                seen.Add(live[one].Pattern);
                live[one].Block.Release();
                live.RemoveAt(one);
            }
        }

        return [.. seen];
    }
}
