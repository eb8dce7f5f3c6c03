using Workspaces.Autograd;
using Workspaces.Data;
using Workspaces.Memory;
using Workspaces.NN;
using Workspaces.Ops;
using Workspaces.Tensors;

namespace Workspaces.Tests.Data;

/// <summary>Batches in the sampler's order, two slots, bad input, and no garbage.</summary>
public sealed class DataLoaderTests : IDisposable
{
    private readonly WorkspaceManager _manager = new();

    public void Dispose() => _manager.Dispose();

    private DataLoader Loader(int count = 10, int batchSize = 4, bool shuffle = false, ulong seed = 0, bool dropLast = false) =>
        new(new Countdown(count), batchSize, shuffle, seed, dropLast, manager: _manager);

    private static List<int> Order(DataLoader loader, int epoch)
    {
        var seen = new List<int>();
        foreach (var (x, y) in loader.Epoch(epoch))
        {
            float[] features = x.ToArray<float>();
            long[] labels = y.ToArray<long>();
            for (int i = 0; i < labels.Length; i++)
            {
                int sample = (int)features[4 * i];
                Assert.All(features[(4 * i)..(4 * (i + 1))], value => Assert.Equal(sample, value));
                Assert.Equal(sample % 3, labels[i]);
                seen.Add(sample);
            }
        }

        return seen;
    }

    [Fact]
    public void Shapes_types_and_numbers_are_those_of_the_data_set_with_a_smaller_tail()
    {
        using DataLoader loader = Loader();
        var sizes = new List<long>();
        foreach (Batch batch in loader.Epoch(0))
        {
            Assert.Equal(sizes.Count, batch.Index);
            Assert.Equal(new Shape(batch.Count, 2, 2), batch.Features.Shape);
            Assert.Equal(new Shape(batch.Count), batch.Labels.Shape);
            Assert.Equal((DType.F32, DType.I64), (batch.Features.DType, batch.Labels.DType));
            sizes.Add(batch.Count);
        }

        Assert.Equal([4, 4, 2], sizes);
        Assert.Equal(3, loader.BatchCount);
        using DataLoader whole = Loader(dropLast: true);
        Assert.Equal([0, 1, 2, 3, 4, 5, 6, 7], Order(whole, 0));
        using DataLoader large = Loader(batchSize: 100);
        Assert.Equal(Enumerable.Range(0, 10), Order(large, 0));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void The_order_is_the_samplers(bool shuffle)
    {
        using DataLoader loader = Loader(53, 5, shuffle, seed: 9);
        var sampler = new IndexSampler(53, 5, shuffle ? SamplingOrder.Shuffled : SamplingOrder.Sequential, 9);
        for (int epoch = 0; epoch < 3; epoch++)
        {
            sampler.StartEpoch(epoch);
            Assert.Equal(Enumerable.Range(0, sampler.BatchCount).SelectMany(batch => sampler.Batch(batch).ToArray()), Order(loader, epoch));
        }
    }

    [Fact]
    public void Epochs_differ_and_can_be_drawn_again()
    {
        using DataLoader loader = Loader(40, 7, shuffle: true, seed: 1), other = Loader(40, 7, shuffle: true, seed: 2);
        List<int> first = Order(loader, 0), second = Order(loader, 1);
        Assert.NotEqual(first, second);
        Assert.Equal(Enumerable.Range(0, 40), first.Order());
        Assert.Equal(first, Order(loader, 0));
        Assert.Equal(second, Order(loader, 1));
        Assert.NotEqual(first, Order(other, 0));
    }

    [Fact]
    public void A_batch_is_stale_when_its_slot_is_filled_again_and_not_before()
    {
        using DataLoader loader = Loader(20, 2);
        Batch last = default, beforeLast = default;
        foreach (Batch batch in loader.Epoch(0))
        {
            if (batch.Index > 0) Assert.Equal(2 * last.Index, last.Features.ToArray<float>()[0]);
            if (batch.Index > 1)
            {
                Assert.Throws<StaleAccessException>(() => beforeLast.Features.ToArray<float>());
                Assert.Throws<StaleAccessException>(() => beforeLast.Labels.Shape);
                Assert.Throws<StaleAccessException>(() => beforeLast.Count);
            }

            (beforeLast, last) = (last, batch);
        }

        Assert.True(last.Features.IsAlive && beforeLast.Labels.IsAlive);
    }

    [Fact]
    public void The_loader_is_ambient_nowhere()
    {
        using DataLoader early = Loader();
        Assert.Null(Workspaces.Memory.Passes.Ambient.Current);
        using Workspace step = _manager.Lease(new() { Name = "step" });
        using DataLoader loader = Loader();
        foreach (var (x, y) in loader.Epoch(0))
        {
            using Pass pass = step.Enter();
            Assert.Same(step, x.Add(1).Workspace);
            Assert.Same(loader.Workspace, x.Workspace);
        }

        loader.Dispose();
        Assert.Same(step, Tensor.Ones(new Shape(1)).Workspace);
    }

    [Fact]
    public void A_broken_sample_is_named_and_the_loader_goes_on()
    {
        var data = new Countdown(10) { Broken = 5 };
        using var loader = new DataLoader(data, 4, manager: _manager);
        DataLoaderEnumerator batches = loader.Epoch(3).GetEnumerator();
        Assert.True(batches.MoveNext());
        Tensor before = batches.Current.Features;
        InvalidDataException error = Assert.Throws<InvalidDataException>(() => batches.MoveNext());
        Assert.IsType<IOException>(error.InnerException);
        Assert.Contains("sample 5", error.Message, StringComparison.Ordinal);
        Assert.Contains("batch 1 of epoch 3", error.Message, StringComparison.Ordinal);
        Assert.Contains("countdown", error.Message, StringComparison.Ordinal);
        Assert.Throws<StaleAccessException>(() => batches.Current.Features.Shape);
        Assert.True(before.IsAlive);
        Assert.True(batches.MoveNext());
        Assert.Equal(8, batches.Current.Features.ToArray<float>()[0]);
        Assert.False(batches.MoveNext());
        data.Broken = -1;
        Assert.Equal(Enumerable.Range(0, 10), Order(loader, 0));
    }

    [Fact]
    public void A_class_out_of_range_is_an_error_of_the_sample()
    {
        using var loader = new DataLoader(new Countdown(10) { Mislabelled = 9 }, 4, manager: _manager);
        InvalidDataException error = Assert.Throws<InvalidDataException>(() => Order(loader, 0));
        Assert.Contains("sample 9", error.Message, StringComparison.Ordinal);
        Assert.Contains("label is 3", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_second_enumeration_ends_the_first()
    {
        using DataLoader loader = Loader();
        DataLoaderEnumerator first = loader.Epoch(0).GetEnumerator();
        Assert.True(first.MoveNext());
        Assert.Equal(10, Order(loader, 1).Count);
        Assert.Throws<InvalidOperationException>(() => first.MoveNext());
    }

    [Fact]
    public void Wrong_arguments_are_refused_and_lease_nothing()
    {
        Assert.Throws<ArgumentNullException>(() => new DataLoader(null!, 4, manager: _manager));
        Assert.Throws<ArgumentOutOfRangeException>(() => Loader(batchSize: 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => Loader(batchSize: 11, dropLast: true));
        Assert.Throws<ArgumentException>(() => new DataLoader(new Countdown(10) { FeatureCount = 5 }, 4, manager: _manager));
        Assert.Throws<ArgumentOutOfRangeException>(() => new DataLoader(new Countdown(int.MaxValue / 3), int.MaxValue, manager: _manager));
        using DataLoader loader = Loader();
        Assert.Throws<ArgumentOutOfRangeException>(() => loader.Epoch(-1));
        loader.Dispose();
        loader.Dispose();
        Assert.Throws<ObjectDisposedException>(() => loader.Epoch(0));
        _manager.Dispose();
        Assert.DoesNotContain(_manager.Findings, static finding => finding.Code == Workspaces.Memory.Tracking.FindingCodes.LeaseNotDisposed);
    }

    [Fact]
    public void After_dispose_batches_are_stale_and_enumerations_end()
    {
        DataLoader loader = Loader();
        DataLoaderEnumerator batches = loader.Epoch(0).GetEnumerator();
        batches.MoveNext();
        Tensor x = batches.Current.Features;
        loader.Dispose();
        Assert.False(x.IsAlive);
        Assert.Throws<ObjectDisposedException>(() => batches.MoveNext());
        DataLoader orphan = Loader();
        batches = orphan.Epoch(0).GetEnumerator();
        batches.MoveNext();
        x = batches.Current.Features;
        _manager.Dispose();
        Assert.Throws<StaleAccessException>(() => x.ToArray<float>());
        Assert.Throws<ObjectDisposedException>(() => batches.MoveNext());
    }

    [Fact]
    public void Two_loaders_of_one_name_have_slots_of_their_own()
    {
        using DataLoader train = Loader(batchSize: 5), test = Loader(batchSize: 5);
        DataLoaderEnumerator a = train.Epoch(0).GetEnumerator(), b = test.Epoch(0).GetEnumerator();
        Assert.True(a.MoveNext() && b.MoveNext() && b.MoveNext());
        Assert.Equal(0, a.Current.Features.ToArray<float>()[0]);
        Assert.Equal(5, b.Current.Features.ToArray<float>()[0]);
    }

    [Fact]
    public void The_slots_keep_a_cap_that_two_batches_fit_in()
    {
        var configuration = new WorkspaceConfiguration { Name = "small", MaxSize = 64 << 10, PolicySpill = SpillPolicy.Fail };
        using (var loader = new DataLoader(new Countdown(5000), 1000, workspace: configuration, manager: _manager)) Assert.Equal(5000, Order(loader, 0).Count);
        using var tight = new DataLoader(new Countdown(5000), 1000, workspace: configuration with { Name = "tight", MaxSize = 10_000 }, manager: _manager);
        Assert.Throws<OutOfWorkspaceException>(() => Order(tight, 0));
    }

    [Fact]
    public void Epochs_make_no_garbage_and_ask_the_system_for_nothing()
    {
        using DataLoader loader = Loader(103, 8, shuffle: true);
        using Workspace step = _manager.Lease(new() { Name = "step" });
        using Sequential model = [new Flatten(), new Linear(4, 3, seed: 1, manager: _manager)];
        using var sgd = new Workspaces.Optim.Sgd(model.Parameters, 0.01);
        long before = 0, calls = 0;
        for (int epoch = 0; epoch < 50; epoch++)
        {
            if (epoch == 10) GC.Collect();
            if (epoch == 5)
            {
                before = GC.GetAllocatedBytesForCurrentThread();
                calls = loader.Workspace.SystemCalls;
            }

            foreach (var (x, y) in loader.Epoch(epoch))
            {
                using Pass pass = step.Enter();
                model.Forward(x).CrossEntropy(y).Backward();
                sgd.Step();
            }
        }

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        Assert.Equal(0, loader.Workspace.SystemCalls - calls);
    }
}
