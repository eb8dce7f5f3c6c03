using Workspaces.Memory.Replay;

namespace Workspaces.Tests.Replay;

/// <summary>A join keeps both sides whole, and a plan of it serves them.</summary>
public class RecordMergeTests
{
    [Fact]
    public void Each_side_is_found_in_the_join_in_order_with_sizes_and_lives_no_smaller()
    {
        var random = new Random(5);
        for (int round = 0; round < 1500; round++)
        {
            (PassRecord a, PassRecord b) = Pair(random, tags: random.Next(1, 7));
            PassRecord joined = RecordMerge.Join(a, b);

            AssertContains(joined, a);
            AssertContains(joined, b);
            Assert.True(joined.Count <= a.Count + b.Count);
            Assert.True(joined.Count >= Math.Max(a.Count, b.Count));
            Assert.NotNull(RandomRecords.Packed(joined));
        }
    }

    [Fact]
    public void A_record_joined_with_itself_is_itself()
    {
        var random = new Random(6);
        for (int round = 0; round < 300; round++)
        {
            PassRecord record = RandomRecords.Make(random, random.Next(1, 80));
            PassRecord joined = RecordMerge.Join(record, record);

            Assert.Equal(record.Keys, joined.Keys);
            Assert.Equal(record.Ends, joined.Ends);
        }
    }

    [Theory]
    [InlineData(0, 3, 3)]
    [InlineData(3, 0, 0)]
    [InlineData(2, 5, 5)]
    public void Uses_join_to_the_longer_life(int a, int b, int longer)
    {
        PassRecord One(int uses) => new([RequestKey.Of(1, 64)], [1], [uses]);
        Assert.Equal(a == 0 || b == 0 ? 0 : longer, RecordMerge.Join(One(a), One(b)).Uses[0]);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(8)]
    [InlineData(9)]
    [InlineData(60)]
    [InlineData(200)]
    public void A_plan_of_the_join_serves_a_pass_with_an_inserted_stretch_and_one_without(int inserted)
    {
        var random = new Random(inserted);
        for (int round = 0; round < 100; round++)
        {
            PassRecord without = Distinct(random, random.Next(10, 60), firstTag: 1);
            PassRecord with = Insert(without, Distinct(random, inserted, firstTag: 10_000), random.Next(without.Count + 1));
            ReplayPlan plan = RandomRecords.Packed(RecordMerge.Join(without, with));

            Assert.Equal(0, Spills(plan, with));
            Assert.Equal(0, Spills(plan, without));
        }
    }

    [Theory]
    [InlineData(3)]
    [InlineData(30)]
    public void The_join_serves_both_though_all_sizes_differ_and_are_rounded(int inserted)
    {
        var random = new Random(inserted);
        for (int round = 0; round < 100; round++)
        {
            PassRecord without = Distinct(random, random.Next(10, 60), firstTag: 1);
            PassRecord with = Insert(without, Distinct(random, inserted, firstTag: 10_000), random.Next(without.Count + 1));
            PassRecord larger = new([.. with.Keys.Select(key => RequestKey.WithGranules(key, 2 * RequestKey.Granules(key)))], with.Ends, with.Uses);
            ReplayPlan plan = RandomRecords.Packed(RecordMerge.Join(without, larger).Rounded());

            Assert.Equal(0, Spills(plan, larger));
            Assert.Equal(0, Spills(plan, with));
            Assert.Equal(0, Spills(plan, without));
        }
    }

    [Fact]
    public void A_join_of_many_kinds_of_pass_serves_each_of_them()
    {
        var random = new Random(12);
        for (int round = 0; round < 60; round++)
        {
            PassRecord trunk = Distinct(random, random.Next(10, 60), firstTag: 1);
            PassRecord[] kinds = new PassRecord[4];
            for (int i = 0; i < kinds.Length; i++)
                kinds[i] = Insert(trunk, Distinct(random, random.Next(1, 30), firstTag: 10_000 * (i + 1)), random.Next(trunk.Count + 1));
            ReplayPlan plan = RandomRecords.Packed(kinds.Aggregate(trunk, RecordMerge.Join));

            Assert.All(kinds, kind => Assert.Equal(0, Spills(plan, kind)));
            Assert.Equal(0, Spills(plan, trunk));
        }
    }

    [Fact]
    public void A_plan_of_the_join_serves_two_passes_that_differ_in_their_middles()
    {
        var random = new Random(9);
        for (int round = 0; round < 200; round++)
        {
            PassRecord trunk = Distinct(random, random.Next(10, 60), firstTag: 1);
            int at = random.Next(trunk.Count + 1);
            PassRecord a = Insert(trunk, Distinct(random, random.Next(1, 40), firstTag: 10_000), at);
            PassRecord b = Insert(trunk, Distinct(random, random.Next(1, 40), firstTag: 20_000), at);
            ReplayPlan plan = RandomRecords.Packed(RecordMerge.Join(a, b));

            Assert.Equal(0, Spills(plan, a));
            Assert.Equal(0, Spills(plan, b));
        }
    }

    [Fact]
    public void A_plan_of_the_join_serves_passes_of_equal_tags_and_other_sizes()
    {
        var random = new Random(10);
        for (int round = 0; round < 300; round++)
        {
            PassRecord a = Distinct(random, random.Next(1, 60), firstTag: 1);
            PassRecord b = new([.. a.Keys.Select(key => RequestKey.WithGranules(key, random.Next(20)))], a.Ends, a.Uses);
            ReplayPlan plan = RandomRecords.Packed(RecordMerge.Join(a, b));

            Assert.Equal(0, Spills(plan, a));
            Assert.Equal(0, Spills(plan, b));
        }
    }

    /// <summary>Runs a record on a plan, every block released when the record says so, and counts what the plan did not serve.</summary>
    internal static int Spills(ReplayPlan plan, PassRecord record)
    {
        var guard = new ReplayGuard();
        guard.Begin(plan);
        var slots = new int[record.Count];
        int spills = 0;
        for (int time = 0; time < record.Count; time++)
        {
            for (int i = 0; i < time; i++)
            {
                if (record.Ends[i] == time && slots[i] != 0) guard.Release(slots[i], guard.Epoch);
            }

            slots[time] = guard.Take(record.Keys[time], mayReuse: true, out _);
            if (slots[time] == 0) spills++;
        }

        return spills;
    }

    /// <summary>Greedy embedding: each request of the side goes to the first slot that fits; that there is one shows that order and sizes are kept.</summary>
    private static void AssertContains(PassRecord joined, PassRecord side)
    {
        int place = 0;
        for (int i = 0; i < side.Count; i++)
        {
            while (place < joined.Count && !RequestKey.Fits(joined.Keys[place], side.Keys[i])) place++;
            Assert.True(place < joined.Count, $"request {i} of {side.Count} has no place");
            place++;
        }

        Assert.All(joined.Ends.Select((end, i) => (end, i)), pair => Assert.InRange(pair.end, pair.i + 1, joined.Count));
    }

    /// <summary>Requests of tags that occur once.</summary>
    private static PassRecord Distinct(Random random, int count, int firstTag)
    {
        PassRecord record = RandomRecords.Make(random, count);
        ulong[] keys = [.. record.Keys.Select((key, i) => RequestKey.Of((uint)(firstTag + i), RequestKey.Granules(key) * 64))];
        return new PassRecord(keys, record.Ends, record.Uses);
    }

    private static PassRecord Insert(PassRecord trunk, PassRecord stretch, int at) => new(
        [.. trunk.Keys[..at], .. stretch.Keys, .. trunk.Keys[at..]],
        [
            .. trunk.Ends[..at].Select(end => end > at ? end + stretch.Count : end),
            .. stretch.Ends.Select(end => end + at),
            .. trunk.Ends[at..].Select(end => end + stretch.Count),
        ],
        new int[trunk.Count + stretch.Count]);

    private static (PassRecord A, PassRecord B) Pair(Random random, int tags)
    {
        PassRecord a = RandomRecords.Make(random, random.Next(1, 80), tags);
        if (random.Next(4) == 0) return (a, RandomRecords.Make(random, random.Next(1, 80), tags));
        PassRecord b = a;
        for (int i = random.Next(1, 4); i > 0; i--) b = Insert(b, RandomRecords.Make(random, random.Next(1, 12), tags), random.Next(b.Count + 1));
        return random.Next(2) == 0 ? (a, b) : (b, a);
    }
}
