using System.Buffers;
using System.Runtime.InteropServices;
using BenchmarkDotNet.Attributes;
using Workspaces.Memory;
using Workspaces.Tensors;

namespace Workspaces.Benchmarks;

/// <summary>
/// One request of 4 KiB and its release, next to what else .NET offers for that. Nobody touches the bytes, so zeroing shows where it is part of the deal.
/// A pass records its requests, so those of workspaces run in passes of 128 pairs, whose opening and closing is part of the figure.
/// </summary>
[MemoryDiagnoser]
public unsafe class AllocationBenchmarks
{
    private const int Pairs = 128;
    private const int Bytes = 4096;
    private const int Elements = Bytes / sizeof(float);
    private readonly WorkspaceManager _manager = new();
    private Workspace _workspace = null!;
    private Workspace _leaving = null!;
    private float[] _array = [];

    /// <summary>Opens the workspaces, in the flow that measures.</summary>
    [GlobalSetup]
    public void Setup()
    {
        _workspace = _manager.Lease(new WorkspaceConfiguration { Name = "step" });
        _leaving = _manager.Lease(new WorkspaceConfiguration { Name = "leaving" });
    }

    /// <summary>A block of a workspace.</summary>
    [Benchmark(OperationsPerInvoke = Pairs, Baseline = true)]
    public void Block()
    {
        using Pass pass = _workspace.Enter();
        MemoryManager memory = _workspace.MemoryManager;
        for (int i = 0; i < Pairs; i++) memory.Allocate(Bytes).Dispose();
    }

    /// <summary>A tensor in the ambient pass.</summary>
    [Benchmark(OperationsPerInvoke = Pairs)]
    public void TensorEmpty()
    {
        using Pass pass = _workspace.Enter();
        for (int i = 0; i < Pairs; i++) Tensor.Empty(new Shape(Elements)).Dispose();
    }

    /// <summary>A block of a workspace that nobody releases: the end of the pass does, for all of them at once.</summary>
    [Benchmark(OperationsPerInvoke = Pairs)]
    public void BlockLeftToTheEnd()
    {
        using Pass pass = _leaving.Enter();
        MemoryManager memory = _leaving.MemoryManager;
        for (int i = 0; i < Pairs; i++) memory.Allocate(Bytes);
    }

    /// <summary>The same where the pass is entered on one thread: nothing is to be looked up.</summary>
    [Benchmark(OperationsPerInvoke = Pairs)]
    public void BlockOfThreadPassLeftToTheEnd()
    {
        using ThreadPass pass = _leaving.EnterOnThread();
        for (int i = 0; i < Pairs; i++) pass.Allocate(Bytes);
    }

    /// <summary>A block and its release where the pass is entered on one thread.</summary>
    [Benchmark(OperationsPerInvoke = Pairs)]
    public void BlockOfThreadPass()
    {
        using ThreadPass pass = _workspace.EnterOnThread();
        for (int i = 0; i < Pairs; i++) pass.Allocate(Bytes).Dispose();
    }

    /// <summary>A managed array, zeroed, collected some time later.</summary>
    [Benchmark(OperationsPerInvoke = Pairs)]
    public void NewArray()
    {
        for (int i = 0; i < Pairs; i++) _array = new float[Elements];
    }

    /// <summary>A managed array with whatever lies there, collected some time later.</summary>
    [Benchmark(OperationsPerInvoke = Pairs)]
    public void UninitializedArray()
    {
        for (int i = 0; i < Pairs; i++) _array = GC.AllocateUninitializedArray<float>(Elements);
    }

    /// <summary>An array of the pool that all of .NET shares; the last one returned lies in a slot of the thread.</summary>
    [Benchmark(OperationsPerInvoke = Pairs)]
    public void ArrayPoolShared()
    {
        for (int i = 0; i < Pairs; i++) ArrayPool<float>.Shared.Return(ArrayPool<float>.Shared.Rent(Elements));
    }

    /// <summary>The C library's heap.</summary>
    [Benchmark(OperationsPerInvoke = Pairs)]
    public void NativeAlloc()
    {
        for (int i = 0; i < Pairs; i++) NativeMemory.Free(NativeMemory.Alloc(Bytes));
    }

    /// <summary>The C library's heap at multiples of 64, as every block of a workspace lies.</summary>
    [Benchmark(OperationsPerInvoke = Pairs)]
    public void NativeAlignedAlloc()
    {
        for (int i = 0; i < Pairs; i++) NativeMemory.AlignedFree(NativeMemory.AlignedAlloc(Bytes, 64));
    }

    /// <summary>Ends the workspaces and their memory.</summary>
    [GlobalCleanup]
    public void Cleanup()
    {
        _leaving.Dispose();
        _workspace.Dispose();
        _manager.Dispose();
    }
}
