using FsCheck;
using FsCheck.Fluent;
using Workspaces.Memory;
using Workspaces.Memory.Allocators;
using Workspaces.Memory.Passes;
using Workspaces.Tests.Arenas;

namespace Workspaces.Tests.Memory;

/// <summary>Random programs on several workspaces; a failure prints the seed of the program.</summary>
public class MemoryProgramTests
{
    private const int Steps = 400;
    private const long MiB = 1 << 20;

    private static Config Runs(int count) => Config.QuickThrowOnFailure.WithMaxTest(count);

    private static Arbitrary<int> Seeds() => Gen.Choose(0, int.MaxValue - 1).ToArbitrary();

    [Fact]
    public void Random_programs_never_share_bytes_and_their_books_balance() =>
        Prop.ForAll(Seeds(), seed =>
        {
            using var manager = new WorkspaceManager();
            Run(manager, new() { Name = "a" }, new() { Name = "b", InitialSize = MiB }, seed, cap: 0);
            return true;
        }).Check(Runs(150));

    [Fact]
    public void Random_programs_on_blocks_that_own_their_memory_leak_nothing() =>
        Prop.ForAll(Seeds(), seed =>
        {
            var statistics = new StatisticsAllocator(new NativeAllocator());
            using var manager = new WorkspaceManager(null, statistics);
            WorkspaceConfiguration none = new() { WorkspaceMode = WorkspaceMode.None };
            Run(manager, none with { Name = "a" }, none with { Name = "b" }, seed, cap: 0);
            Assert.Equal(0, statistics.Statistics.LiveCount);
            return true;
        }).Check(Runs(60));

    [Theory]
    [InlineData(WorkspaceMode.Enabled)]
    [InlineData(WorkspaceMode.None)]
    public void Random_programs_under_a_cap_lose_nothing_when_refused(WorkspaceMode mode)
    {
        int refused = 0;
        Prop.ForAll(Seeds(), seed =>
        {
            using var manager = new WorkspaceManager();
            WorkspaceConfiguration capped = new() { MaxSize = MiB / 4, PolicySpill = SpillPolicy.Fail, WorkspaceMode = mode };
            refused += Run(manager, capped with { Name = "a" }, capped with { Name = "b" }, seed, cap: MiB / 4);
            return true;
        }).Check(Runs(80));
        Assert.True(refused > 100);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Refusals_under_a_cap_are_exact_to_the_granule(int depth)
    {
        using var manager = new WorkspaceManager();
        using Workspace workspace = manager.Lease(new() { MaxSize = MiB, PolicySpill = SpillPolicy.Fail });
        for (int round = 0; round < 3; round++)
        {
            RawBlock? outer = depth == 2 ? RawBlock.From(workspace, 128 << 10) : null;
            using Pass pass = workspace.Enter();
            long free = MiB - (outer is null ? 0 : 128 << 10);
            RawBlock most = RawBlock.From(workspace, free - 4096);
            OutOfWorkspaceException error = Assert.Throws<OutOfWorkspaceException>(() => RawBlock.From(workspace, 4097));
            Assert.Contains("MaxSize", error.Message, StringComparison.Ordinal);
            RawBlock rest = RawBlock.From(workspace, 4096);
            Assert.Throws<OutOfWorkspaceException>(() => RawBlock.From(workspace, 1));
            Assert.Equal(0, RawBlock.From(workspace, 0).Header.Bytes);
            rest.Release();
            Assert.True(RawBlock.From(workspace, 4096).IsAlive && most.IsAlive);
            outer?.Release();
        }
    }

    [Fact]
    public void An_outer_pass_gets_what_an_inner_one_has_given_back()
    {
        using var manager = new WorkspaceManager();
        using Workspace workspace = manager.Lease(new() { MaxSize = MiB, PolicySpill = SpillPolicy.Fail });
        RawBlock first = RawBlock.From(workspace, 512 << 10);
        first.Fill(1);
        using (workspace.Enter()) RawBlock.From(workspace, 256 << 10);
        RawBlock second = RawBlock.From(workspace, 512 << 10);
        second.Fill(2);
        Assert.True(first.IsFilledWith(1));
        Assert.Equal(MiB, workspace.Memory.Committed - workspace.Memory.Bookkeeping);
    }

    [Fact]
    public void Pages_that_an_outer_pass_needed_once_make_way_for_an_inner_one()
    {
        using var manager = new WorkspaceManager();
        var configuration = new WorkspaceConfiguration { Name = "way", MaxSize = MiB, PolicySpill = SpillPolicy.Fail };
        using (Workspace workspace = manager.Lease(configuration)) RawBlock.From(workspace, 900 << 10);
        using Workspace again = manager.Lease(configuration);
        RawBlock small = RawBlock.From(again, 64);
        small.Fill(3);
        using Pass pass = again.Enter();
        RawBlock.From(again, 900 << 10).Fill(4);
        Assert.True(small.IsFilledWith(3));
    }

    [Fact]
    public void The_cap_holds_while_lanes_ask_at_the_same_time()
    {
        using var manager = new WorkspaceManager();
        using Workspace workspace = manager.Lease(new() { MaxSize = 2 * MiB, PolicySpill = SpillPolicy.Fail });
        int refused = 0, above = 0;
        for (int round = 0; round < 30; round++)
        {
            using Pass pass = workspace.Enter();
            using Lanes lanes = pass.Fork(4);
            using var barrier = new Barrier(4);
            Outside.Join([.. Enumerable.Range(0, 4).Select(index => Task.Factory.StartNew(
                () =>
                {
                    using Pass lane = lanes.Enter(index);
                    barrier.SignalAndWait();
                    for (int i = 0; i < 40; i++)
                    {
                        try
                        {
                            RawBlock block = RawBlock.From(workspace, 32 << 10);
                            block.Fill((byte)index);
                        }
                        catch (OutOfWorkspaceException)
                        {
                            Interlocked.Increment(ref refused);
                        }

                        Workspaces.Memory.Tracking.MemoryReport memory = workspace.Memory;
                        if (memory.Committed - memory.Bookkeeping > 2 * MiB) Interlocked.Increment(ref above);
                    }

                    barrier.SignalAndWait(); // all lanes are open until all have asked, so some must be refused
                },
                CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default))]);
        }

        Assert.True(refused >= 30 * ((4 * 40) - 64));
        Assert.Equal(0, above);
    }

    private static int Run(WorkspaceManager manager, WorkspaceConfiguration first, WorkspaceConfiguration second, int seed, long cap)
    {
        int refused = 0;
        try
        {
            for (int lease = 0; lease < 2; lease++)
            {
                using Workspace a = manager.Lease(first);
                using Workspace b = manager.Lease(second);
                var program = new MemoryProgram(manager, [a, b], new Random(seed + lease)) { Cap = cap };
                program.Run(Steps);
                refused += program.Refused;
            }

            Assert.Null(Ambient.Current);
            Assert.Equal((0, 0), (manager.Memory.Allocated, manager.Memory.External));
            Assert.DoesNotContain(manager.Findings, finding => finding.Severity == Workspaces.Memory.Tracking.FindingSeverity.Warning);
            return refused;
        }
        catch (Exception error)
        {
            throw new InvalidOperationException($"program of seed {seed}: {error.Message}", error);
        }
    }
}
