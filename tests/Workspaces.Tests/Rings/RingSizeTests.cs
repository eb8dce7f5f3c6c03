using Workspaces.Memory;
using Workspaces.Memory.Rings;

namespace Workspaces.Tests.Rings;

/// <summary>Slots learn their size; what is larger gets pages for once; caps hold.</summary>
public sealed class RingSizeTests : IDisposable
{
    private const int Small = 100_000, Large = 5_000_000;
    private readonly WorkspaceManager _manager = new();

    public void Dispose() => _manager.Dispose();

    private static WorkspaceConfiguration RingOf(int slots, long cap = 0) => new()
    {
        PolicyReset = ResetPolicy.EndOfBufferReached, StepsNumber = slots, PolicySpill = SpillPolicy.Fail, MaxSize = cap,
    };

    private static void Batch(Ring ring, int bytes)
    {
        using RingSlot slot = ring.Acquire();
        slot.Allocate(bytes, zeroed: true);
        slot.Publish();
        ring.Take().Dispose();
    }

    [Fact]
    public void A_single_oversize_batch_has_its_pages_for_that_once()
    {
        using Workspace workspace = _manager.Lease(RingOf(3));
        Ring ring = workspace.Ring;
        for (int i = 0; i < 10; i++) Batch(ring, Small);
        (long normal, long size) = (workspace.Memory.Committed, ring.SlotBytes);
        Assert.InRange(size, Small, Small + (64 << 10));
        using (RingSlot slot = ring.Acquire())
        {
            Block block = slot.Allocate(Large, zeroed: true);
            Assert.True(workspace.Memory.Committed >= Large);
            slot.Publish();
            RingLease lease = ring.Take();
            Assert.Equal(Large, block.Length);
            lease.Dispose();
        }

        Assert.Equal((normal, size), (workspace.Memory.Committed, ring.SlotBytes));
        long calls = workspace.SystemCalls;
        for (int i = 0; i < 10; i++) Batch(ring, Small);
        Assert.Equal(calls, workspace.SystemCalls);
    }

    [Fact]
    public void The_second_oversize_batch_makes_slots_larger_and_64_batches_without_make_them_smaller()
    {
        using Workspace workspace = _manager.Lease(RingOf(2));
        Ring ring = workspace.Ring;
        for (int i = 0; i < 5; i++) Batch(ring, Small);
        Batch(ring, Large);
        Assert.True(ring.SlotBytes < Large);
        Batch(ring, Large);
        Assert.InRange(ring.SlotBytes, Large, Large + (2 << 20));
        long calls = workspace.SystemCalls;
        Batch(ring, Large);
        Assert.Equal(calls, workspace.SystemCalls);
        for (int i = 0; i < 64; i++) Batch(ring, Small);
        Assert.True(ring.SlotBytes < 2 * Small);
        Assert.True(workspace.Memory.Committed < Large / 2);
    }

    [Fact]
    public void A_batch_above_the_cap_fails_and_leaves_the_slot_usable()
    {
        const int cap = 1 << 20;
        using Workspace workspace = _manager.Lease(RingOf(2, cap));
        Ring ring = workspace.Ring;
        using (RingSlot slot = ring.Acquire())
        {
            Assert.Throws<OutOfWorkspaceException>(() => slot.Allocate(cap + 1));
            Block block = slot.Allocate(Small, zeroed: true);
            slot.Publish();
            using RingLease lease = ring.Take();
            Assert.True(block.IsAlive);
        }

        RingSlot first = ring.Acquire(), second = ring.Acquire();
        Block whole = first.Allocate(cap - Small, zeroed: true);
        Assert.Throws<OutOfWorkspaceException>(() => second.Allocate(2 * Small));
        Assert.True(workspace.Memory.Allocated <= cap);
        first.Dispose();
        Assert.False(whole.IsAlive);
        second.Allocate(2 * Small, zeroed: true);
        second.Publish();
        ring.Take().Dispose();
    }

    [Fact]
    public void A_request_larger_than_the_ring_that_learns_nothing_is_served_or_refused_but_never_hangs()
    {
        WorkspaceConfiguration fixedSize = RingOf(2) with { PolicyLearning = LearningPolicy.None, InitialSize = 4096 };
        using (Workspace workspace = _manager.Lease(fixedSize))
        {
            Batch(workspace.Ring, Large);
            Batch(workspace.Ring, 100);
        }

        using (Workspace workspace = _manager.Lease(fixedSize))
        {
            for (int i = 0; i < 5; i++)
            {
                using Pass pass = workspace.Enter();
                Assert.Equal(Large, workspace.MemoryManager.Allocate(Large).Length);
            }
        }

        using Workspace capped = _manager.Lease(fixedSize with { MaxSize = 1 << 20 });
        using (capped.Enter()) Assert.Throws<OutOfWorkspaceException>(() => capped.MemoryManager.Allocate(Large));
        using (capped.Enter()) Assert.Equal(100, capped.MemoryManager.Allocate(100).Length);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(0)]
    [InlineData(-3)]
    [InlineData(1025)]
    [InlineData(int.MaxValue)]
    public void A_ring_has_2_to_1024_slots(int slots)
    {
        ConfigurationException error = Assert.Throws<ConfigurationException>(() => _manager.Lease(RingOf(slots)));
        Assert.Contains("StepsNumber", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_ring_of_the_most_slots_works_and_costs_what_is_used()
    {
        using Workspace workspace = _manager.Lease(RingOf(1024));
        Ring ring = workspace.Ring;
        Assert.Equal(0, workspace.Memory.Committed);
        for (int i = 0; i < 3; i++) Batch(ring, Small);
        Assert.InRange(workspace.Memory.Committed, Small, 2 * Small);
        RingSlot[] all = new RingSlot[1024];
        for (int i = 0; i < all.Length; i++)
        {
            all[i] = ring.Acquire();
            all[i].Allocate(64);
        }

        Assert.False(ring.TryAcquire(out _));
        foreach (RingSlot slot in all) slot.Publish();
        for (int i = 0; i < all.Length; i++) ring.Take().Dispose();
        Assert.Equal(1024, ring.FreeCount);
    }

    [Fact]
    public void Without_workspaces_slots_work_the_same()
    {
        using Workspace workspace = _manager.Lease(RingOf(2) with { WorkspaceMode = WorkspaceMode.None });
        Ring ring = workspace.Ring;
        for (int i = 0; i < 10; i++)
        {
            using RingSlot slot = ring.Acquire();
            Block block = slot.Allocate(Small, zeroed: true);
            slot.Publish();
            using (ring.Take()) Assert.True(block.IsAlive);
            Assert.False(block.IsAlive);
        }

        Assert.Equal(0, workspace.Memory.External);
    }
}
