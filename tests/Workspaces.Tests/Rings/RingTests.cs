using Workspaces.Memory;
using Workspaces.Memory.Rings;
using Workspaces.Memory.Tracking;
using Workspaces.Ops;
using Workspaces.Tensors;
using static Workspaces.Tests.Rings.RingRuns;

namespace Workspaces.Tests.Rings;

/// <summary>Slots go from producers to consumers and back; whoever holds one is never overwritten, and waits end.</summary>
public sealed class RingTests : IDisposable
{
    private readonly WorkspaceManager _manager = new();

    public void Dispose() => _manager.Dispose();

    private Workspace Lease(int slots = 3, SpillPolicy spill = SpillPolicy.Fail, string? name = null) => RingRuns.Lease(_manager, slots, spill, name);

    [Fact]
    public void A_slot_is_readable_until_its_lease_is_disposed_and_stale_afterwards()
    {
        using Workspace workspace = Lease();
        Ring ring = workspace.Ring;
        Block made = Produce(ring, 7);
        RingLease lease = ring.Take();
        Assert.Equal((0L, 1), (lease.Sequence, lease.BlockCount));
        Assert.Equal(made, lease.BlockAt(0));
        Assert.All(Read(made), static value => Assert.Equal(7, value));
        lease.Dispose();
        Assert.False(made.IsAlive || lease.IsAlive);
        Assert.Throws<StaleAccessException>(() => Read(made));
        Assert.Throws<StaleAccessException>(() => lease.BlockAt(0));
        Assert.Throws<StaleAccessException>(() => lease.BlockCount);
        Assert.Throws<StaleAccessException>(() => lease.Item);
        Assert.Throws<StaleAccessException>(() => lease.HandOver());
    }

    [Fact]
    public void Tensors_made_in_an_entered_slot_go_to_the_consumer_with_its_item()
    {
        using Workspace workspace = Lease(), step = _manager.Lease(new() { Name = "step" });
        Ring ring = workspace.Ring;
        RingSlot slot = ring.Acquire();
        Tensor x;
        using (Pass pass = slot.Enter())
        {
            Assert.Same(workspace, pass.Workspace);
            x = Tensor.Full(new Shape(2, 3), 4);
        }

        Assert.Same(step, Tensor.Ones(new Shape(1)).Workspace);
        slot.Publish("first");
        using (RingLease lease = ring.Take())
        {
            Assert.Equal("first", lease.Item);
            using Pass pass = step.Enter();
            Assert.Equal([4, 4, 4, 4, 4, 4], x.Reshape(6).ToArray<float>());
            Assert.Throws<ArgumentOutOfRangeException>(() => lease.BlockAt(0));
        }

        Assert.Throws<StaleAccessException>(() => x.ToArray<float>());
        Assert.Throws<StaleAccessException>(() => x.Shape);
    }

    [Fact]
    public void Consumers_take_in_the_order_of_acquisition_and_slots_given_up_leave_a_gap()
    {
        using Workspace workspace = Lease(5);
        Ring ring = workspace.Ring;
        RingSlot[] slots = [ring.Acquire(), ring.Acquire(), ring.Acquire(), ring.Acquire()];
        slots[3].Publish();
        slots[1].Dispose();
        slots[2].Publish();
        Assert.False(ring.TryTake(out _));
        slots[0].Publish();
        long[] order = [Next(), Next(), Next()];
        Assert.Equal([0, 2, 3], order);
        Assert.False(ring.TryTake(out _));
        Assert.Equal(5, ring.FreeCount);

        long Next()
        {
            using RingLease lease = ring.Take();
            return lease.Sequence;
        }
    }

    [Fact]
    public void A_producer_waits_instead_of_overwriting_what_is_read()
    {
        using Workspace workspace = Lease(2);
        Ring ring = workspace.Ring;
        Block first = Produce(ring, 1), second = Produce(ring, 2);
        RingLease lease = ring.Take();
        Assert.False(ring.TryAcquire(out _));
        Block third = default;
        var producer = new Thread(() => third = Produce(ring, 3));
        producer.Start();
        SpinWait.SpinUntil(() => ring.Waits == 1);
        Assert.All(Read(first), static value => Assert.Equal(1, value));
        lease.Dispose();
        producer.Join();
        Assert.False(first.IsAlive);
        Assert.All(Read(second), static value => Assert.Equal(2, value));
        Assert.All(Read(third), static value => Assert.Equal(3, value));
    }

    [Fact]
    public async Task Waits_in_async_methods_hold_no_thread()
    {
        using Workspace workspace = Lease(2);
        Ring ring = workspace.Ring;
        ValueTask<RingLease> take = ring.TakeAsync();
        Assert.False(take.IsCompleted);
        Produce(ring, 1);
        RingLease lease = await take;
        Produce(ring, 2);
        ValueTask<RingSlot> acquire = ring.AcquireAsync();
        Assert.False(acquire.IsCompleted);
        lease.Dispose();
        RingSlot slot = await acquire;
        slot.Publish();
        Assert.Equal(1, (await ring.TakeAsync()).Sequence);
        Assert.Equal(2, (await ring.TakeAsync()).Sequence);
    }

    [Fact]
    public async Task Waits_are_cancelled_and_take_nothing()
    {
        using Workspace workspace = Lease(2);
        Ring ring = workspace.Ring;
        using (var stop = new CancellationTokenSource())
        {
            Task<OperationCanceledException> taking = Task.Run(() => Assert.ThrowsAny<OperationCanceledException>(() => ring.Take(stop.Token)));
            ValueTask<RingLease> takingAsync = ring.TakeAsync(stop.Token);
            await stop.CancelAsync();
            await taking;
            await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await takingAsync);
        }

        Produce(ring, 1);
        Produce(ring, 2);
        using (var stop = new CancellationTokenSource())
        {
            Task<OperationCanceledException> acquiring = Task.Run(() => Assert.ThrowsAny<OperationCanceledException>(() => ring.Acquire(stop.Token)));
            ValueTask<RingSlot> acquiringAsync = ring.AcquireAsync(stop.Token);
            await stop.CancelAsync();
            await acquiring;
            await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await acquiringAsync);
        }

        Assert.Equal((0L, 1L), (Take(ring), Take(ring)));
        Assert.Equal(2, ring.FreeCount);
    }

    [Fact]
    public void An_exception_of_the_producer_comes_in_its_turn_with_its_stack_and_the_ring_goes_on()
    {
        using Workspace workspace = Lease();
        Ring ring = workspace.Ring;
        Produce(ring, 1);
        RingSlot broken = ring.Acquire();
        Block half = broken.Allocate(10);
        Produce(ring, 3);
        try
        {
            ReadTheDisk();
        }
        catch (IOException exception)
        {
            broken.Fail(exception);
        }

        Assert.False(half.IsAlive);
        Assert.Equal(0, Take(ring));
        IOException error = Assert.Throws<IOException>(() => ring.Take());
        Assert.Contains(nameof(ReadTheDisk), error.StackTrace, StringComparison.Ordinal);
        Assert.Equal(2, Take(ring));
        Assert.Equal(3, ring.FreeCount);
        broken.Fail(new InvalidOperationException("too late"));
        Assert.False(ring.TryTake(out _));
        Assert.Throws<ArgumentNullException>(() => ring.Acquire().Fail(null!));

        static void ReadTheDisk() => throw new IOException("the disk is gone");
    }

    [Fact]
    public void Without_waiting_a_full_ring_fails_or_spills_as_the_policy_says()
    {
        using (Workspace strict = Lease(2))
        {
            RingSlot held = strict.Ring.AcquireNow();
            strict.Ring.AcquireNow();
            WorkspaceException error = Assert.Throws<WorkspaceException>(() => strict.Ring.AcquireNow());
            Assert.Contains("all 2 slots are held", error.Numbers, StringComparison.Ordinal);
            held.Dispose();
            Assert.True(strict.Ring.TryAcquire(out _));
        }

        using Workspace workspace = Lease(2, SpillPolicy.External);
        Ring ring = workspace.Ring;
        Block[] blocks = [Produce(ring, 1, 200_000), Produce(ring, 2, 200_000), default];
        long committed = workspace.Memory.Committed;
        RingSlot spilled = ring.AcquireNow();
        Assert.Equal((2, 2, 1L), (spilled.Index, ring.SlotCount, ring.Spills));
        blocks[2] = spilled.Allocate(200_000, zeroed: true);
        spilled.Publish();
        Assert.True(workspace.Memory.Committed > committed);
        Assert.All(Read(blocks[0]), static value => Assert.Equal(1, value));
        Assert.All(Read(blocks[2]), static value => Assert.Equal(0, value));
        Assert.Equal((0L, 1L, 2L), (Take(ring), Take(ring), Take(ring)));
        Assert.Equal(committed, workspace.Memory.Committed);
        Assert.Equal(2, ring.FreeCount);
        Assert.Single(_manager.Findings, static finding => finding.Code == FindingCodes.RingSpilled);
    }

    [Fact]
    public void A_completed_ring_is_emptied_and_then_at_its_end_for_every_consumer()
    {
        using Workspace workspace = Lease();
        Ring ring = workspace.Ring;
        Produce(ring, 1);
        RingSlot open = ring.Acquire();
        ring.Complete();
        ring.Complete();
        Assert.Throws<WorkspaceException>(() => ring.Acquire());
        Assert.Equal(0, Take(ring));
        Assert.False(ring.TryTake(out _));
        open.Publish();
        Assert.Equal(1, Take(ring));
        Assert.False(ring.Take(out _));
        Assert.False(ring.Take(out _));
        Assert.False(ring.TryTake(out _));
        Assert.Throws<WorkspaceException>(() => ring.Take());
    }

    [Fact]
    public void Steady_rounds_make_no_garbage_and_ask_the_system_for_nothing()
    {
        using Workspace workspace = Lease(4);
        Ring ring = workspace.Ring;
        long before = 0, calls = 0;
        for (int i = 0; i < 2000; i++)
        {
            if (i == 200) (before, calls) = (GC.GetAllocatedBytesForCurrentThread(), workspace.SystemCalls);
            using RingSlot slot = ring.Acquire();
            slot.Allocate(100 + (i % 50));
            slot.Allocate(300, zeroed: true);
            slot.Publish();
            using RingLease lease = ring.Take();
            lease.BlockAt(0).Dispose();
        }

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        Assert.Equal(0, workspace.SystemCalls - calls);
    }
}
