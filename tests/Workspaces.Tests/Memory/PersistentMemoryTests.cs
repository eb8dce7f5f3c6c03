using Workspaces.Autograd;
using Workspaces.Memory;
using Workspaces.Memory.Passes;
using Workspaces.Memory.Persistent;
using Workspaces.Memory.Tracking;
using Workspaces.Ops;
using Workspaces.Tensors;

namespace Workspaces.Tests.Memory;

/// <summary>Parameters, gradients and state: one slab each, and bytes that wait for every reader.</summary>
public sealed class PersistentMemoryTests : IDisposable
{
    private readonly WorkspaceManager _manager = new();

    private PersistentMemory Persistent => _manager.Persistent;

    public void Dispose() => _manager.Dispose();

    [Fact]
    public void Released_bytes_are_reused_at_once_when_no_pass_is_open()
    {
        RawBlock first = RawBlock.From(Persistent.State, 1000);
        first.Release();
        Assert.False(first.IsAlive);
        Assert.Equal(first.Address, RawBlock.From(Persistent.State, 1000).Address);
    }

    [Fact]
    public void Released_bytes_wait_for_the_pass_that_was_open_and_not_for_later_ones()
    {
        using Workspace workspace = _manager.Lease(new());
        RawBlock weights = RawBlock.From(Persistent.Parameters, 1000);
        weights.Fill(4);
        using (workspace.Enter())
        {
            weights.Release();
            for (int i = 0; i < 5; i++)
            {
                RawBlock other = RawBlock.From(Persistent.Parameters, 1000);
                other.Fill(5);
                Assert.False(other.Overlaps(weights));
                other.Release();
            }

            using (workspace.Enter()) Assert.False(RawBlock.From(Persistent.Parameters, 64).Overlaps(weights));
            Assert.False(RawBlock.From(Persistent.Parameters, 64).Overlaps(weights));
            Assert.True(weights.IsFilledWith(4));
        }

        using Pass later = workspace.Enter();
        Assert.Contains(weights.Address, Enumerable.Range(0, 10).Select(_ => RawBlock.From(Persistent.Parameters, 1000).Address));
    }

    [Fact]
    public void Passes_of_other_workspaces_on_other_threads_count_too()
    {
        using var entered = new ManualResetEventSlim();
        using var leave = new ManualResetEventSlim();
        RawBlock weights = RawBlock.From(Persistent.State, 1000);
        Task server = Task.Run(() =>
        {
            using Workspace other = _manager.Lease(new() { Name = "server" });
            using Pass pass = other.Enter();
            entered.Set();
            leave.Wait();
            Assert.True(weights.IsFilledWith(6));
        });
        weights.Fill(6);
        entered.Wait();
        weights.Release();
        using (Workspace mine = _manager.Lease(new() { Name = "mine" }))
        {
            for (int i = 0; i < 3; i++)
            {
                using Pass pass = mine.Enter();
                RawBlock other = RawBlock.From(Persistent.State, 1000);
                other.Fill(1);
                Assert.False(other.Overlaps(weights));
            }
        }

        leave.Set();
        Outside.Join(server);
        Assert.Equal(weights.Address, RawBlock.From(Persistent.State, 1000).Address);
    }

    [Fact]
    public void An_open_lease_without_passes_counts_as_a_reader()
    {
        using Workspace workspace = _manager.Lease(new());
        RawBlock weights = RawBlock.From(Persistent.State, 1000);
        weights.Release();
        Assert.NotEqual(weights.Address, RawBlock.From(Persistent.State, 1000).Address);
        workspace.Dispose();
        Assert.Equal(weights.Address, RawBlock.From(Persistent.State, 1000).Address);
    }

    [Fact]
    public void An_op_that_outlives_its_pass_or_its_lease_still_counts()
    {
        Workspace workspace = _manager.Lease(new() { Name = "late" });
        RawBlock weights = RawBlock.From(Persistent.State, 1000);
        weights.Fill(2);
        workspace.Enter().Dispose();
        using (workspace.Enter())
        {
            Frame frame = RawBlock.From(workspace, 8).Header.Frame;
            frame.BeginOp();
            weights.Release();
        }

        Frame busy = workspace.Innermost.Scope.Child!;
        AssertWaiting(weights);
        using (workspace.Enter()) AssertWaiting(weights);
        AssertWaiting(weights);
        workspace.Dispose();
        AssertWaiting(weights);
        using (_manager.Lease(new() { Name = "late" })) AssertWaiting(weights);
        AssertWaiting(weights);
        Assert.True(weights.IsFilledWith(2));
        busy.EndOp();
        Assert.Equal(weights.Address, RawBlock.From(Persistent.State, 1000).Address);
    }

    [Fact]
    public void A_lane_of_the_outer_pass_counts_while_passes_come_and_go()
    {
        using Workspace workspace = _manager.Lease(new());
        using Pass pass = workspace.Enter();
        using Lanes lanes = pass.Fork(1);
        RawBlock weights = RawBlock.From(Persistent.State, 1000);
        using (lanes.Enter(0)) weights.Release();
        AssertWaiting(weights);
    }

    [Fact]
    public void Gradients_lie_at_the_offsets_of_their_parameters_and_are_zero()
    {
        var pairs = new List<(RawBlock Parameter, RawBlock Gradient)>();
        foreach (int size in (int[])[4, 1000, 64, 0, 70_000, 12])
        {
            RawBlock parameter = RawBlock.From(Persistent.Parameters, size);
            parameter.Fill(1);
            pairs.Add((parameter, default));
        }

        for (int i = pairs.Count - 1; i >= 0; i--)
        {
            RawBlock parameter = pairs[i].Parameter;
            var gradient = new RawBlock(Persistent.AllocateGradient(HeaderFactory.Plain, parameter.Header, "gradient"));
            Assert.True(gradient.IsFilledWith(0));
            pairs[i] = (parameter, gradient);
        }

        long shift = pairs[0].Gradient.Address - pairs[0].Parameter.Address;
        Assert.All(pairs, pair => Assert.Equal(shift, pair.Gradient.Address - pair.Parameter.Address));
        Assert.Equal(Persistent.ParameterBytes, Persistent.GradientBytes);
        Assert.Equal(64 + 1024 + 64 + 70_016 + 64, Persistent.ParameterBytes);
        Assert.All(pairs, pair => Assert.True(pair.Parameter.IsFilledWith(1)));
        foreach ((RawBlock parameter, RawBlock gradient) in pairs)
        {
            gradient.Fill(9);
            Persistent.Gradients.Release(gradient.Header, gradient.Birth);
            Persistent.Gradients.Release(gradient.Header, gradient.Birth);
            parameter.Release();
        }

        Assert.Equal((0, 0), (Persistent.ParameterBytes, Persistent.GradientBytes));
        RawBlock again = RawBlock.From(Persistent.Parameters, 70_000);
        var zeroed = new RawBlock(Persistent.AllocateGradient(HeaderFactory.Plain, again.Header, null));
        Assert.True(zeroed.IsFilledWith(0));
    }

    [Fact]
    public void Counters_and_kinds_add_up()
    {
        RawBlock state = RawBlock.From(Persistent.State, 100);
        RawBlock parameter = RawBlock.From(Persistent.Parameters, 100);
        Persistent.AllocateGradient(HeaderFactory.Plain, parameter.Header, null);
        Persistent.CountDeferred(128);
        Assert.Equal((128, 128), (Persistent.StateBytes, Persistent.ParameterBytes));
        Assert.Equal((128, 128), (Persistent.GradientBytes, Persistent.DeferredGradientBytes));
        Persistent.CountDeferred(-128);
        Assert.Equal(0, Persistent.DeferredGradientBytes);
        state.Release();
        state.Release();
        Assert.Equal(0, Persistent.StateBytes);
        MemoryReport memory = Persistent.Memory;
        Assert.Equal(256, memory.Allocated);
        Assert.Equal(memory.Committed, memory.Allocated + memory.Unreferenced + memory.Free + memory.Bookkeeping);
    }

    [Fact]
    public void What_only_the_tape_of_a_lease_that_is_still_open_holds_is_not_reported_at_the_end()
    {
        var manager = new WorkspaceManager();
        using Workspace workspace = manager.Lease(new WorkspaceConfiguration { Name = "open" });
        using Pass pass = workspace.Enter();
        using (var weight = new Parameter([4, 4], manager: manager)) weight.Value.Square(); // whose tape saves it
        Assert.NotEqual(0, manager.Persistent.ParameterBytes);
        manager.Dispose();
        Assert.DoesNotContain(manager.Findings, static finding => finding.Code == FindingCodes.PersistentNotDisposed);
        Assert.Contains(manager.Findings, static finding => finding.Code == FindingCodes.LeaseNotDisposed);
    }

    [Fact]
    public void The_end_of_the_manager_makes_persistent_blocks_stale_and_reports_them()
    {
        var manager = new WorkspaceManager();
        RawBlock kept = RawBlock.From(manager.Persistent.State, 100), released = RawBlock.From(manager.Persistent.State, 100);
        released.Release();
        manager.Dispose();
        Assert.Throws<StaleAccessException>(() => kept.Handle.Length);
        Finding finding = Assert.Single(manager.Findings, f => f.Code == FindingCodes.PersistentNotDisposed);
        Assert.Contains("1 blocks", finding.Text, StringComparison.Ordinal);
        kept.Release();
        Assert.Equal(default, manager.Persistent.Memory);
        Assert.Throws<StaleAccessException>(() => RawBlock.From(manager.Persistent.State, 100));
    }

    [Fact]
    public void Many_threads_allocate_and_release_state_without_sharing_bytes()
    {
        using var barrier = new Barrier(4);
        Outside.Join([.. Enumerable.Range(1, 4).Select(number => Task.Run(() =>
        {
            barrier.SignalAndWait();
            for (int i = 0; i < 2_000; i++)
            {
                RawBlock block = RawBlock.From(Persistent.State, 1 + (i % 500));
                block.Fill((byte)number);
                Assert.True(block.IsFilledWith((byte)number));
                block.Release();
            }
        }))]);
        Assert.Equal(0, Persistent.StateBytes);
        Assert.True(Persistent.Memory.Committed < 1 << 20);
    }

    private void AssertWaiting(RawBlock released)
    {
        RawBlock other = RawBlock.From(Persistent.State, 64);
        Assert.False(other.Overlaps(released));
        other.Release();
    }
}
