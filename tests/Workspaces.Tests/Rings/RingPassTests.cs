using Workspaces.Autograd;
using Workspaces.Memory;
using Workspaces.Memory.Rings;
using Workspaces.Memory.Tracking;
using Workspaces.NN;
using Workspaces.Ops;
using Workspaces.Tensors;

namespace Workspaces.Tests.Rings;

/// <summary>Passes in a ring: each in the next slot, the last ones readable, planned like others, and nothing overwritten that is held.</summary>
public sealed class RingPassTests : IDisposable
{
    private readonly WorkspaceManager _manager = new();

    public void Dispose() => _manager.Dispose();

    private static WorkspaceConfiguration RingOf(int slots, SpillPolicy spill = SpillPolicy.Fail)
    {
        var configuration = new WorkspaceConfiguration { PolicyReset = ResetPolicy.EndOfBufferReached, StepsNumber = slots };
        return spill == SpillPolicy.External ? configuration : configuration with { PolicySpill = spill };
    }

    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(5)]
    public void Tensors_of_the_last_passes_stay_readable_and_older_ones_are_stale(int slots)
    {
        using Workspace workspace = _manager.Lease(RingOf(slots));
        var made = new List<Tensor>();
        for (int i = 0; i < 4 * slots; i++)
        {
            using Pass pass = workspace.Enter();
            made.Add(Tensor.Full(new Shape(2, 50), i));
            for (int back = 1; back <= i; back++)
            {
                Tensor before = made[i - back];
                if (back < slots) Assert.All(before.Reshape(100).Add(1).ToArray<float>(), value => Assert.Equal(i - back + 1, value));
                else Assert.Throws<StaleAccessException>(() => before.ToArray<float>());
            }
        }
    }

    [Fact]
    public void Slots_lie_apart_and_their_bytes_come_again_in_turn()
    {
        using Workspace workspace = _manager.Lease(RingOf(3));
        var first = new List<long>();
        for (int i = 0; i < 12; i++)
        {
            using Pass pass = workspace.Enter();
            Memory.RawBlock block = Memory.RawBlock.From(workspace, 1000);
            if (i < 3) first.Add(block.Address);
            else Assert.Equal(first[i % 3], block.Address);
        }

        Assert.Equal(3, first.Distinct().Count());
    }

    [Fact]
    public void A_pass_that_was_left_gives_out_nothing_and_ends_only_once()
    {
        using Workspace workspace = _manager.Lease(RingOf(3));
        Pass pass = workspace.Enter();
        Tensor x = Tensor.Ones(new Shape(3));
        pass.Dispose();
        pass.Dispose();
        Assert.False(pass.IsOpen);
        Assert.Throws<StaleAccessException>(() => pass.Mark());
        Assert.Throws<StaleAccessException>(() => pass.Fork(2));
        Assert.Equal(3, x.Sum().Item<float>());
        Assert.True(workspace.OuterPass.IsOpen);
        using (Pass next = workspace.Enter())
        {
            pass.Dispose();
            Assert.True(next.IsOpen && x.IsAlive);
            using Pass nested = workspace.Enter();
            Tensor inner = x.Add(1);
            nested.Dispose();
            Assert.False(inner.IsAlive);
            Assert.True(x.IsAlive);
        }
    }

    [Fact]
    public async Task A_task_that_outlives_its_pass_is_a_straggler_though_its_tensors_live()
    {
        using Workspace workspace = _manager.Lease(RingOf(2));
        using var left = new ManualResetEventSlim();
        Task straggler;
        using (workspace.Enter())
        {
            Tensor x = Tensor.Ones(new Shape(4));
            straggler = Task.Run(() =>
            {
                left.Wait();
                Assert.True(x.IsAlive);
                Assert.Throws<StaleAccessException>(() => Tensor.Ones(new Shape(4)));
            });
        }

        left.Set();
        await straggler;
    }

    [Fact]
    public void Passes_are_planned_and_make_no_garbage_after_the_first_rounds()
    {
        using Workspace workspace = _manager.Lease(RingOf(3));
        long before = 0, calls = 0;
        Tensor last = Tensor.Zeros(new Shape(64, 64));
        for (int i = 0; i < 200; i++)
        {
            if (i == 50) (before, calls) = (GC.GetAllocatedBytesForCurrentThread(), workspace.SystemCalls);
            using Pass pass = workspace.Enter();
            using Tensor a = last.Add(1), b = a.Multiply(2);
            last = b.Subtract(a).Subtract(last);
        }

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        Assert.Equal(0, workspace.SystemCalls - calls);
        Assert.Equal((WorkspaceState.Planned, 0L), (workspace.State, workspace.Deviations));
        Assert.All(last.ToArray<float>(), static value => Assert.Equal(1, value));
    }

    [Fact]
    public void What_earlier_passes_left_is_an_operand_and_their_graphs_have_ended()
    {
        using Workspace workspace = _manager.Lease(RingOf(3));
        using var weight = new Parameter(new Shape(1), DType.F64, manager: _manager);
        weight.Value.CopyFrom<double>([3]);
        Tensor state;
        using (workspace.Enter()) state = weight.Value.Multiply(Tensor.Full(new Shape(1), 2, DType.F64));
        using (workspace.Enter())
        {
            Assert.Throws<StaleAccessException>(() => state.Multiply(weight.Value).Sum().Backward());
            state.Detach().Multiply(weight.Value).Sum().Backward();
        }

        Assert.Equal(6, weight.Grad!.Value.Item<double>());
    }

    [Fact]
    public void Training_in_a_ring_equals_training_without()
    {
        float[] plain = Train(new WorkspaceConfiguration());
        Assert.Equal(plain, Train(RingOf(2)));
        Assert.Equal(plain, Train(RingOf(7)));

        float[] Train(WorkspaceConfiguration configuration)
        {
            using Workspace workspace = _manager.Lease(configuration);
            using Sequential model = [new Linear(6, 5, seed: 3, manager: _manager), new ReLU(), new Linear(5, 4, seed: 4, manager: _manager)];
            using var sgd = new Workspaces.Optim.Sgd(model.Parameters, 0.1);
            var losses = new List<float>();
            for (int i = 0; i < 20; i++)
            {
                using Pass pass = workspace.Enter();
                Tensor x = Tensor.Arange(0, 48).Reshape(8, 6).Multiply(0.01), y = Tensor.From<long>([0, 1, 2, 3, 0, 1, 2, 3]);
                Tensor loss = model.Forward(x).CrossEntropy(y);
                loss.Backward();
                sgd.Step();
                losses.Add(loss.Item<float>());
            }

            return [.. losses];
        }
    }

    [Fact]
    public void A_held_pass_leaves_the_rotation_until_its_lease_is_disposed()
    {
        using Workspace workspace = _manager.Lease(RingOf(3));
        (Tensor kept, Pass pass) = Made(workspace, 42);
        RingLease lease = workspace.Ring.Hold(pass), other = workspace.Ring.Hold(pass);
        for (int i = 0; i < 10; i++) Made(workspace, i);
        Assert.All(kept.ToArray<float>(), static value => Assert.Equal(42, value));
        lease.Dispose();
        lease.Dispose();
        for (int i = 0; i < 10; i++) Made(workspace, i);
        Assert.True(other.IsAlive && kept.IsAlive);
        other.Dispose();
        for (int i = 0; i < 3; i++) Made(workspace, i);
        Assert.Throws<StaleAccessException>(() => kept.ToArray<float>());
        Assert.Throws<StaleAccessException>(() => workspace.Ring.Hold(pass));
        Assert.Throws<StaleAccessException>(() => workspace.Ring.Hold(default));
        Assert.Throws<StaleAccessException>(() => workspace.Ring.Hold(workspace.OuterPass));
    }

    [Fact]
    public void When_every_pass_is_held_the_next_one_fails_or_spills_as_the_policy_says()
    {
        using (Workspace strict = _manager.Lease(RingOf(2)))
        {
            RingLease[] held = [strict.Ring.Hold(Made(strict, 1).Pass), strict.Ring.Hold(Made(strict, 2).Pass)];
            WorkspaceException error = Assert.Throws<WorkspaceException>(() => strict.Enter());
            Assert.Contains("all 2 slots are held", error.Numbers, StringComparison.Ordinal);
            held[0].Dispose();
            Made(strict, 3);
        }

        using Workspace workspace = _manager.Lease(RingOf(2, SpillPolicy.External));
        var made = new List<(Tensor Tensor, Pass Pass)> { Made(workspace, 0), Made(workspace, 1) };
        long committed = workspace.Memory.Committed;
        RingLease[] leases = [workspace.Ring.Hold(made[0].Pass), workspace.Ring.Hold(made[1].Pass)];
        for (int i = 2; i < 6; i++)
        {
            made.Add(Made(workspace, i));
            using Pass pass = workspace.Enter();
            Assert.All(made[i].Tensor.ToArray<float>(), value => Assert.Equal(i, value));
        }

        Assert.True(workspace.Ring.Spills > 0);
        Assert.All(made[0].Tensor.ToArray<float>(), static value => Assert.Equal(0, value));
        Assert.All(made[1].Tensor.ToArray<float>(), static value => Assert.Equal(1, value));
        foreach (RingLease lease in leases) lease.Dispose();
        for (int i = 0; i < 4; i++) Made(workspace, i);
        Assert.InRange(workspace.Memory.Committed, 1, committed);
        Assert.Single(_manager.Findings, static finding => finding.Code == FindingCodes.RingSpilled);
    }

    [Fact]
    public void A_bigger_pass_leaves_the_others_intact_and_its_pages_go_back()
    {
        using Workspace workspace = _manager.Lease(RingOf(4));
        for (int i = 0; i < 100; i++) Made(workspace, i);
        long committed = workspace.Memory.Committed;
        (Tensor before, _) = Made(workspace, 1);
        (Tensor large, _) = Made(workspace, 2, 2_000_000);
        (Tensor after, _) = Made(workspace, 3);
        Assert.True(workspace.Memory.Committed > committed + 7_000_000);
        Assert.All(before.ToArray<float>(), static value => Assert.Equal(1, value));
        Assert.Equal(4_000_000, large.Sum().Item<float>());
        Assert.All(after.ToArray<float>(), static value => Assert.Equal(3, value));
        for (int i = 0; i < 4; i++) Made(workspace, i);
        Assert.False(large.IsAlive);
        Assert.InRange(workspace.Memory.Committed, 1, committed + (256 << 10));
    }

    [Fact]
    public void The_end_of_the_lease_ends_every_pass_and_the_next_lease_begins_anew()
    {
        WorkspaceConfiguration configuration = RingOf(3) with { Name = "ring" };
        Workspace workspace = _manager.Lease(configuration);
        (Tensor x, Pass pass) = Made(workspace, 1);
        Pass open = workspace.Enter();
        workspace.Dispose();
        Assert.False(x.IsAlive || open.IsOpen);
        Assert.Contains(_manager.Findings, static finding => finding.Code == FindingCodes.ClosedOutOfOrder);
        using Workspace again = _manager.Lease(configuration);
        Assert.Throws<StaleAccessException>(() => again.Ring.Hold(pass));
        for (int i = 0; i < 7; i++) Made(again, i);
        Assert.Throws<StaleAccessException>(() => x.Shape);
    }

    private static (Tensor Tensor, Pass Pass) Made(Workspace workspace, double value, int count = 1000)
    {
        using Pass pass = workspace.Enter(new PassSignature().With(count));
        return (Tensor.Full(new Shape(count), value), pass);
    }
}
