using Workspaces.Memory;
using Workspaces.Memory.Rings;
using Workspaces.Memory.Tracking;
using static Workspaces.Tests.Rings.RingRuns;

namespace Workspaces.Tests.Rings;

/// <summary>Slots and leases used twice, too late, by two, or by who would wait for himself: told, and nobody else suffers.</summary>
public sealed class RingMisuseTests : IDisposable
{
    private readonly WorkspaceManager _manager = new();

    public void Dispose() => _manager.Dispose();

    private Workspace Lease(int slots = 3, SpillPolicy spill = SpillPolicy.Fail, string? name = null) => RingRuns.Lease(_manager, slots, spill, name);

    [Fact]
    public void Who_holds_all_slots_and_asks_for_one_more_is_told_instead_of_waiting_for_himself()
    {
        using Workspace workspace = Lease(2);
        Ring ring = workspace.Ring;
        Produce(ring, 1);
        Produce(ring, 2);
        RingLease first = ring.Take(), second = ring.Take();
        Assert.Contains("held by this very thread", Assert.Throws<WorkspaceException>(() => ring.Take()).Numbers, StringComparison.Ordinal);
        Assert.Contains("PolicySpill is Fail", Assert.Throws<WorkspaceException>(() => ring.Acquire()).Numbers, StringComparison.Ordinal);
        first.HandOver();
        var reader = new Thread(() =>
        {
            SpinWait.SpinUntil(() => ring.Waits == 1);
            first.Dispose();
        });
        reader.Start();
        ring.Acquire().Publish();
        reader.Join();
        Assert.Equal(2, Take(ring));
        second.Dispose();

        using Workspace soft = Lease(2, SpillPolicy.External);
        soft.Ring.Acquire();
        soft.Ring.Acquire();
        Assert.Equal(2, soft.Ring.Acquire().Index);
    }

    [Fact]
    public void Disposing_a_lease_twice_does_not_give_back_the_slot_of_another()
    {
        using Workspace workspace = Lease(2);
        Ring ring = workspace.Ring;
        Produce(ring, 1);
        RingLease first = ring.Take(), copy = first;
        first.Dispose();
        Block second = Produce(ring, 2);
        RingLease lease = ring.Take();
        Assert.Equal(first.Index, lease.Index);
        copy.Dispose();
        first.Dispose();
        Assert.True(lease.IsAlive);
        Assert.All(Read(second), static value => Assert.Equal(2, value));
        Assert.Equal(1, ring.FreeCount);
    }

    [Fact]
    public void A_slot_is_filled_between_Acquire_and_Publish_only()
    {
        using Workspace workspace = Lease();
        Ring ring = workspace.Ring;
        RingSlot slot = ring.Acquire();
        Pass pass = slot.Enter();
        Assert.Throws<WorkspaceException>(() => slot.Enter());
        Assert.Throws<WorkspaceException>(() => slot.Publish());
        pass.Dispose();
        pass.Dispose();
        Assert.False(pass.IsOpen);
        Assert.Throws<StaleAccessException>(() => pass.Mark());
        slot.Enter().Dispose();
        slot.Publish();
        Assert.False(slot.IsOpen);
        Assert.Contains("it was published", Assert.Throws<StaleAccessException>(() => slot.Publish()).Numbers, StringComparison.Ordinal);
        Assert.Throws<StaleAccessException>(() => slot.Allocate(1));
        Assert.Throws<StaleAccessException>(() => slot.Enter());
        slot.Dispose();
        Assert.Equal(0, Take(ring));
        RingSlot given = ring.Acquire();
        given.Dispose();
        given.Dispose();
        Assert.Throws<StaleAccessException>(() => given.Publish());
        Assert.Throws<StaleAccessException>(() => given.Allocate(1));
        Assert.Equal(3, ring.FreeCount);
    }

    [Fact]
    public void Default_handles_are_told_apart()
    {
        Assert.Throws<StaleAccessException>(() => default(RingSlot).Allocate(1));
        Assert.Throws<StaleAccessException>(() => default(RingSlot).Publish());
        Assert.Throws<StaleAccessException>(() => default(RingLease).BlockAt(0));
        default(RingSlot).Dispose();
        default(RingLease).Dispose();
        default(RingSlot).Fail(new IOException());
        Assert.False(default(RingSlot).IsOpen || default(RingLease).IsAlive);
    }

    [Fact]
    public void Two_threads_that_publish_one_slot_do_it_once()
    {
        using Workspace workspace = Lease();
        Ring ring = workspace.Ring;
        for (int round = 0; round < 100; round++)
        {
            RingSlot slot = ring.Acquire();
            int published = 0;
            Parallel.For(0, 2, _ =>
            {
                try
                {
                    slot.Publish();
                    Interlocked.Increment(ref published);
                }
                catch (StaleAccessException)
                {
                }
            });
            Assert.Equal(1, published);
            Assert.Equal(round, Take(ring));
            Assert.False(ring.TryTake(out _));
        }
    }

    [Fact]
    public void The_end_of_the_lease_wakes_who_waits_and_ends_every_slot()
    {
        Workspace workspace = Lease(2, name: "ring");
        Ring ring = workspace.Ring;
        Block read = Produce(ring, 1);
        RingLease lease = ring.Take();
        RingSlot slot = ring.Acquire();
        Block written = slot.Allocate(100);
        using var waiting = new CountdownEvent(2);
        Thread[] threads =
        [
            new(() => Expect(() => ring.Acquire())),
            new(() => Expect(() => ring.Take())),
        ];
        foreach (Thread thread in threads) thread.Start();
        SpinWait.SpinUntil(() => ring.Waits == 1);
        workspace.Dispose();
        foreach (Thread thread in threads) thread.Join();
        Assert.True(waiting.IsSet);
        Assert.False(read.IsAlive || written.IsAlive || lease.IsAlive);
        Assert.Throws<ObjectDisposedException>(() => slot.Publish());
        Assert.Throws<ObjectDisposedException>(() => slot.Allocate(1));
        Assert.Throws<ObjectDisposedException>(() => ring.TryTake(out _));
        Assert.Throws<ObjectDisposedException>(() => workspace.Ring);
        lease.Dispose();
        slot.Dispose();
        Assert.Contains(_manager.Findings, static finding => finding.Code == FindingCodes.RingSlotsOpen && finding.Text.Contains("2 of 2 slots", StringComparison.Ordinal));

        using Workspace again = Lease(2, name: "ring");
        Assert.Same(ring, again.Ring);
        lease.Dispose();
        Assert.Throws<StaleAccessException>(() => slot.Publish());
        Assert.Equal(2, ring.FreeCount);
        Produce(ring, 5);
        Assert.Equal(0, Take(ring));

        void Expect(Action wait)
        {
            Assert.Throws<ObjectDisposedException>(wait);
            waiting.Signal();
        }
    }

    [Fact]
    public void Only_a_workspace_that_is_a_ring_has_one_and_one_lease_uses_it_in_one_way()
    {
        using Workspace plain = _manager.Lease(new());
        Assert.Contains("EndOfBufferReached", Assert.Throws<WorkspaceException>(() => plain.Ring).Remedy, StringComparison.Ordinal);
        using (Workspace passes = Lease())
        {
            passes.Enter().Dispose();
            Assert.Throws<WorkspaceException>(() => passes.Ring.Acquire());
            Assert.Throws<WorkspaceException>(() => passes.Ring.AcquireNow());
        }

        using Workspace producers = Lease();
        Produce(producers.Ring, 1);
        Assert.Throws<WorkspaceException>(() => producers.Enter());
        Assert.Equal(0, Take(producers.Ring));
    }
}
