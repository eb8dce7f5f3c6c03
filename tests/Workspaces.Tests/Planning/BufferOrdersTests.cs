using Workspaces.Memory.Planning;

namespace Workspaces.Tests.Planning;

/// <summary>Each order of the greedy planner against the keys that its name says.</summary>
public sealed class BufferOrdersTests
{
    public static TheoryData<string> Names => [.. BufferOrders.Names];

    [Theory]
    [MemberData(nameof(Names))]
    public void An_order_has_the_greatest_keys_first_and_ties_by_birth_and_place(string name)
    {
        var random = new Random(13);
        for (int round = 0; round < 40; round++)
        {
            (_, PlanningPart part) = RandomProblems.OnePart(random, 1 + random.Next(40));
            int[] expected = [.. Enumerable.Range(0, part.Count).OrderBy(i => Keys(part, name, i))];
            Assert.Equal(expected, BufferOrders.Create(part, name));
        }
    }

    [Fact]
    public void The_highest_load_is_that_of_the_fullest_section_of_a_life()
    {
        var random = new Random(14);
        for (int round = 0; round < 60; round++)
        {
            (_, PlanningPart part) = RandomProblems.OnePart(random, 1 + random.Next(60));
            Assert.Equal(Enumerable.Range(0, part.Count).Select(i => FullestSection(part, i)), BufferOrders.HighestLoad(part));
        }
    }

    [Fact]
    public void An_unknown_order_is_an_error()
    {
        (_, PlanningPart part) = RandomProblems.OnePart(new Random(1), 3);
        Assert.Throws<ArgumentOutOfRangeException>(() => BufferOrders.Create(part, "colour"));
    }

    internal static (double First, double Second, long Birth, int Place) Keys(PlanningPart part, string name, int i)
    {
        double size = part.Size[i], life = part.End[i] - part.First[i], load = FullestSection(part, i);
        (double first, double second) = name switch
        {
            "birth" => (0.0, 0.0),
            "load" => (load, size),
            "lifetime" => (life, size),
            "size" => (size, life),
            "area" => (size * life, size),
            "load-area" => (load, size * life),
            "death" => (part.End[i], size),
            "load-lifetime" => (load, life),
            _ => (size, 0),
        };
        return (-first, -second, part.Birth[i], i);
    }

    private static long FullestSection(PlanningPart part, int i) => part.Load[part.First[i]..part.End[i]].Max();
}
