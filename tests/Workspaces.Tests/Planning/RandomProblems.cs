using Workspaces.Memory.Planning;

namespace Workspaces.Tests.Planning;

/// <summary>Problems for tests of what the planners are made of: dense, sparse, in one part or several.</summary>
internal static class RandomProblems
{
    /// <summary>Buffers that begin within <paramref name="times"/> and live no longer than <paramref name="longest"/>.</summary>
    internal static PlanningProblem Make(Random random, int count, int times, int longest)
    {
        var buffers = new PlanBuffer[count];
        for (int i = 0; i < count; i++)
        {
            int lower = random.Next(times);
            buffers[i] = new(i, lower, lower + 1 + random.Next(longest), 1 + random.Next(1000));
        }

        return new PlanningProblem(buffers);
    }

    /// <summary>A problem in one part: a first buffer lives from before the others to after them.</summary>
    internal static (PlanningProblem Problem, PlanningPart Part) OnePart(Random random, int count)
    {
        var buffers = new List<PlanBuffer> { new(-1, -1, 1000, 64) };
        buffers.AddRange(Make(random, count, 25, 9).Buffers);
        var problem = new PlanningProblem([.. buffers]);
        return (problem, Assert.Single(problem.Sections.Split(problem)));
    }
}
