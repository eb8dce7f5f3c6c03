using BenchmarkDotNet.Attributes;
using Workspaces.Kernels.Team;

namespace Workspaces.Benchmarks;

/// <summary>What it costs to hand a job of two parts, in which nothing is done, to a team of two, and to have both back. It needs two cores.</summary>
[MemoryDiagnoser]
public class TeamBenchmarks
{
    private const int Jobs = 64;
    private readonly KernelTeam _team = new(2);

    /// <summary>Starts the second thread.</summary>
    [GlobalSetup]
    public void Setup() => Run();

    /// <summary>The second thread spins: it was at work a moment ago.</summary>
    [Benchmark(OperationsPerInvoke = Jobs, Baseline = true)]
    public void Awake()
    {
        for (int i = 0; i < Jobs; i++) Run();
    }

    /// <summary>Lets the second thread go to sleep.</summary>
    [IterationSetup(Target = nameof(Asleep))]
    public void Rest() => SpinWait.SpinUntil(() => _team.IsAsleep);

    /// <summary>The second thread sleeps and is woken.</summary>
    [Benchmark]
    public void Asleep() => Run();

    /// <summary>Ends the thread.</summary>
    [GlobalCleanup]
    public void Cleanup() => _team.Dispose();

    private void Run()
    {
        var nothing = default(NothingJob);
        _team.Run(2, ref nothing);
    }
}
