using Workspaces.Data;
using Workspaces.Memory;
using Workspaces.NN;
using Workspaces.Ops;
using Workspaces.Tensors;

namespace Workspaces.Tests.Data;

/// <summary>Batches prepared by threads of the loader: the same ones, never too many, and every way to end.</summary>
[Collection(nameof(AloneCollection))]
public sealed class PrefetchTests : IDisposable
{
    private readonly WorkspaceManager _manager = new();

    public void Dispose() => _manager.Dispose();

    private DataLoader Loader(IDataSet data, int workers, int prefetch = 2, int batchSize = 5, bool shuffle = true) =>
        new(data, batchSize, shuffle, seed: 9, manager: _manager, workers: workers, prefetch: prefetch);

    private static List<float> Values(DataLoader loader, int epoch)
    {
        var values = new List<float>();
        int next = 0;
        foreach (Batch batch in loader.Epoch(epoch))
        {
            Assert.Equal(next++, batch.Index);
            values.AddRange(batch.Features.ToArray<float>());
            values.AddRange(batch.Labels.ToArray<long>().Select(static label => (float)label));
        }

        return values;
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(1, 8)]
    [InlineData(4, 1)]
    [InlineData(4, 3)]
    [InlineData(9, 50)]
    public void Batches_are_bit_equal_whatever_the_workers(int workers, int prefetch)
    {
        using DataLoader plain = Loader(new Counted(203), 0), loader = Loader(new Counted(203) { Delays = true }, workers, prefetch);
        Assert.Equal((workers, prefetch, 0, 0), (loader.Workers, loader.Prefetch, plain.Workers, plain.Prefetch));
        for (int epoch = 0; epoch < 4; epoch++) Assert.Equal(Values(plain, epoch), Values(loader, epoch));
        Assert.Equal(Values(plain, 1), Values(loader, 1));
    }

    [Fact]
    public void The_current_batch_and_the_one_before_can_be_read_and_no_other()
    {
        using DataLoader loader = Loader(new Counted(100), 2);
        var seen = new List<Batch>();
        foreach (Batch batch in loader.Epoch(0))
        {
            seen.Add(batch);
            Assert.True(batch.Features.IsAlive);
            if (seen.Count > 1) Assert.True(seen[^2].Labels.IsAlive);
            if (seen.Count > 2) Assert.Throws<StaleAccessException>(() => seen[^3].Features.ToArray<float>());
        }

        Assert.True(seen[^1].Features.IsAlive && seen[^2].Features.IsAlive);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    public void Workers_wait_when_as_many_batches_as_allowed_are_ready(int workers)
    {
        var data = new Counted(1000);
        using DataLoader loader = Loader(data, workers, prefetch: 3, batchSize: 10);
        DataLoaderEnumerator batches = loader.Epoch(0).GetEnumerator();
        for (int taken = 1; taken <= 3; taken++)
        {
            Assert.True(batches.MoveNext());
            int ahead = Math.Max(0, 2 - taken) + 3; // a batch more as long as there is none before the current one
            SpinWait.SpinUntil(() => data.Copied == (taken + ahead) * 10);
            SpinWait.SpinUntil(() => loader.Ring.FreeCount == 0);
            Assert.Equal((taken + ahead) * 10, data.Copied);
        }

        batches.Dispose();
    }

    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    public void An_exception_comes_in_its_turn_with_the_stack_of_the_worker_and_the_epoch_goes_on(int workers)
    {
        var data = new Counted(40) { Broken = 17 };
        using DataLoader loader = Loader(data, workers, shuffle: false);
        DataLoaderEnumerator batches = loader.Epoch(2).GetEnumerator();
        for (int i = 0; i < 3; i++) Assert.True(batches.MoveNext());
        InvalidDataException error = Assert.Throws<InvalidDataException>(() => batches.MoveNext());
        Assert.Contains("batch 3 of epoch 2", error.Message, StringComparison.Ordinal);
        Assert.Contains("sample 17", error.Message, StringComparison.Ordinal);
        Assert.Contains(nameof(Counted.CopySample), Assert.IsType<IOException>(error.InnerException).StackTrace, StringComparison.Ordinal);
        Assert.Contains("BatchPrefetcher", error.StackTrace, StringComparison.Ordinal);
        for (int i = 4; i < 8; i++)
        {
            Assert.True(batches.MoveNext());
            Assert.Equal(i, batches.Current.Index);
        }

        Assert.False(batches.MoveNext());
        data.Broken = -1;
        Assert.Equal(40 * 5, Values(loader, 0).Count);
    }

    [Fact]
    public void An_early_break_stops_the_workers_and_keeps_the_last_batches()
    {
        var data = new Counted(1000);
        using DataLoader loader = Loader(data, 3);
        Batch last = default;
        foreach (Batch batch in loader.Epoch(0))
        {
            last = batch;
            if (batch.Index == 4) break;
        }

        int copied = data.Copied;
        Assert.True(last.Features.IsAlive);
        Assert.Equal(loader.Ring.SlotCount - 2, loader.Ring.FreeCount);
        Assert.Equal(copied, data.Copied);
        using DataLoader plain = Loader(new Counted(1000), 0);
        Assert.Equal(Values(plain, 1), Values(loader, 1));
        DataLoaderEnumerator abandoned = loader.Epoch(0).GetEnumerator();
        Assert.True(abandoned.MoveNext());
        Assert.Equal(Values(plain, 2), Values(loader, 2));
        Assert.Throws<InvalidOperationException>(() => abandoned.MoveNext());
        abandoned.Dispose();
        Assert.Equal(Values(plain, 3), Values(loader, 3));
    }

    [Fact]
    public void Dispose_in_the_middle_of_an_epoch_ends_the_threads()
    {
        var data = new Counted(100_000) { Delays = true };
        DataLoader loader = Loader(data, 4, prefetch: 8);
        DataLoaderEnumerator batches = loader.Epoch(0).GetEnumerator();
        Assert.True(batches.MoveNext());
        Tensor x = batches.Current.Features;
        loader.Dispose();
        int copied = data.Copied;
        Assert.False(x.IsAlive);
        Assert.Throws<ObjectDisposedException>(() => batches.MoveNext());
        batches.Dispose();
        Assert.Equal(copied, data.Copied);
        Assert.DoesNotContain(_manager.Findings, static finding => finding.Severity != Workspaces.Memory.Tracking.FindingSeverity.Information);
    }

    [Fact]
    public void Disposing_the_manager_first_ends_the_epoch_and_leaves_the_loader_disposable()
    {
        var manager = new WorkspaceManager();
        DataLoader loader = new(new Counted(10_000) { Delays = true }, 10, manager: manager, workers: 2);
        DataLoaderEnumerator batches = loader.Epoch(0).GetEnumerator();
        Assert.True(batches.MoveNext());
        manager.Dispose();
        Assert.Throws<ObjectDisposedException>(() => batches.MoveNext());
        loader.Dispose();
    }

    [Theory]
    [InlineData(0)]
    [InlineData(2)]
    public void Cancellation_ends_an_epoch_also_while_it_waits(int workers)
    {
        using var stop = new CancellationTokenSource();
        var data = new Counted(100) { BlocksAt = 50 };
        using DataLoader loader = Loader(data, workers, batchSize: 10, shuffle: false);
        int batches = 0;
        bool cancelled = false;
        var reader = new Thread(() =>
        {
            using DataLoaderEnumerator epoch = loader.Epoch(0, stop.Token).GetEnumerator();
            for (; batches < 5; batches++) epoch.MoveNext();
            if (workers == 0) stop.Cancel();
            Assert.ThrowsAny<OperationCanceledException>(() => epoch.MoveNext());
            Volatile.Write(ref cancelled, true);
        });
        reader.Start();
        if (workers > 0) SpinWait.SpinUntil(() => Volatile.Read(ref batches) == 5 && data.IsBlocked);
        if (workers > 0) stop.Cancel();
        SpinWait.SpinUntil(() => Volatile.Read(ref cancelled));
        data.Unblock(); // what is being copied is finished before the epoch ends
        reader.Join();
        Assert.Equal(5, batches);
        data.BlocksAt = -1;
        Assert.Equal(100 * 5, Values(loader, 1).Count);
    }

    [Fact]
    public void Wrong_numbers_are_refused()
    {
        var data = new Counted(10);
        Assert.Throws<ArgumentOutOfRangeException>(() => Loader(data, -1));
        Assert.Throws<ArgumentOutOfRangeException>(() => Loader(data, 1025));
        Assert.Throws<ArgumentOutOfRangeException>(() => Loader(data, 1, prefetch: 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => Loader(data, 1, prefetch: DataLoader.MostPrefetch + 1));
        using DataLoader single = Loader(new Counted(1), 4);
        Assert.Equal(5, Values(single, 0).Count);
    }

    [Fact]
    public void A_configured_ring_gives_the_least_number_of_slots()
    {
        var ring = new WorkspaceConfiguration { PolicyReset = ResetPolicy.EndOfBufferReached, StepsNumber = 7 };
        using var loader = new DataLoader(new Counted(100), 5, workspace: ring, manager: _manager, workers: 1);
        Assert.Equal(7, loader.Workspace.Ring.SlotCount);
        Assert.Equal(500, Values(loader, 0).Count);
    }

    [Fact]
    public void Workers_make_no_garbage_and_ask_the_system_for_nothing()
    {
        using DataLoader loader = new(new Counted(1000), 8, shuffle: true, seed: 3, manager: _manager, workers: 2, prefetch: 4);
        using Workspace step = _manager.Lease(new() { Name = "step" });
        using Sequential model = [new Flatten(), new Linear(4, 3, seed: 1, manager: _manager)];
        long before = 0, calls = 0;
        for (int epoch = 0; epoch < 40; epoch++)
        {
            if (epoch == 20)
            {
                GC.Collect();
                calls = loader.Workspace.SystemCalls;
                before = GC.GetTotalAllocatedBytes(precise: true);
            }

            foreach (var (x, y) in loader.Epoch(epoch))
            {
                using Pass pass = step.Enter();
                model.Forward(x).CrossEntropy(y);
            }
        }

        // Each batch would show with 64 bytes at least: 2500 of them. The test host itself allocates a little now and then.
        Assert.InRange(GC.GetTotalAllocatedBytes(precise: true) - before, 0, 20_000);
        Assert.Equal(0, loader.Workspace.SystemCalls - calls);
    }

    /// <summary>Samples whose values are their numbers; counts copies, delays by spinning, fails or blocks at one sample.</summary>
    private sealed class Counted(int count) : IDataSet
    {
        private volatile bool _isOpen, _isBlocked;
        private readonly long[] _shape = [4];
        private int _copied;

        public int Copied => Volatile.Read(ref _copied);

        public bool Delays { get; init; }

        public int Broken { get; set; } = -1;

        public int BlocksAt { get; set; } = -1;

        public bool IsBlocked => _isBlocked;

        public string Name => "counted";

        public int Count => count;

        public ReadOnlySpan<long> FeatureShape => _shape;

        public int FeatureCount => 4;

        public int ClassCount => 3;

        public void Unblock() => _isOpen = true;

        public void CopySample(int index, Span<float> features, out long label)
        {
            if (index == BlocksAt)
            {
                _isBlocked = true;
                SpinWait.SpinUntil(() => _isOpen);
            }

            if (index == Broken) throw new IOException("the disk is gone");
            if (Delays) Thread.SpinWait(index * 7919 % 300);
            features.Fill(index);
            label = index % 3;
            Interlocked.Increment(ref _copied);
        }
    }
}
