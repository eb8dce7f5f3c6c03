using Workspaces.Memory.Replay;

namespace Workspaces.Tests.Replay;

/// <summary>The skyline against a painter that knows who painted each granule last.</summary>
public class SkylineTests
{
    [Fact]
    public void Predecessors_are_those_who_painted_each_granule_last()
    {
        var random = new Random(3);
        for (int round = 0; round < 1500; round++)
        {
            int count = random.Next(1, random.Next(10) == 0 ? 300 : 30), range = random.Next(1, 120);
            PlanSlot[] slots = Slots(random, count, range);
            int[] more = new Skyline().Predecessors(slots);

            int[] painter = new int[range + 64];
            int total = 0;
            for (int k = 1; k <= count; k++)
            {
                Span<int> under = painter.AsSpan((int)slots[k].Offset, (int)RequestKey.Granules(slots[k].Key));
                var expected = new SortedSet<int>(under.ToArray().Where(owner => owner != 0));
                List<int> found = Predecessors(slots[k], more);
                Assert.Equal(expected, found.Order());
                Assert.Equal(found.Count, found.Distinct().Count());
                total += found.Count;
                under.Fill(k);
            }

            Assert.True(total <= 4 * count, $"{total} predecessors of {count} slots");
            Assert.True(more.Length <= (4 * count) + 1 + count);
            Assert.Equal(0, more[0]);
        }
    }

    [Fact]
    public void Slots_at_the_end_of_the_address_range_are_painted_too()
    {
        PlanSlot[] slots =
        [
            default,
            new() { Key = RequestKey.Of(1, int.MaxValue * 64L), Offset = uint.MaxValue },
            new() { Key = RequestKey.Of(1, 64), Offset = uint.MaxValue },
            new() { Key = RequestKey.Of(1, int.MaxValue * 64L), Offset = uint.MaxValue - 1 },
        ];

        int[] more = new Skyline().Predecessors(slots);

        Assert.Equal([], Predecessors(slots[1], more));
        Assert.Equal([1], Predecessors(slots[2], more));
        Assert.Equal([1, 2], Predecessors(slots[3], more).Order());
    }

    [Fact]
    public void One_block_over_very_many_has_all_of_them_as_predecessors()
    {
        const int Many = 60_000;
        var slots = new PlanSlot[Many + 2];
        for (int k = 1; k <= Many; k++) slots[k] = new PlanSlot { Key = RequestKey.Of(1, 64), Offset = (uint)(k - 1) };
        slots[Many + 1] = new PlanSlot { Key = RequestKey.Of(1, Many * 64L) };

        int[] more = new Skyline().Predecessors(slots);

        Assert.Equal(Enumerable.Range(1, Many), Predecessors(slots[Many + 1], more).Order());
    }

    private static List<int> Predecessors(PlanSlot slot, int[] more)
    {
        List<int> found = [slot.P0, slot.P1];
        found.RemoveAll(static owner => owner == 0);
        for (int i = slot.More; i != 0 && more[i] != 0; i++) found.Add(more[i]);
        return found;
    }

    private static PlanSlot[] Slots(Random random, int count, int range)
    {
        var slots = new PlanSlot[count + 1];
        for (int k = 1; k <= count; k++)
        {
            slots[k].Key = RequestKey.WithGranules(0, random.Next(6) == 0 ? random.Next(64) : random.Next(8));
            slots[k].Offset = (uint)random.Next(range);
        }

        return slots;
    }
}
