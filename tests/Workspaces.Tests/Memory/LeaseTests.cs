using Workspaces.Memory;
using Workspaces.Memory.Arenas;
using Workspaces.Tests.Arenas;

namespace Workspaces.Tests.Memory;

/// <summary>Names, leases, learned sizes, trimming and destroying.</summary>
public sealed class LeaseTests : IDisposable
{
    private const long MiB = 1 << 20;
    private readonly WorkspaceManager _manager = new();

    public void Dispose() => _manager.Dispose();

    [Fact]
    public void A_name_is_the_same_object_with_the_same_memory_again()
    {
        Workspace first = _manager.Lease(new() { Name = "step" });
        RawBlock block = RawBlock.From(first, 3 * MiB);
        long committed = first.Memory.Committed, address = block.Address;
        first.Dispose();
        Assert.Equal(committed, _manager.Memory.Committed);
        Workspace second = _manager.Lease(new() { Name = "STEP" });
        Assert.Same(first, second);
        Assert.Equal(committed, second.Memory.Committed);
        Assert.False(block.IsAlive);
        long calls = second.SystemCalls;
        Assert.Equal(address, RawBlock.From(second, 3 * MiB).Address);
        Assert.Equal(calls, second.SystemCalls);
        second.Dispose();
    }

    [Fact]
    public void A_second_lease_has_its_own_arena_and_starts_with_the_learned_size()
    {
        using (Workspace teacher = _manager.Lease(new() { Name = "step" })) RawBlock.From(teacher, 5 * MiB);
        using Workspace first = _manager.Lease(new() { Name = "step" });
        using Workspace second = _manager.Lease(new() { Name = "step" });
        Assert.NotSame(first, second);
        Assert.InRange(second.Memory.Committed, 5 * MiB, 7 * MiB);
        long calls = second.SystemCalls;
        RawBlock a = RawBlock.From(first, 5 * MiB), b = RawBlock.From(second, 5 * MiB);
        Assert.Equal(calls, second.SystemCalls);
        Assert.False(a.Overlaps(b));
        Assert.Equal(0, a.Address % 64);
    }

    [Fact]
    public void Nested_passes_do_not_make_a_lease_commit_more_than_it_did()
    {
        long first = 0;
        for (int lease = 0; lease < 6; lease++)
        {
            using Workspace workspace = _manager.Lease(new() { Name = "nested" });
            RawBlock.From(workspace, MiB);
            using Pass pass = workspace.Enter();
            RawBlock.From(workspace, 10 * MiB);
            if (lease == 0) first = workspace.Memory.Committed;
            Assert.Equal(first, workspace.Memory.Committed);
        }

        using Workspace one = _manager.Lease(new() { Name = "nested" });
        using Workspace two = _manager.Lease(new() { Name = "nested" });
        Assert.Equal(first, two.Memory.Committed);
    }

    [Fact]
    public void The_cap_holds_over_leases_and_what_fitted_once_fits_again()
    {
        var configuration = new WorkspaceConfiguration { Name = "capped", MaxSize = 12 * MiB, PolicySpill = SpillPolicy.Fail };
        for (int lease = 0; lease < 4; lease++)
        {
            using Workspace workspace = _manager.Lease(configuration);
            RawBlock.From(workspace, MiB);
            using Pass pass = workspace.Enter();
            RawBlock.From(workspace, 10 * MiB);
            Assert.InRange(workspace.Memory.Committed - workspace.Memory.Bookkeeping, 11 * MiB, 12 * MiB);
        }

        using Workspace one = _manager.Lease(configuration);
        using Workspace two = _manager.Lease(configuration);
        foreach (Workspace workspace in (Workspace[])[one, two])
        {
            Outside.Run(() =>
            {
                RawBlock.From(workspace, MiB);
                using ThreadPass pass = workspace.EnterOnThread();
                RawBlock.From(workspace, 10 * MiB);
                Assert.InRange(workspace.Memory.Committed - workspace.Memory.Bookkeeping, 11 * MiB, 12 * MiB);
            });
        }
    }

    [Fact]
    public void Initial_size_is_committed_at_creation()
    {
        using Workspace workspace = _manager.Lease(new() { InitialSize = 8 * MiB });
        Assert.InRange(workspace.Memory.Committed, 8 * MiB, 8 * MiB + 8192);
        long calls = workspace.SystemCalls;
        RawBlock.From(workspace, 8 * MiB);
        Assert.Equal(calls, workspace.SystemCalls);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1L << 41)]
    public void An_initial_size_above_the_address_range_of_an_arena_is_an_error(long maxSize)
    {
        var error = Assert.Throws<OutOfWorkspaceException>(() => _manager.Lease(new() { Name = "vast", InitialSize = 1L << 40, MaxSize = maxSize }));
        Assert.Contains("Workspaces:vast:InitialSize", error.Message, StringComparison.Ordinal);
        using Workspace again = _manager.Lease(new() { Name = "small" });
        RawBlock.From(again, 64);
    }

    [Fact]
    public void Another_configuration_under_a_live_name_lists_the_keys_that_differ()
    {
        using Workspace workspace = _manager.Lease(new() { Name = "step", MaxSize = MiB });
        WorkspaceException error = Assert.Throws<WorkspaceException>(
            () => _manager.Lease(new() { Name = "Step", MaxSize = 2 * MiB, MaxPlans = 3 }));
        Assert.Contains("MaxSize", error.Numbers, StringComparison.Ordinal);
        Assert.Contains("MaxPlans", error.Numbers, StringComparison.Ordinal);
        Assert.DoesNotContain("MinSize", error.Numbers, StringComparison.Ordinal);
        Assert.Contains("Destroy", error.Remedy, StringComparison.Ordinal);
        Assert.Same(workspace, Workspaces.Memory.Passes.Ambient.Current!.Workspace);
    }

    [Fact]
    public void A_destroyed_name_gives_its_memory_back_and_may_be_configured_anew()
    {
        Workspace old = _manager.Lease(new() { Name = "step" });
        RawBlock.From(old, MiB);
        old.Dispose();
        Assert.True(_manager.Destroy("STEP"));
        Assert.False(_manager.Destroy("step"));
        Assert.Equal(0, _manager.Memory.Committed);
        using Workspace other = _manager.Lease(new() { Name = "step", MaxSize = MiB });
        Assert.NotSame(old, other);
        Assert.Equal(0, other.Memory.Committed);
    }

    [Fact]
    public void A_name_destroyed_during_a_lease_is_freed_when_the_lease_ends()
    {
        Workspace old = _manager.Lease(new() { Name = "step" });
        RawBlock block = RawBlock.From(old, MiB);
        Assert.True(_manager.Destroy("step"));
        Assert.True(block.IsAlive);
        Workspace young = _manager.Lease(new() { Name = "step", MinSize = 4096 });
        Assert.NotSame(old, young);
        young.Dispose();
        old.Dispose();
        Assert.Equal(0, _manager.Memory.Committed);
    }

    [Fact]
    public void Trim_gives_idle_pages_back_down_to_the_minimum()
    {
        using Workspace workspace = _manager.Lease(new() { Name = "step", MinSize = 2 * MiB });
        using (Pass pass = workspace.Enter())
        {
            RawBlock held = RawBlock.From(workspace, 6 * MiB);
            held.Fill(5);
            Assert.Equal(0, workspace.Trim());
            Assert.True(held.IsFilledWith(5));
        }

        Assert.Equal(4 * MiB, workspace.Trim());
        Assert.Equal(0, workspace.Trim());
        Assert.InRange(workspace.Memory.Committed, 2 * MiB, 2 * MiB + 8192);
        using (Pass pass = workspace.Enter())
        {
            Block block = workspace.MemoryManager.Allocate(6 * MiB);
            Assert.True(block.SliceSpan(2 * MiB, 4 << 20).IndexOfAnyExcept((byte)0xFF) < 0);
        }

        workspace.Dispose();
        Assert.Equal(4 * MiB, _manager.Trim());
    }

    [Fact]
    public void An_unnamed_workspace_is_unmapped_when_it_is_disposed()
    {
        if (!OperatingSystem.IsLinux()) return;
        Workspace workspace = _manager.Lease(new());
        RawBlock block = RawBlock.From(workspace, 3 * MiB);
        Assert.True(MapContains(block.Address));
        workspace.Dispose();
        Assert.False(MapContains(block.Address));
        Assert.Equal(0, _manager.Memory.Committed);
    }

    [Fact]
    public void No_more_workspaces_are_open_than_the_manager_allows()
    {
        using var manager = new WorkspaceManager(new() { MaxWorkspaces = 2 });
        using Workspace a = manager.Lease(new() { Name = "a" });
        Workspace b = manager.Lease(new());
        WorkspaceException error = Assert.Throws<WorkspaceException>(() => manager.Lease(new() { Name = "c" }));
        Assert.Contains("MaxWorkspaces", error.Message, StringComparison.Ordinal);
        b.Dispose();
        using Workspace c = manager.Lease(new() { Name = "c" });
    }

    [Fact]
    public void A_configuration_that_cannot_run_leaves_nothing_behind()
    {
        Assert.Throws<ConfigurationException>(() => _manager.Lease(new() { Name = "bad", MaxSize = -1 }));
        Assert.Throws<ArgumentNullException>(() => _manager.Lease(null!));
        Assert.False(_manager.Destroy("bad"));
        Assert.Null(Workspaces.Memory.Passes.Ambient.Current);
    }

    [Fact]
    public void Leases_of_one_name_on_many_threads_never_share_bytes()
    {
        using var barrier = new Barrier(6);
        var threads = Enumerable.Range(1, 6).Select(number => Task.Factory.StartNew(
            () =>
            {
                barrier.SignalAndWait();
                for (int round = 0; round < 100; round++)
                {
                    using Workspace workspace = _manager.Lease(new() { Name = "server" });
                    RawBlock block = RawBlock.From(workspace, 1000 + (number * 64));
                    block.Fill((byte)number);
                    using (workspace.Enter())
                    {
                        RawBlock inner = RawBlock.From(workspace, 10_000);
                        inner.Fill((byte)(100 + number));
                        Thread.Yield();
                        Assert.True(inner.IsFilledWith((byte)(100 + number)));
                    }

                    Assert.True(block.IsFilledWith((byte)number));
                }
            },
            CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default)).ToArray();
        Outside.Join(threads);
        Assert.Equal(0, _manager.Memory.Allocated);
    }

    private static bool MapContains(long address) => File.ReadLines("/proc/self/maps").Any(line =>
    {
        string[] ends = line[..line.IndexOf(' ', StringComparison.Ordinal)].Split('-');
        return Convert.ToInt64(ends[0], 16) <= address && address < Convert.ToInt64(ends[1], 16);
    });
}
