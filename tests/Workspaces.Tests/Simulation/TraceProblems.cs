using FsCheck;
using FsCheck.Fluent;
using Workspaces.Memory.Planning;

namespace Workspaces.Tests.Simulation;

/// <summary>Random traces: crowded times with many ties, rows in any order, small and large sizes, several alignments.</summary>
internal static class TraceProblems
{
    internal static Arbitrary<PlanningProblem> Any() =>
        (from buffers in Buffer().ListOf()
         from alignment in Gen.Elements(1, 64, 64, 4096)
         select new PlanningProblem([.. buffers.Select((b, i) => b with { Id = i })], alignment)).ToArbitrary();

    /// <summary>A trace and a cap somewhere from 0 to the sum of its sizes, often at a whole alignment.</summary>
    internal static Arbitrary<(PlanningProblem Problem, long Cap)> WithCap() =>
        (from problem in Any().Generator
         from part in Gen.Choose(0, 1000)
         from whole in Gen.Elements(true, false)
         select (problem, Round(problem.LowerBound * 2 * part / 1000, whole ? problem.Alignment : 1))).ToArbitrary();

    private static long Round(long bytes, int unit) => bytes / unit * unit;

    private static Gen<PlanBuffer> Buffer() =>
        from lower in Gen.Choose(-5, 40)
        from length in Gen.Frequency((3, Gen.Choose(1, 6)), (1, Gen.Choose(1, 40)))
        from size in Gen.Frequency((3, Gen.Choose(1, 1000)), (1, Gen.Choose(1, 100_000)), (1, Gen.Elements(64, 128, 192)))
        select new PlanBuffer(0, lower, lower + length, size);
}
