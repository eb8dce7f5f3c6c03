using Workspaces.Memory.Planning;

namespace Workspaces.Tests.Planning;

/// <summary>Sections and parts against their definitions, buffer by buffer.</summary>
public sealed class LifetimeSectionsTests
{
    [Fact]
    public void Two_buffers_share_a_section_exactly_when_they_share_a_moment()
    {
        foreach (PlanningProblem problem in Problems())
        {
            LifetimeSections sections = problem.Sections;
            for (int a = 0; a < problem.Count; a++)
            {
                for (int b = 0; b < problem.Count; b++)
                {
                    bool meet = problem.Buffers[a].Lower < problem.Buffers[b].Upper && problem.Buffers[b].Lower < problem.Buffers[a].Upper;
                    Assert.Equal(meet, sections.First[a] < sections.End[b] && sections.First[b] < sections.End[a]);
                }
            }
        }
    }

    [Fact]
    public void Each_section_has_a_birth_a_death_and_the_bytes_that_live_in_it()
    {
        foreach (PlanningProblem problem in Problems())
        {
            LifetimeSections sections = problem.Sections;
            for (int s = 0; s < sections.Load.Length; s++)
            {
                Assert.Contains(s, sections.First);
                Assert.Contains(s + 1, sections.End);
                long load = Enumerable.Range(0, problem.Count).Where(i => sections.First[i] <= s && s < sections.End[i]).Sum(problem.Occupied);
                Assert.Equal(load, sections.Load[s]);
            }

            Assert.Equal(sections.Load.Length, sections.End.Max());
            Assert.Equal(sections.Load.Max(), problem.LowerBound);
        }
    }

    [Fact]
    public void Parts_are_cut_wherever_no_buffer_lives_across_and_the_greatest_load_comes_first()
    {
        int several = 0;
        foreach (PlanningProblem problem in Problems())
        {
            LifetimeSections sections = problem.Sections;
            List<PlanningPart> parts = sections.Split(problem);
            IEnumerable<int> cuts = Enumerable.Range(0, sections.Load.Length).Where(s => !Enumerable.Range(0, problem.Count).Any(i => sections.First[i] < s && s < sections.End[i]));
            Assert.Equal(cuts, parts.Select(static p => p.FirstSection).Order());
            Assert.Equal(parts.OrderByDescending(static p => p.LowerBound).ThenBy(static p => p.FirstSection), parts);
            Assert.Equal(Enumerable.Range(0, problem.Count), parts.SelectMany(static p => p.Members).Order());
            Assert.Equal(sections.Load, parts.OrderBy(static p => p.FirstSection).SelectMany(static p => p.Load));
            foreach (PlanningPart part in parts) AssertTellsOfItsBuffers(problem, part);
            several += parts.Count > 1 ? 1 : 0;
        }

        Assert.True(several > 20);
    }

    private static void AssertTellsOfItsBuffers(PlanningProblem problem, PlanningPart part)
    {
        Assert.Equal(part.Members.Order(), part.Members);
        Assert.Equal(part.Load.Max(), part.LowerBound);
        Assert.Equal(problem.Alignment, part.Alignment);
        for (int i = 0; i < part.Count; i++)
        {
            int buffer = part.Members[i];
            Assert.Equal(problem.Sections.First[buffer] - part.FirstSection, part.First[i]);
            Assert.Equal(problem.Sections.End[buffer] - part.FirstSection, part.End[i]);
            Assert.Equal(problem.Occupied(buffer), part.Size[i]);
            Assert.Equal(problem.Buffers[buffer].Lower, part.Birth[i]);
            Assert.InRange(part.End[i], part.First[i] + 1, part.Load.Length);
        }
    }

    private static IEnumerable<PlanningProblem> Problems()
    {
        var random = new Random(11);
        for (int round = 0; round < 150; round++) yield return RandomProblems.Make(random, 1 + random.Next(25), 1 + random.Next(60), 1 + random.Next(8));
    }
}
