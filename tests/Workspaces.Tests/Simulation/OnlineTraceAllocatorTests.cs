using Workspaces.Memory.Planning;

namespace Workspaces.Tests.Simulation;

public sealed class FirstFitTraceAllocatorTests : TraceAllocatorConformance
{
    protected override string Name => "first-fit";

    protected override long[] Expected(PlanningProblem problem, long cap) => TraceModel.Answers(
        problem, (live, _, size) => TraceModel.Gaps(live, size).Select(gap => (long?)gap.From).FirstOrDefault() ?? TraceModel.Top(live, size, cap));
}

public sealed class BestFitTraceAllocatorTests : TraceAllocatorConformance
{
    protected override string Name => "best-fit";

    protected override long[] Expected(PlanningProblem problem, long cap) => TraceModel.Answers(
        problem,
        (live, _, size) => TraceModel.Gaps(live, size).OrderBy(gap => gap.Size).ThenBy(gap => gap.From).Select(gap => (long?)gap.From).FirstOrDefault()
            ?? TraceModel.Top(live, size, cap));
}

public sealed class BumpTraceAllocatorTests : TraceAllocatorConformance
{
    protected override string Name => "bump";

    protected override long[] Expected(PlanningProblem problem, long cap)
    {
        long top = 0;
        return TraceModel.Answers(problem, (_, _, size) =>
        {
            if (top + size > cap) return null;
            top += size;
            return top - size;
        });
    }
}

public sealed class NativeTraceAllocatorTests : TraceAllocatorConformance
{
    protected override string Name => "native";

    protected override long[] Expected(PlanningProblem problem, long cap) => LiveBytesModel.Answers(problem, cap);
}

public sealed class GarbageCollectedTraceAllocatorTests : TraceAllocatorConformance
{
    protected override string Name => "gc";

    protected override long[] Expected(PlanningProblem problem, long cap) => LiveBytesModel.Answers(problem, cap);
}

/// <summary>Serves whatever fits beside the live bytes.</summary>
internal static class LiveBytesModel
{
    internal static long[] Answers(PlanningProblem problem, long cap)
    {
        var answers = new List<long>();
        var served = new Dictionary<int, long>();
        foreach ((_, bool isRequest, int buffer) in TraceModel.Events(problem))
        {
            long size = TraceModel.Size(problem, buffer);
            bool fits = isRequest && served.Values.Sum() + size <= cap;
            if (!isRequest) served.Remove(buffer);
            else answers.Add(fits ? 0 : -1);
            if (fits) served.Add(buffer, size);
        }

        return [.. answers];
    }
}
