using System.Buffers;
using System.Runtime.InteropServices;
using BenchmarkDotNet.Attributes;
using Workspaces.Memory;

namespace Workspaces.Benchmarks;

/// <summary>
/// A pass as models have them: 100 requests of 64 bytes to 1 MiB with releases in between, a third of them left to the end of the pass. The figure is per
/// request and holds its share of opening, releasing and closing. The others run the same list of requests and releases.
/// </summary>
[MemoryDiagnoser]
public unsafe class PassBenchmarks
{
    private readonly WorkspaceManager _manager = new();
    private readonly RequestList _requests = new(RequestList.Requests, seed: 1);
    private readonly Block[] _blocks = new Block[RequestList.Requests];
    private readonly nint[] _addresses = new nint[RequestList.Requests];
    private readonly byte[][] _arrays = new byte[RequestList.Requests][];
    private Workspace _workspace = null!;

    /// <summary>Opens the workspace, in the flow that measures.</summary>
    [GlobalSetup]
    public void Setup() => _workspace = _manager.Lease(new WorkspaceConfiguration { Name = "step" });

    /// <summary>Blocks of a workspace; those left die with the pass.</summary>
    [Benchmark(OperationsPerInvoke = RequestList.Requests, Baseline = true)]
    public void Blocks()
    {
        using Pass pass = _workspace.Enter();
        MemoryManager memory = _workspace.MemoryManager;
        foreach (int step in _requests.Steps)
        {
            if (step >= 0) _blocks[step] = memory.Allocate(_requests.Sizes[step]);
            else _blocks[~step].Dispose();
        }
    }

    /// <summary>Blocks of a workspace, entered on the thread, none released before the end.</summary>
    [Benchmark(OperationsPerInvoke = RequestList.Requests)]
    public void BlocksLeftToTheEnd()
    {
        using ThreadPass pass = _workspace.EnterOnThread();
        MemoryManager memory = _workspace.MemoryManager;
        foreach (int bytes in _requests.Sizes) memory.Allocate(bytes);
    }

    /// <summary>The C library's heap.</summary>
    [Benchmark(OperationsPerInvoke = RequestList.Requests)]
    public void NativeAlignedAlloc()
    {
        foreach (int step in _requests.Steps)
        {
            if (step >= 0) _addresses[step] = (nint)NativeMemory.AlignedAlloc((nuint)_requests.Sizes[step], 64);
            else NativeMemory.AlignedFree((void*)_addresses[~step]);
        }

        foreach (int left in _requests.Left) NativeMemory.AlignedFree((void*)_addresses[left]);
    }

    /// <summary>Arrays of the shared pool, each of the next power of two.</summary>
    [Benchmark(OperationsPerInvoke = RequestList.Requests)]
    public void ArrayPoolShared()
    {
        foreach (int step in _requests.Steps)
        {
            if (step >= 0) _arrays[step] = ArrayPool<byte>.Shared.Rent(_requests.Sizes[step]);
            else ArrayPool<byte>.Shared.Return(_arrays[~step]);
        }

        foreach (int left in _requests.Left) ArrayPool<byte>.Shared.Return(_arrays[left]);
    }

    /// <summary>Managed arrays, left to the collector.</summary>
    [Benchmark(OperationsPerInvoke = RequestList.Requests)]
    public void UninitializedArray()
    {
        for (int i = 0; i < RequestList.Requests; i++) _arrays[i] = GC.AllocateUninitializedArray<byte>(_requests.Sizes[i]);
    }

    /// <summary>Ends the workspace and its memory.</summary>
    [GlobalCleanup]
    public void Cleanup()
    {
        _workspace.Dispose();
        _manager.Dispose();
    }
}
