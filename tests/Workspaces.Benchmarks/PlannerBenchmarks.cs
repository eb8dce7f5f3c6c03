using BenchmarkDotNet.Attributes;
using Workspaces.Memory.Planning;

namespace Workspaces.Benchmarks;

/// <summary>How long a pass takes to plan, by number of buffers. Sizes and lifetimes are drawn: most buffers live shortly, some for long.</summary>
[MemoryDiagnoser]
public class PlannerBenchmarks
{
    /// <summary>No clock ends a measured search.</summary>
    private readonly PlanningBudget _patient = new() { Time = TimeSpan.FromHours(1) };
    private readonly GreedyPlanner _greedy = new();
    private readonly SqueakyWheelPlanner _squeaky = new();
    private PlanBuffer[] _buffers = [];
    private PlanningProblem _problem = null!;
    private MemoryPlan _plan = null!;

    /// <summary>Number of buffers.</summary>
    [Params(1000, 5000)]
    public int Buffers { get; set; }

    /// <summary>Draws the buffers.</summary>
    [GlobalSetup]
    public void Setup()
    {
        var random = new Random(1);
        _buffers = new PlanBuffer[Buffers];
        for (int i = 0; i < Buffers; i++)
        {
            long life = random.Next(10) == 0 ? 1 + random.Next(Buffers) : 1 + random.Next(20);
            _buffers[i] = new PlanBuffer(i, i, i + life, 1L << random.Next(8, 24));
        }

        _problem = new PlanningProblem(_buffers);
        _plan = _greedy.Plan(_problem, _patient);
    }

    /// <summary>Checking the buffers and finding the lower bound.</summary>
    [Benchmark]
    public long Problem() => new PlanningProblem(_buffers).LowerBound;

    /// <summary>The best of a fixed number of orders.</summary>
    [Benchmark(Baseline = true)]
    public MemoryPlan Greedy() => _greedy.Plan(_problem, _patient);

    /// <summary>Ten packings of the search that follows, unless it reaches the lower bound earlier.</summary>
    [Benchmark]
    public MemoryPlan SqueakyWheelTen() => _squeaky.Plan(_problem, _patient with { Iterations = 10 });

    /// <summary>Proving that no two buffers share a byte.</summary>
    [Benchmark]
    public PlanValidation Validate() => PlanValidator.Validate(_problem, _plan);
}
