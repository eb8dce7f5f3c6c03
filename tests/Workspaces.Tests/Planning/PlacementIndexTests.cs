using Workspaces.Memory.Planning;

namespace Workspaces.Tests.Planning;

/// <summary>Both indexes against gaps by their definition, and the merged ranges that the tree is made of against a line of booleans.</summary>
public sealed class PlacementIndexTests
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void An_index_finds_the_gap_that_the_rule_asks_for(bool tree)
    {
        var random = new Random(23);
        for (int round = 0; round < 60; round++)
        {
            int sections = 1 + random.Next(40), count = 1 + random.Next(60);
            PlacementIndex index = tree ? new SectionTreeIndex(sections) : new ScanIndex(count);
            for (int again = 0; again < 2; again++)
            {
                index.Clear();
                var plain = new PlainPlacements();
                for (int i = 0; i < count; i++)
                {
                    int first = random.Next(sections), end = first + 1 + random.Next(sections - first);
                    long size = 64 * (1 + random.Next(9));
                    foreach (GapRule rule in Enum.GetValues<GapRule>()) Assert.Equal(plain.Find(first, end, size, rule), index.Find(first, end, size, rule));
                    long offset = plain.Find(first, end, size, (GapRule)random.Next(2));
                    if (random.Next(4) == 0) offset = 64 * random.Next(60);
                    if (!Meets(first, end, offset, size)) continue;
                    index.Add(first, end, offset, size);
                    plain.Add(first, end, offset, size);
                }

                // Only what is free is ever placed: the first offset from there on where the buffer fits.
                bool Meets(int first, int end, long offset, long size) => plain.Find(first, end, size, GapRule.Lowest) is var low && (low == offset || offset >= plain.Find(first, end, long.MaxValue / 2, GapRule.Lowest));
            }
        }
    }

    [Fact]
    public void Ranges_melt_where_they_touch()
    {
        var random = new Random(29);
        for (int round = 0; round < 200; round++)
        {
            var ranges = new OccupiedRanges();
            bool[] line = new bool[402];
            for (int i = 0; i < 60; i++)
            {
                int low = random.Next(390), high = low + 1 + random.Next(random.Next(8) == 0 ? 200 : 4);
                high = Math.Min(high, 400);
                ranges.Add(low, high);
                Array.Fill(line, true, low, high - low);
                AssertSame(line, ranges);
                int from = random.Next(ranges.Count + 1), offset = random.Next(402);
                int expected = from;
                while (expected < ranges.Count && ranges.High(expected) <= offset) expected++;
                Assert.Equal(expected, ranges.FirstEndingAbove(offset, from));
            }

            ranges.Clear();
            Assert.Equal(0, ranges.Count);
        }
    }

    private static void AssertSame(bool[] line, OccupiedRanges ranges)
    {
        int next = 0;
        for (int i = 0; i < line.Length; i++)
        {
            if (!line[i]) continue;
            int end = Array.IndexOf(line, false, i);
            Assert.True(next < ranges.Count);
            Assert.Equal((i, end), (ranges.Low(next), ranges.High(next)));
            next++;
            i = end;
        }

        Assert.Equal(next, ranges.Count);
    }
}
