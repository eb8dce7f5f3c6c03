using FsCheck;
using FsCheck.Fluent;
using Workspaces.Memory;
using Workspaces.Memory.Replay;

namespace Workspaces.Tests.Replay;

public class RequestKeyTests
{
    private const long LargestPlanned = int.MaxValue * 64L;

    private static Gen<uint> Tags => Gen.OneOf(Gen.Elements(0u, 1u, 2u, 0x7FFF_FFFEu, 0x7FFF_FFFFu), Gen.Choose(0, int.MaxValue).Select(tag => (uint)tag));

    private static Gen<long> Sizes => Gen.OneOf(
        Gen.Elements(0L, 1L, 64L, 65L, LargestPlanned - 64, LargestPlanned), Gen.Choose(0, 100_000).Select(size => (long)size),
        Gen.Choose(0, int.MaxValue).Select(size => size * 64L));

    [Fact]
    public void A_slot_fits_a_request_of_its_tag_that_is_not_larger_and_no_other() =>
        Prop.ForAll(
            Tags.Two().Zip(Sizes.Two()).ToArbitrary(),
            given =>
            {
                ((uint slotTag, uint tag), (long slot, long size)) = given;
                bool fits = slotTag == tag && Granule.RoundUp(size) <= Granule.RoundUp(slot);
                return RequestKey.Fits(RequestKey.Of(slotTag, slot), RequestKey.Of(tag, size)) == fits;
            }).Check(Config.QuickThrowOnFailure.WithMaxTest(3000));

    [Fact]
    public void A_key_gives_back_tag_and_granules() =>
        Prop.ForAll(
            Tags.Zip(Sizes).ToArbitrary(),
            given =>
            {
                ulong key = RequestKey.Of(given.Item1, given.Item2);
                return RequestKey.Tag(key) == given.Item1 && RequestKey.Granules(key) * 64 == Granule.RoundUp(given.Item2);
            }).Check(Config.QuickThrowOnFailure.WithMaxTest(2000));

    [Theory]
    [InlineData(0, 8, 0, 8, true)]
    [InlineData(0, 8, 0, 7, false)] // of an unknown tag only the size itself is near
    [InlineData(3, 8, 3, 7, true)]
    [InlineData(3, 8, 3, 6, false)]
    [InlineData(3, 80, 3, 70, true)]
    [InlineData(3, 80, 3, 69, false)]
    [InlineData(3, 8, 3, 9, false)]
    [InlineData(4, 8, 3, 8, false)]
    [InlineData(4, 8, 3, 7, false)]
    public void A_slot_is_near_a_request_of_its_tag_that_is_smaller_by_an_eighth_at_most(int slotTag, int slot, int tag, int size, bool isNear) =>
        Assert.Equal(isNear, RequestKey.IsNear(RequestKey.Of((uint)slotTag, slot * 64L), RequestKey.Of((uint)tag, size * 64L)));

    [Fact]
    public void The_largest_slot_fits_the_empty_request_of_its_tag_alone()
    {
        Assert.True(RequestKey.Fits(RequestKey.Of(1, LargestPlanned), RequestKey.Of(1, 0)));
        Assert.False(RequestKey.Fits(RequestKey.Of(1, LargestPlanned), RequestKey.Of(0, 0)));
        Assert.Equal(ulong.MaxValue - (3UL << 31), RequestKey.Valid(ulong.MaxValue));
    }

    [Fact]
    public void A_request_too_large_for_a_plan_fits_no_slot() =>
        Prop.ForAll(
            Tags.Two().Zip(Sizes).Zip(Gen.Elements(LargestPlanned + 1, 1L << 40, Granule.MaxRequest)).ToArbitrary(),
            given =>
            {
                (((uint slotTag, uint tag), long slot), long huge) = given;
                return !RequestKey.Fits(RequestKey.Of(slotTag, slot), RequestKey.Of(tag, huge));
            }).Check(Config.QuickThrowOnFailure.WithMaxTest(2000));

    [Fact]
    public void Rounding_takes_at_most_an_eighth_more_and_gives_few_sizes()
    {
        ulong[] keys = [.. Enumerable.Range(0, 5000).Select(granules => RequestKey.Of(7, granules * 64L)), RequestKey.Of(7, LargestPlanned)];
        PassRecord rounded = new PassRecord(keys, [.. Enumerable.Range(1, keys.Length)], new int[keys.Length]).Rounded();

        for (int i = 0; i < keys.Length; i++)
        {
            long before = RequestKey.Granules(keys[i]), after = RequestKey.Granules(rounded.Keys[i]);
            Assert.InRange(after, before, before + (before / 8));
            Assert.Equal(7u, RequestKey.Tag(rounded.Keys[i]));
        }

        Assert.True(rounded.Keys.Distinct().Count() <= 8 * 12 + 2);
        Assert.Equal(rounded.Keys, rounded.Rounded().Keys);
    }
}
