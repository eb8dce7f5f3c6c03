using BenchmarkDotNet.Attributes;
using Workspaces.Memory;
using Workspaces.Ops;
using Workspaces.Tensors;

namespace Workspaces.Benchmarks;

/// <summary>The parts of a pass and of an op, on one element each, so that nothing is arithmetic; <c>bench pass:OPS</c> has the whole.</summary>
[MemoryDiagnoser]
public class PartBenchmarks
{
    private const int Parts = 100;
    private readonly WorkspaceManager _manager = new();
    private Workspace _data = null!;
    private Workspace _empty = null!;
    private Workspace _first = null!;
    private Workspace _tensors = null!;
    private Workspace _ops = null!;
    private Tensor _x;

    /// <summary>Opens the workspaces, each for passes of one kind, in the flow that measures.</summary>
    [GlobalSetup]
    public void Setup()
    {
        _manager.KernelThreads = 1;
        _data = _manager.Lease(new WorkspaceConfiguration { Name = "data" });
        _x = Tensor.Ones([1, 1]);
        _empty = _manager.Lease(new WorkspaceConfiguration { Name = "empty" });
        _first = _manager.Lease(new WorkspaceConfiguration { Name = "first" });
        _tensors = _manager.Lease(new WorkspaceConfiguration { Name = "tensors" });
        _ops = _manager.Lease(new WorkspaceConfiguration { Name = "ops" });
    }

    /// <summary>A pass in which nothing is asked for.</summary>
    [Benchmark(Baseline = true)]
    public void EmptyPass()
    {
        using ThreadPass pass = _empty.EnterOnThread();
    }

    /// <summary>A pass with one block: choosing the plan and leasing the arena come with it.</summary>
    [Benchmark]
    public void PassOfOneBlock()
    {
        using ThreadPass pass = _first.EnterOnThread();
        pass.Allocate(64);
    }

    /// <summary>One of 100 new tensors in a pass, left to its end.</summary>
    [Benchmark(OperationsPerInvoke = Parts)]
    public void NewTensor()
    {
        using ThreadPass pass = _tensors.EnterOnThread();
        for (int i = 0; i < Parts; i++) Tensor.Empty(new Shape(1, 1));
    }

    /// <summary>One of 100 products of one element in a pass.</summary>
    [Benchmark(OperationsPerInvoke = Parts)]
    public void Op()
    {
        using ThreadPass pass = _ops.EnterOnThread();
        for (int i = 0; i < Parts; i++) _x.MatMul(_x);
    }

    /// <summary>Ends the workspaces and their memory.</summary>
    [GlobalCleanup]
    public void Cleanup()
    {
        _ops.Dispose();
        _tensors.Dispose();
        _first.Dispose();
        _empty.Dispose();
        _data.Dispose();
        _manager.Dispose();
    }
}
