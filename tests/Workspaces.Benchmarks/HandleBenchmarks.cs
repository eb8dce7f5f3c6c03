using BenchmarkDotNet.Attributes;
using Workspaces.Memory;
using Workspaces.Ops;
using Workspaces.Tensors;

namespace Workspaces.Benchmarks;

/// <summary>What the checks of handles cost: ops on one element, in which nothing is arithmetic, and elements read one after the other.</summary>
[MemoryDiagnoser]
public class HandleBenchmarks
{
    private const int Ops = 256, Elements = 4096;
    private readonly WorkspaceManager _manager = new();
    private Workspace _workspace = null!;

    /// <summary>How stale handles are looked for.</summary>
    [Params(CheckMode.Off, CheckMode.Span, CheckMode.Element)]
    public CheckMode Checks { get; set; }

    /// <summary>Opens the workspace.</summary>
    [GlobalSetup]
    public void Setup() => _workspace = _manager.Lease(new WorkspaceConfiguration { Name = "handles", Checks = Checks });

    /// <summary>An op on one element and the release of its result; the pass around 256 of them is in the figure.</summary>
    [Benchmark(OperationsPerInvoke = Ops, Baseline = true)]
    public void OpOnOneElement()
    {
        using ThreadPass pass = _workspace.EnterOnThread();
        Tensor x = Tensor.Ones([1]);
        for (int i = 0; i < Ops; i++) x.Negate().Dispose();
    }

    /// <summary>One of 4,096 elements, read through <see cref="TensorElements{T}"/>.</summary>
    /// <returns>Their sum.</returns>
    [Benchmark(OperationsPerInvoke = Elements)]
    public float ReadElement()
    {
        using ThreadPass pass = _workspace.EnterOnThread();
        TensorElements<float> elements = Tensor.Ones([Elements]).Elements<float>();
        float sum = 0;
        for (int i = 0; i < Elements; i++) sum += elements[i];
        return sum;
    }

    /// <summary>Ends the workspace and its memory.</summary>
    [GlobalCleanup]
    public void Cleanup()
    {
        _workspace.Dispose();
        _manager.Dispose();
    }
}
