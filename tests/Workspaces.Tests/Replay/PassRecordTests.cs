using Workspaces.Memory;
using Workspaces.Memory.Replay;
using Workspaces.Memory.Tracking;

namespace Workspaces.Tests.Replay;

/// <summary>Records of random traces against what the definition says of them.</summary>
public class PassRecordTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Lives_end_with_the_first_request_after_the_release_or_the_last_use(bool byLastUse)
    {
        var random = new Random(byLastUse ? 11 : 12);
        int ended = 0;
        for (int round = 0; round < 400; round++)
        {
            var model = new TraceModel(random);
            PassTrace trace = model.Run(random.Next(1, 150));
            PassRecord? record = PassRecord.Of(trace, byLastUse);
            if (model.Requests.Count == 0)
            {
                Assert.Null(record);
                continue;
            }

            Assert.NotNull(record);
            Assert.Equal(model.Requests.Count, record.Count);
            for (int i = 0; i < record.Count; i++)
            {
                Request request = model.Requests[i];
                Assert.Equal(RequestKey.Of(request.Tag, request.Bytes), record.Keys[i]);
                int death = byLastUse ? request.DeadByLastUse : request.DeadByRelease;
                int end = model.Requests.FindIndex(i + 1, other => other.Birth > death);
                Assert.Equal(end < 0 ? record.Count : end, record.Ends[i]);
                Assert.Equal(byLastUse ? request.CountedUses : 0, record.Uses[i]);
                if (record.Ends[i] < record.Count) ended++;
            }
        }

        Assert.True(ended > 1000);
    }

    [Fact]
    public void The_lower_bound_is_the_most_that_lives_at_one_request()
    {
        var random = new Random(4);
        for (int round = 0; round < 300; round++)
        {
            PassRecord record = RandomRecords.Make(random, random.Next(1, 60));
            long most = Enumerable.Range(0, record.Count)
                .Max(time => Enumerable.Range(0, time + 1).Where(i => record.Ends[i] > time).Sum(i => RequestKey.Granules(record.Keys[i])));

            Assert.Equal(most * Granule.Bytes, record.LowerBoundBytes());
            Assert.Equal(record.LowerBoundBytes(), record.Problem(out int[] requests).LowerBound);
            Assert.Equal(Enumerable.Range(0, record.Count).Where(i => RequestKey.Granules(record.Keys[i]) > 0), requests);
        }
    }

    [Fact]
    public void A_request_too_large_for_a_plan_has_no_bytes_in_it()
    {
        var trace = new PassTrace();
        trace.Begin(default);
        trace.Request(1L << 40, 3, null);
        trace.Request(64, 3, null);

        Assert.Equal([RequestKey.Of(3, 0), RequestKey.Of(3, 64)], PassRecord.Of(trace, byLastUse: false)!.Keys);
    }

    [Fact]
    public void Records_are_told_apart_by_every_key_end_and_use_and_by_their_order()
    {
        PassRecord Of(ulong[] keys, int[] ends, int[] uses) => new(keys, ends, uses);
        PassRecord[] records =
        [
            Of([1, 2], [2, 2], [0, 0]), Of([1, 3], [2, 2], [0, 0]), Of([2, 1], [2, 2], [0, 0]), Of([1, 2], [1, 2], [0, 0]), Of([1, 2], [2, 2], [0, 1]),
            Of([1, 2], [2, 2], [1, 0]), Of([1], [1], [0]), Of([1, 2, 0], [2, 2, 3], [0, 0, 0]), Of([], [], []), Of([1, 2], [2, 1], [0, 0]), Of([1, 2], [0, 0], [2, 2]),
        ];
        Assert.Equal(records.Length, records.Select(static record => record.Hash).Distinct().Count());
        Assert.Equal(records[0].Hash, Of([1, 2], [2, 2], [0, 0]).Hash);
        Assert.Equal(0xCBF2_9CE4_8422_2325, records[8].Hash); // the offset basis of FNV-1a
        Assert.Equal(unchecked((((0xCBF2_9CE4_8422_2325 ^ 1) * 0x100_0000_01B3) ^ (1UL << 32)) * 0x100_0000_01B3), records[6].Hash);
    }

    [Fact]
    public void Rounding_leaves_eight_sizes_in_an_octave_and_all_but_the_sizes_alone()
    {
        const int most = 1 << 14;
        var record = new PassRecord([.. Enumerable.Range(0, most).Select(static g => RequestKey.Of(9, g * 64L)), RequestKey.Of(9, int.MaxValue * 64L)], new int[most + 1], new int[most + 1], new bool[most + 1]);
        PassRecord rounded = record.Rounded();
        Assert.Same(record.Ends, rounded.Ends);
        Assert.Same(record.Uses, rounded.Uses);
        Assert.Same(record.Optional, rounded.Optional);
        Assert.All(rounded.Keys, static key => Assert.Equal(9u, RequestKey.Tag(key)));
        long[] sizes = [.. rounded.Keys.Select(RequestKey.Granules)];
        Assert.Equal(int.MaxValue, sizes[most]); // the largest that a key can hold
        Assert.Equal(Enumerable.Range(0, 17).Select(static g => (long)g), sizes[..17]);
        for (int octave = 8; octave < most; octave *= 2) Assert.Equal(8, sizes.Where(size => size >= octave && size < octave * 2).Distinct().Count());
        Assert.Equal(rounded.Keys, rounded.Rounded().Keys);
    }

    [Fact]
    public void A_record_tells_of_itself()
    {
        var record = new PassRecord([RequestKey.Of(1, 64), RequestKey.Of(1, 640), RequestKey.Of(1, 65)], [1, 3, 3], [0, 0, 0]);
        Assert.Equal((3, 64L + 640 + 128, (1 + 2 + 1) / 3.0, 48L), (record.Count, record.RequestedBytes(), record.MeanLive, record.Bytes));
        var partly = new PassRecord(record.Keys, record.Ends, record.Uses, [false, true, false]);
        Assert.Equal(51, partly.Bytes);
        Assert.Equal([false, true, false], Enumerable.Range(0, 3).Select(partly.IsOptional));
        Assert.Equal([false, false, false], Enumerable.Range(0, 3).Select(record.IsOptional));
        Assert.Equal(0, new PassRecord([], [], []).MeanLive);
    }

    [Fact]
    public void A_pass_longer_than_its_trace_has_no_record()
    {
        var trace = new PassTrace();
        trace.Begin(default);
        for (int i = 0; i < 1 << 20; i++) trace.Request(64, 1, null);
        Assert.NotNull(PassRecord.Of(trace, byLastUse: false));
        Assert.Equal(-1, trace.Request(64, 1, null));
        Assert.Null(PassRecord.Of(trace, byLastUse: false));
    }

    private sealed class Request
    {
        public uint Tag;
        public long Bytes;
        public int Slot;
        public int Birth;
        public int Release = int.MaxValue;
        public int LastEvent;
        public int Uses;
        public int Holds;
        public bool IsKept;
        public bool IsExposed;

        public int DeadByRelease => IsExposed ? int.MaxValue : Release;

        /// <summary>Never for what was exposed; with the release when its uses do not count; else the last use or the end of the last hold.</summary>
        public int DeadByLastUse => IsExposed ? int.MaxValue : CountedUses == 0 ? Release : Math.Min(Release, LastEvent);

        public int CountedUses => !IsKept && !IsExposed && Uses > 1 && Holds == 0 ? Uses : 0;
    }

    /// <summary>Writes a random trace and keeps its own books; its clock is the number of events.</summary>
    private sealed class TraceModel(Random random)
    {
        private readonly PassTrace _trace = new();
        private int _clock;

        public List<Request> Requests { get; } = [];

        public PassTrace Run(int events)
        {
            _trace.Begin(default);
            for (int i = 0; i < events; i++) Step();
            _trace.End();
            return _trace;
        }

        private void Step()
        {
            Request[] live = [.. Requests.Where(request => request.Release == int.MaxValue)];
            Request? one = live.Length == 0 ? null : live[random.Next(live.Length)];
            switch (random.Next(one is null ? 4 : 12))
            {
                case < 4:
                    var request = new Request { Tag = (uint)random.Next(4), Bytes = random.Next(3000), Birth = _clock++ };
                    request.Slot = _trace.Request(request.Bytes, request.Tag, null);
                    request.LastEvent = request.Birth;
                    Requests.Add(request);
                    break;
                case < 7:
                    one!.Uses++;
                    one.LastEvent = _clock++;
                    _trace.Use(one.Slot);
                    break;
                case 7 when one!.Holds == 0:
                    one.Uses++;
                    one.Holds++;
                    _trace.Hold(one.Slot);
                    break;
                case 8 when one!.Holds == 1:
                    one.Holds--;
                    one.LastEvent = _clock++;
                    _trace.Unhold(one.Slot);
                    break;
                case 9 when random.Next(3) == 0:
                    one!.IsKept = true;
                    _trace.Keep(one.Slot);
                    break;
                case 10 when random.Next(3) == 0:
                    one!.IsExposed = true;
                    _trace.Expose(one.Slot);
                    break;
                case 11 when one!.Holds == 0:
                    one.Release = _clock++;
                    _trace.Release(one.Slot);
                    break;
            }
        }
    }
}
