using System.Buffers.Binary;
using Workspaces.Memory;
using Workspaces.Memory.Rings;

namespace Workspaces.Tests.Rings;

/// <summary>4 producers, 1 consumer, random sizes and delays: order right, no torn or stale read, constant memory.</summary>
public sealed class RingStressTests
{
    private const int Producers = 4, Slots = 6, MostBytes = 3000, OversizeBytes = 300_000, OversizeEvery = 1009;

    [Fact]
    public void A_hundred_thousand_batches_arrive_whole_and_in_order() => Run(100_000, seed: 1);

    [Fact]
    [Trait("Category", "Slow")]
    public void A_million_batches_arrive_whole_and_in_order() => Run(1_000_000, seed: 2);

    private static void Run(int batches, int seed)
    {
        using var manager = new WorkspaceManager();
        using Workspace workspace = manager.Lease(new() { PolicyReset = ResetPolicy.EndOfBufferReached, StepsNumber = Slots });
        Ring ring = workspace.Ring;
        int left = batches;
        var failures = new List<Exception>();
        var threads = new Thread[Producers];
        for (int i = 0; i < Producers; i++)
        {
            var random = new Random((seed * 100) + i);
            threads[i] = new Thread(() => Guard(() =>
            {
                byte[] bytes = new byte[OversizeBytes];
                while (Interlocked.Decrement(ref left) >= 0) Fill(ring, random, bytes);
            }));
        }

        foreach (Thread thread in threads) thread.Start();
        Guard(() => Consume(workspace, batches, new Random(seed)));
        if (failures.Count > 0) workspace.Dispose(); // wakes producers that would wait for ever
        foreach (Thread thread in threads) thread.Join();
        Assert.Empty(failures);
        Assert.Equal((batches, Slots, 0L), (ring.Acquired, ring.FreeCount, ring.Spills));

        void Guard(Action work)
        {
            try
            {
                work();
            }
            catch (Exception exception)
            {
                lock (failures) failures.Add(exception);
            }
        }
    }

    private static void Fill(Ring ring, Random random, byte[] bytes)
    {
        using RingSlot slot = ring.Acquire();
        int length = slot.Sequence % OversizeEvery == OversizeEvery - 1 ? OversizeBytes : 8 + random.Next(MostBytes);
        Block first = slot.Allocate(length), second = slot.Allocate(16);
        Span<byte> content = bytes.AsSpan(0, length);
        content.Fill(Pattern(slot.Sequence));
        BinaryPrimitives.WriteInt64LittleEndian(content, slot.Sequence);
        first.CopyFrom(content);
        Thread.SpinWait(random.Next(100));
        second.CopyFrom(content[..8]);
        if (random.Next(4) == 0) first.CopyFrom(content); // twice: a reader of the wrong life would see it change
        slot.Publish();
    }

    private static void Consume(Workspace workspace, int batches, Random random)
    {
        Ring ring = workspace.Ring;
        byte[] bytes = new byte[OversizeBytes];
        Block last = default;
        long most = 0;
        for (long expected = 0; expected < batches; expected++)
        {
            Assert.False(last.IsAlive);
            if (expected % 1000 == 1) Assert.Throws<StaleAccessException>(() => last.CopyTo(bytes.AsSpan(0, 8)));
            using RingLease lease = ring.Take();
            Block first = lease.BlockAt(0), second = lease.BlockAt(1);
            Thread.SpinWait(random.Next(50));
            Span<byte> content = bytes.AsSpan(0, (int)first.Length);
            first.CopyTo(content);
            bool right = lease.Sequence == expected && BinaryPrimitives.ReadInt64LittleEndian(content) == expected
                && content[8..].IndexOfAnyExcept(Pattern(expected)) < 0;
            second.CopyTo(content[..8]);
            Assert.True(right && BinaryPrimitives.ReadInt64LittleEndian(content) == expected, $"batch {expected}");
            last = first;
            if (expected % 64 == 0) most = Math.Max(most, workspace.Memory.Committed);
        }

        // Every slot in its step of commitment with its tail page, and a few oversize batches at once.
        Assert.InRange(most, 1, (Slots * ((64 << 10) + 4096)) + (3 * (OversizeBytes + (128 << 10))));
        Assert.True(workspace.Ring.SlotBytes <= 64 << 10);
    }

    private static byte Pattern(long sequence) => (byte)((sequence * 31) + 17);
}
