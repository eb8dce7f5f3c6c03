using BenchmarkDotNet.Attributes;
using Workspaces.Memory;

namespace Workspaces.Benchmarks;

/// <summary>What a pass costs when nothing is done inside: the fixed price of every iteration of a loop.</summary>
[MemoryDiagnoser]
public class EnterBenchmarks
{
    private readonly WorkspaceManager _manager = new();
    private readonly WorkspaceConfiguration _named = new() { Name = "named" };
    private readonly WorkspaceConfiguration _step = new() { Name = "step" };
    private Workspace _workspace = null!;

    /// <summary>Opens the workspace, in the flow that measures.</summary>
    [GlobalSetup]
    public void Setup()
    {
        _workspace = _manager.Lease(_step);
        _manager.Lease(_named).Dispose();
    }

    /// <summary>A pass that flows through <c>await</c>.</summary>
    [Benchmark(Baseline = true)]
    public void Enter()
    {
        using Pass pass = _workspace.Enter();
    }

    /// <summary>A pass that is ambient on one thread.</summary>
    [Benchmark]
    public void EnterOnThread()
    {
        using ThreadPass pass = _workspace.EnterOnThread();
    }

    /// <summary>A pass inside a pass: two of each.</summary>
    [Benchmark]
    public void EnterNested()
    {
        using Pass outer = _workspace.Enter();
        using Pass inner = _workspace.Enter();
    }

    /// <summary>A pass forked into two lanes, which are entered one after the other.</summary>
    [Benchmark]
    public void EnterTwoLanes()
    {
        using Pass pass = _workspace.Enter();
        using Lanes lanes = pass.Fork(2);
        lanes.Enter(0).Dispose();
        lanes.Enter(1).Dispose();
    }

    /// <summary>A workspace that was open before, leased again and given back.</summary>
    [Benchmark]
    public void LeaseNamed() => _manager.Lease(_named).Dispose();

    /// <summary>Ends the workspace and its memory.</summary>
    [GlobalCleanup]
    public void Cleanup()
    {
        _workspace.Dispose();
        _manager.Dispose();
    }
}
