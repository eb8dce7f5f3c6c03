using FsCheck;
using FsCheck.Fluent;
using Workspaces.Data;

namespace Workspaces.Tests.Data;

public class IndexSamplerTests
{
    private static int[] Epoch(IndexSampler sampler)
    {
        var all = new List<int>();
        for (var b = 0; b < sampler.BatchCount; b++)
            all.AddRange(sampler.Batch(b));
        return [.. all];
    }

    [Fact]
    public void The_generator_gives_the_published_numbers()
    {
        var random = new SplitMix64(1234567);
        Assert.Equal(6457827717110365317ul, random.Next());
        Assert.Equal(3203168211198807973ul, random.Next());
        Assert.Equal(9817491932198370423ul, random.Next());
    }

    [Fact]
    public void The_order_of_a_seed_is_fixed_for_ever()
    {
        var sampler = new IndexSampler(10, 4, SamplingOrder.Shuffled, seed: 42);
        Assert.Equal([8, 1, 9, 2, 6, 0, 4, 5, 3, 7], Epoch(sampler));
        sampler.StartEpoch(1);
        Assert.Equal([5, 1, 9, 6, 7, 2, 4, 0, 8, 3], Epoch(sampler));
    }

    [Fact]
    public void Every_epoch_visits_every_sample_once()
    {
        var cases = from count in Gen.Choose(1, 200) from batch in Gen.Choose(1, 220) from seed in Gen.Choose(0, int.MaxValue)
                    from epoch in Gen.Choose(0, 1000) from shuffled in ArbMap.Default.GeneratorFor<bool>()
                    select (count, batch, seed, epoch, Order: shuffled ? SamplingOrder.Shuffled : SamplingOrder.Sequential);
        Prop.ForAll(cases.ToArbitrary(), c =>
        {
            var sampler = new IndexSampler(c.count, c.batch, c.Order, (ulong)c.seed);
            sampler.StartEpoch(c.epoch);
            return Epoch(sampler).Order().SequenceEqual(Enumerable.Range(0, c.count));
        }).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void An_epoch_is_the_same_whatever_was_drawn_before()
    {
        var walked = new IndexSampler(500, 7, SamplingOrder.Shuffled, seed: 9);
        for (var epoch = 0; epoch <= 6; epoch++)
            walked.StartEpoch(epoch);
        var jumped = new IndexSampler(500, 100, SamplingOrder.Shuffled, seed: 9);
        jumped.StartEpoch(6);
        Assert.Equal(6, jumped.Epoch);
        Assert.Equal(Epoch(walked), Epoch(jumped));
    }

    [Fact]
    public void Seeds_and_epochs_give_different_orders()
    {
        var orders = new HashSet<string>();
        for (ulong seed = 0; seed < 20; seed++)
        {
            var sampler = new IndexSampler(30, 30, SamplingOrder.Shuffled, seed);
            for (var epoch = 0; epoch < 20; epoch++)
            {
                sampler.StartEpoch(epoch);
                Assert.True(orders.Add(string.Join(' ', sampler.Batch(0).ToArray())));
            }
        }
    }

    [Fact]
    public void Every_permutation_is_about_equally_likely()
    {
        const int Rounds = 24_000;
        var seen = new Dictionary<string, int>();
        var sampler = new IndexSampler(4, 4, SamplingOrder.Shuffled, seed: 1);
        for (var epoch = 0; epoch < Rounds; epoch++)
        {
            sampler.StartEpoch(epoch);
            var key = string.Join(' ', sampler.Batch(0).ToArray());
            seen[key] = seen.GetValueOrDefault(key) + 1;
        }
        Assert.Equal(24, seen.Count);
        // Chi-square with 23 degrees of freedom: 58 is passed once in 20,000 fair draws, and the seed is fixed.
        Assert.InRange(seen.Values.Sum(count => Math.Pow(count - 1000, 2) / 1000), 0, 58);
    }

    [Theory]
    [InlineData(10, 4, false, 3, 2)]
    [InlineData(10, 4, true, 2, 4)]
    [InlineData(10, 5, true, 2, 5)]
    [InlineData(10, 5, false, 2, 5)]
    [InlineData(3, 8, false, 1, 3)]
    [InlineData(3, int.MaxValue, false, 1, 3)]
    public void The_tail_is_kept_or_dropped(int count, int batchSize, bool dropLast, int batches, int last)
    {
        var sampler = new IndexSampler(count, batchSize, SamplingOrder.Sequential, dropLast: dropLast);
        Assert.Equal(batches, sampler.BatchCount);
        Assert.Equal(last, sampler.Batch(batches - 1).Length);
        Assert.Equal(0, sampler.Batch(0)[0]);
    }

    [Fact]
    public void Numbers_out_of_range_are_refused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new IndexSampler(0, 1, SamplingOrder.Sequential));
        Assert.Throws<ArgumentOutOfRangeException>(() => new IndexSampler(-5, 1, SamplingOrder.Sequential));
        Assert.Throws<ArgumentOutOfRangeException>(() => new IndexSampler(5, 0, SamplingOrder.Sequential));
        Assert.Throws<ArgumentOutOfRangeException>(() => new IndexSampler(5, -1, SamplingOrder.Sequential));
        Assert.Throws<ArgumentOutOfRangeException>(() => new IndexSampler(5, 6, SamplingOrder.Sequential, dropLast: true));
        Assert.Throws<ArgumentOutOfRangeException>(() => new IndexSampler(5, 2, (SamplingOrder)9));
        var sampler = new IndexSampler(5, 2, SamplingOrder.Sequential);
        Assert.Throws<ArgumentOutOfRangeException>(() => sampler.StartEpoch(-1));
        Assert.Throws<ArgumentOutOfRangeException>(() => sampler.Batch(3).Length);
        Assert.Throws<ArgumentOutOfRangeException>(() => sampler.Batch(-1).Length);
    }

    [Fact]
    public void An_epoch_makes_no_garbage()
    {
        var sampler = new IndexSampler(1000, 32, SamplingOrder.Shuffled, seed: 5);
        sampler.StartEpoch(1);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var epoch = 2; epoch < 10; epoch++)
        {
            sampler.StartEpoch(epoch);
            for (var b = 0; b < sampler.BatchCount; b++)
                Assert.False(sampler.Batch(b).IsEmpty);
        }
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }
}
