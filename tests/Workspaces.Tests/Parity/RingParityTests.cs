using Workspaces.Memory;
using Workspaces.Memory.Rings;
using Workspaces.Ops;
using Workspaces.Tensors;
using Workspaces.Tests.Memory;
using Workspaces.Tests.Spill;

namespace Workspaces.Tests.Parity;

/// <summary>Rings whose batches change in size, under every spill policy.</summary>
public sealed class RingParityTests : IDisposable
{
    private const int Small = 100_000, Large = 3_000_000;
    private const long Mebi = 1 << 20;
    private readonly WorkspaceManager _manager = new();

    public void Dispose() => _manager.Dispose();

    [Theory]
    [InlineData(SpillPolicy.Fail)]
    [InlineData(SpillPolicy.External)]
    [InlineData(SpillPolicy.Reallocate)]
    public void A_hundred_larger_batches_make_the_slots_larger_and_a_hundred_small_ones_make_them_small_again(SpillPolicy policy)
    {
        using Workspace workspace = _manager.Lease(RingOf(4, policy));
        Ring ring = workspace.Ring;
        for (int i = 0; i < 10; i++) Batch(ring, Small, (byte)i);
        for (int i = 0; i < 10; i++) Batch(ring, Large, (byte)i);
        long calls = workspace.SystemCalls;
        for (int i = 0; i < 90; i++) Batch(ring, Large, (byte)i);
        Assert.Equal((calls, 4, 0L, 0L), (workspace.SystemCalls, ring.SlotCount, workspace.Memory.External, ring.Spills));
        Assert.InRange(ring.SlotBytes, Large, Large + (2 * Mebi));
        Assert.InRange(workspace.Memory.Committed, Large, 4 * (Large + (2 * Mebi)));
        for (int i = 0; i < 100; i++) Batch(ring, Small, (byte)i);
        Assert.InRange(ring.SlotBytes, Small, 2 * Small);
        Assert.InRange(workspace.Memory.Committed, Small, Large);
        Assert.Equal(0, workspace.Memory.Allocated + workspace.Memory.External);
    }

    [Theory]
    [InlineData(SpillPolicy.External)]
    [InlineData(SpillPolicy.Reallocate)]
    public void Batches_above_the_cap_are_spilled_or_refused_and_leave_nothing(SpillPolicy policy)
    {
        using Workspace workspace = _manager.Lease(RingOf(3, policy) with { MaxSize = Mebi });
        Ring ring = workspace.Ring;
        for (int i = 0; i < 40; i++)
        {
            using (RingSlot slot = ring.Acquire())
            {
                slot.Allocate(Small, zeroed: true);
                if (policy == SpillPolicy.Reallocate) Assert.Throws<OutOfWorkspaceException>(() => slot.Allocate(Large));
                else slot.Allocate(Large, zeroed: true);
                Block kept = slot.Allocate(Small, zeroed: true);
                kept.AsSpan().Fill((byte)i);
                SpillBooks.Check(workspace);
                slot.Publish(kept);
            }

            using RingLease lease = ring.Take();
            Assert.True(((Block)lease.Item!).AsSpan().IndexOfAnyExcept((byte)i) < 0);
            Assert.Equal(policy == SpillPolicy.External ? 3 : 2, lease.BlockCount);
            if (policy == SpillPolicy.External) Assert.True(lease.BlockAt(1).AsSpan().IndexOfAnyExcept((byte)0) < 0);
        }

        Assert.Equal((0L, 0L, 3), (workspace.Memory.External, workspace.Memory.Allocated, ring.FreeCount));
        Assert.Equal(policy == SpillPolicy.External, workspace.SpilledBytes > 0);
    }

    [Fact]
    public void Reallocate_makes_a_full_ring_longer_for_the_rest_of_the_lease()
    {
        WorkspaceConfiguration configuration = RingOf(2, SpillPolicy.Reallocate) with { Name = "ring" };
        using (Workspace workspace = _manager.Lease(configuration))
        {
            Ring ring = workspace.Ring;
            RingSlot[] slots = [ring.AcquireNow(), ring.AcquireNow(), ring.AcquireNow(), ring.AcquireNow()];
            Assert.Equal(4, ring.SlotCount);
            for (int i = 0; i < slots.Length; i++)
            {
                slots[i].Allocate(Small, zeroed: true).AsSpan().Fill((byte)i);
                slots[i].Publish();
            }

            for (int i = 0; i < slots.Length; i++)
            {
                using RingLease lease = ring.Take();
                Assert.True(lease.BlockAt(0).AsSpan().IndexOfAnyExcept((byte)i) < 0);
            }

            Assert.Equal(4, ring.FreeCount);
            long calls = workspace.SystemCalls;
            for (int i = 0; i < 20; i++) Batch(ring, Small, (byte)i);
            Assert.Equal(calls, workspace.SystemCalls);
        }

        using Workspace again = _manager.Lease(configuration);
        Assert.Equal(2, again.Ring.SlotCount);
    }

    [Theory]
    [InlineData(SpillPolicy.External)]
    [InlineData(SpillPolicy.Reallocate)]
    public void Rotating_passes_under_a_cap_keep_the_bytes_of_the_last_ones(SpillPolicy policy)
    {
        const int slots = 3;
        int spilled = 0, refused = 0;
        for (int seed = 0; seed < 20; seed++)
        {
            var random = new Random(seed);
            using var manager = new WorkspaceManager();
            using Workspace workspace = manager.Lease(RingOf(slots, policy) with { MaxSize = Mebi });
            var readable = new Queue<List<(RawBlock Block, byte Fill)>>();
            for (int pass = 0; pass < 12; pass++)
            {
                using Pass open = workspace.Enter(new PassSignature().With(pass % 2));
                if (readable.Count == slots) Assert.DoesNotContain(readable.Dequeue(), static old => old.Block.IsAlive);
                var mine = new List<(RawBlock Block, byte Fill)>();
                readable.Enqueue(mine);
                for (int i = 0; i < 15; i++) refused += Request(workspace, random, mine, i) ? 0 : 1;
                Assert.All(readable, static list => Assert.All(list, static kept => Assert.True(kept.Block.IsAlive && kept.Block.IsFilledWith(kept.Fill))));
            }

            spilled += workspace.SpilledBytes > 0 ? 1 : 0;
        }

        Assert.True(spilled > 0, "no run spilled");
        Assert.Equal(policy == SpillPolicy.Reallocate, refused > 0);
    }

    [Fact]
    public async Task A_prefetching_ring_of_25_slots_serves_two_tensors_a_batch()
    {
        const int batches = 300;
        using Workspace workspace = _manager.Lease(RingOf(25, SpillPolicy.Fail));
        Ring ring = workspace.Ring;
        Task producer = Task.Run(() =>
        {
            for (int i = 0; i < batches; i++)
            {
                using RingSlot slot = ring.Acquire();
                (Tensor, Tensor) batch;
                using (slot.Enter()) batch = (Tensor.Full([8, 40 + (i % 9)], i), Tensor.Full([8], -i));
                slot.Publish(batch);
            }

            ring.Complete();
        });
        int taken = 0;
        for (; ring.Take(out RingLease lease); taken++)
        {
            (Tensor x, Tensor y) = ((Tensor, Tensor))lease.Item!;
            Assert.All(x.ToArray<float>(), value => Assert.Equal(taken, value));
            Assert.All(y.ToArray<float>(), value => Assert.Equal(-taken, value));
            lease.Dispose();
            Assert.Throws<StaleAccessException>(() => x.ToArray<float>());
        }

        await producer;
        Assert.Equal((batches, 0L), (taken, ring.Spills));
    }

    private static WorkspaceConfiguration RingOf(int slots, SpillPolicy policy) =>
        new() { PolicyReset = ResetPolicy.EndOfBufferReached, StepsNumber = slots, PolicySpill = policy };

    private static void Batch(Ring ring, int bytes, byte fill)
    {
        using RingSlot slot = ring.Acquire();
        slot.Allocate(bytes, zeroed: true).AsSpan().Fill(fill);
        slot.Publish();
        using RingLease lease = ring.Take();
        Assert.True(lease.BlockAt(0).AsSpan().IndexOfAnyExcept(fill) < 0);
    }

    /// <summary>Releases one of the blocks now and then, and asks for another; false when it was refused.</summary>
    private static bool Request(Workspace workspace, Random random, List<(RawBlock Block, byte Fill)> mine, int number)
    {
        if (mine.Count > 0 && random.Next(3) == 0)
        {
            int at = random.Next(mine.Count);
            mine[at].Block.Release();
            mine.RemoveAt(at);
        }

        try
        {
            var block = RawBlock.From(workspace, random.Next(1, 90_000), op: $"{number}");
            block.Fill((byte)number);
            mine.Add((block, (byte)number));
            return true;
        }
        catch (OutOfWorkspaceException)
        {
            return false;
        }
        finally
        {
            SpillBooks.Check(workspace);
        }
    }
}
