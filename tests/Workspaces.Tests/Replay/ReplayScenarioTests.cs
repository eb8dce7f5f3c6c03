using Workspaces.Memory;
using Workspaces.Memory.Replay;

namespace Workspaces.Tests.Replay;

/// <summary>The guard, request by request. Offsets are granules; the pictures show them from left to right.</summary>
public class ReplayScenarioTests
{
    private readonly ReplayGuard _guard = new();

    [Fact]
    public void Scenario_1_the_place_of_a_block_kept_past_its_recorded_death_is_refused()
    {
        _guard.Begin(Plan(Request(1, 2, 0), Request(2, 2, 0), Request(3, 2, 2)));
        Assert.Equal(1, Take(1, 2));
        Assert.Equal(0, Take(2, 2));
        Assert.Equal(3, Take(3, 2));
    }

    [Fact]
    public void Scenario_2_a_spilled_slot_is_looked_through()
    {
        // | 1 1 |      slot 2 wants the bytes of 1 and is spilled; slot 3 lies on both
        // | 2 2 |
        // | 3 3 |
        _guard.Begin(Plan(Request(1, 2, 0), Request(2, 2, 0), Request(3, 2, 0), Request(4, 2, 0)));
        Assert.Equal(1, Take(1, 2));
        Assert.Equal(0, Take(2, 2));
        Assert.Equal(0, Take(3, 2));
        _guard.Release(1, _guard.Epoch);
        Assert.Equal(4, Take(4, 2));
    }

    [Fact]
    public void Scenario_3_releases_may_come_in_any_order_as_long_as_they_are_in_time()
    {
        var random = new Random(3);
        for (int round = 0; round < 200; round++)
        {
            int[] order = [1, 2, 3, 4, 5];
            random.Shuffle(order);
            PlanRequest[] requests = [.. Enumerable.Range(1, 5).Select(tag => Request(tag, 2, 2 * (tag - 1))), Request(6, 10, 0)];
            _guard.Begin(Plan(requests));
            for (int tag = 1; tag <= 5; tag++) Assert.Equal(tag, Take(tag, 2));
            for (int i = 0; i < 5; i++)
            {
                _guard.Release(order[i], _guard.Epoch);
            }

            Assert.Equal(6, Take(6, 10));
            _guard.Release(6, _guard.Epoch);
        }
    }

    [Fact]
    public void Scenario_4_an_extra_request_of_equal_size_and_another_tag_spills_alone()
    {
        _guard.Begin(Apart(20));
        for (int tag = 1; tag <= 20; tag++)
        {
            if (tag == 8) Assert.Equal(0, Take(99, 2));
            Assert.Equal(tag, Take(tag, 2));
        }
    }

    [Fact]
    public void Scenario_4_without_tags_an_extra_request_shifts_those_behind_it_and_the_last_one_spills()
    {
        _guard.Begin(Plan([.. Enumerable.Range(0, 10).Select(i => Request(0, 2, 2 * i))]));
        for (int k = 1; k <= 10; k++) Assert.Equal(k, Take(0, 2));
        Assert.Equal(0, Take(0, 2));
    }

    [Theory]
    [InlineData(1, 0)]
    [InlineData(7, 0)]
    [InlineData(8, 0)]
    [InlineData(9, 4)]
    [InlineData(500, 4)]
    public void Scenario_5_the_cursor_finds_its_way_after_missing_requests(int missing, int spills)
    {
        _guard.Begin(Apart(600));
        for (int tag = 1; tag <= 10; tag++) Assert.Equal(tag, Take(tag, 2));

        int spilled = 0;
        for (int tag = 11 + missing; tag <= 600; tag++)
        {
            int slot = Take(tag, 2);
            if (slot == 0) spilled++;
            else Assert.Equal(tag, slot);
        }

        Assert.Equal(spills, spilled);
    }

    [Fact]
    public void Scenario_5_a_pass_twice_as_long_spills_its_second_half()
    {
        _guard.Begin(Apart(50));
        for (int tag = 1; tag <= 50; tag++) Assert.Equal(tag, Take(tag, 2));
        for (int tag = 1; tag <= 50; tag++) Assert.Equal(0, Take(tag, 2));
    }

    [Fact]
    public void Scenario_6_random_offsets_are_refused_by_the_validator_or_hold_no_overlap()
    {
        var random = new Random(6);
        int refused = 0;
        for (int round = 0; round < 500; round++)
        {
            PassRecord record = RandomRecords.Make(random, random.Next(2, 30));
            long[] offsets = [.. Enumerable.Range(0, record.Count).Select(_ => random.Next(-1, 60) * (random.Next(50) == 0 ? 63L : 64L))];
            bool isValid = Enumerable.Range(0, record.Count).All(i => Size(record, i) == 0
                || (offsets[i] >= 0 && offsets[i] % 64 == 0 && Enumerable.Range(0, i).All(j => AreApart(record, offsets, j, i))));
            Assert.Equal(isValid, PlanMaker.From(record, offsets, "file") is not null);
            if (!isValid) refused++;
        }

        Assert.InRange(refused, 250, 499);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(3)]
    public void Scenario_6_a_wrong_number_of_offsets_is_refused(int count) =>
        Assert.Null(PlanMaker.From(new PassRecord([RequestKey.Of(1, 64), RequestKey.Of(2, 64)], [2, 2], [0, 0]), new long[count], "file"));

    [Fact]
    public void Scenario_6_offsets_beyond_the_address_range_are_refused()
    {
        PassRecord record = new([RequestKey.Of(1, 64)], [1], [0]);
        Assert.Null(PlanMaker.From(record, [1L << 38], "file"));
        Assert.Null(PlanMaker.From(record, [long.MaxValue - 63], "file"));
        Assert.NotNull(PlanMaker.From(record, [(1L << 38) - 64], "file"));
    }

    [Fact]
    public void Scenario_6_keys_with_bits_that_no_key_has_fit_nothing_larger_than_the_slot()
    {
        PassRecord record = new([RequestKey.Of(0, 64) | (1UL << 31), RequestKey.Of(0, 64) | (1UL << 32), RequestKey.Of(0, 64)], [3, 3, 3], [0, 0, 0]);
        _guard.Begin(new ReplayPlan(record, [0, 1, 2], 192, "file"));
        Assert.Equal(0, Take(0, 2));
        Assert.Equal(1, Take(0, 1));
    }

    [Fact]
    public void Scenario_7_the_epoch_starts_again_with_clean_stamps()
    {
        ReplayPlan plan = Plan(Request(1, 2, 0), Request(2, 2, 0));
        _guard.SetEpoch(uint.MaxValue - 1);
        for (int pass = 0; pass < 4; pass++)
        {
            _guard.Begin(plan);
            Assert.Equal(1, Take(1, 2));
            Assert.Equal(0, Take(2, 2));
            _guard.Begin(plan);
            Assert.Equal(1, Take(1, 2));
            _guard.Release(1, _guard.Epoch);
            Assert.Equal(2, Take(2, 2));
            _guard.Release(2, _guard.Epoch);
        }

        Assert.Equal(7u, _guard.Epoch);
    }

    [Fact]
    public void Scenario_7_stamps_of_the_first_epochs_are_gone_after_the_wrap()
    {
        ReplayPlan plan = Plan(Request(1, 2, 0), Request(2, 2, 0));
        for (int pass = 0; pass < 3; pass++)
        {
            _guard.Begin(plan);
            Take(1, 2);
            _guard.Release(1, _guard.Epoch);
        }

        _guard.SetEpoch(uint.MaxValue);
        for (int pass = 0; pass < 3; pass++)
        {
            _guard.Begin(plan);
            Assert.Equal(1, Take(1, 2));
            Assert.Equal(0, Take(2, 2));
        }
    }

    [Fact]
    public void A_straggler_of_an_ended_pass_clears_nothing()
    {
        ReplayPlan plan = Plan(Request(1, 2, 0), Request(2, 2, 0));
        _guard.Begin(plan);
        Take(1, 2);
        uint ended = _guard.Epoch;
        _guard.Begin(plan);
        Take(1, 2);
        _guard.Release(1, ended);
        Assert.Equal(0, Take(2, 2));
    }

    [Fact]
    public void While_others_run_nothing_is_taken_but_the_cursor_goes_on()
    {
        _guard.Begin(Apart(5));
        Assert.Equal(0, _guard.Take(RequestKey.Of(1, 128), mayReuse: false, out _));
        Assert.Equal(2, Take(2, 2));
    }

    [Fact]
    public void A_chain_of_very_many_skipped_slots_ends_in_a_refusal_and_not_in_a_deep_stack()
    {
        PlanRequest[] requests = [.. Enumerable.Range(1, 5000).Select(tag => Request(tag, 1, 0))];
        _guard.Begin(Plan(requests));
        Assert.Equal(1, Take(1, 1));
        _guard.Release(1, _guard.Epoch);
        for (int stray = 0; stray < 4; stray++) Assert.Equal(0, Take(5000, 1));
        Assert.Equal(0, Take(5000, 1));
    }

    [Fact]
    public void Requests_too_large_for_a_plan_never_get_a_place()
    {
        _guard.Begin(Plan(Request(0, 2, 0), Request(0, 2, 2)));
        Assert.Equal(0, _guard.Take(RequestKey.Of(0, 1L << 40), mayReuse: true, out _));
        Assert.Equal(1, Take(0, 2));
    }

    private static PlanRequest Request(int tag, long granules, int offset) => new(RequestKey.Of((uint)tag, granules * Granule.Bytes), (uint)offset);

    /// <summary>Requests of 2 granules and tags 1, 2 … side by side.</summary>
    private static ReplayPlan Apart(int count) => Plan([.. Enumerable.Range(1, count).Select(tag => Request(tag, 2, 2 * (tag - 1)))]);

    private static ReplayPlan Plan(params PlanRequest[] requests)
    {
        int n = requests.Length;
        var record = new PassRecord([.. requests.Select(request => request.Key)], [.. Enumerable.Range(1, n)], new int[n]);
        return new ReplayPlan(record, [.. requests.Select(request => request.Offset)], record.LowerBoundBytes(), "test");
    }

    private static long Size(PassRecord record, int i) => RequestKey.Granules(record.Keys[i]) * Granule.Bytes;

    private static bool AreApart(PassRecord record, long[] offsets, int first, int second) =>
        Size(record, first) == 0 || record.Ends[first] <= second
        || offsets[first] + Size(record, first) <= offsets[second] || offsets[second] + Size(record, second) <= offsets[first];

    private int Take(int tag, long granules) => _guard.Take(RequestKey.Of((uint)tag, granules * Granule.Bytes), mayReuse: true, out _);

    private readonly record struct PlanRequest(ulong Key, uint Offset);
}
