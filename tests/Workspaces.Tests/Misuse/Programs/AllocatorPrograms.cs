using Workspaces.Memory;
using Workspaces.Memory.Allocators;
using Workspaces.Tensors;
using static Workspaces.Tests.Misuse.MisuseProgram;

namespace Workspaces.Tests.Misuse.Programs;

/// <summary>Allocators used wrongly, and allocators of users that lie.</summary>
internal static class AllocatorPrograms
{
    internal static IReadOnlyList<MisuseProgram> All { get; } =
    [
        Throws<WorkspaceException>("a block freed twice", "free every block once", static _ =>
        {
            using var allocator = new TrackingAllocator(new NativeAllocator());
            Allocation block = allocator.Allocate(100);
            allocator.Free(in block);
            allocator.Free(in block);
        }),
        Throws<WorkspaceException>("a block freed at another allocator", "free it with allocation.Owner.Free(allocation)", static _ =>
        {
            NativeAllocator one = new(), two = new();
            Allocation block = one.Allocate(100);
            try
            {
                two.Free(in block);
            }
            finally
            {
                one.Free(in block);
            }
        }),
        Throws<WorkspaceException>("a block freed with another size", "its size or alignment is another", static _ =>
        {
            using var allocator = new TrackingAllocator(new NativeAllocator());
            Allocation block = allocator.Allocate(100), changed = new(block.Address, 50, block.Alignment, false, allocator, block.State);
            try
            {
                allocator.Free(in changed);
            }
            finally
            {
                allocator.Free(in block);
            }
        }),
        Throws<WorkspaceException>("default(Allocation) freed", "nobody (the default value)", static _ => new NativeAllocator().Free(default)),
        Throws<ArgumentOutOfRangeException>("a negative size", "check the shape for an overflow", static _ => new NativeAllocator().Allocate(-1)),
        Throws<ArgumentOutOfRangeException>("an alignment that is no power of two", "an alignment is a power of two", static _ => new NativeAllocator().Allocate(100, 48)),
        Throws<WorkspaceException>("an allocator that hands out one address twice", "live memory must not overlap", static _ =>
        {
            var liar = new LyingAllocator { SameAddress = true };
            using var allocator = new TrackingAllocator(liar);
            Allocation block = allocator.Allocate(100);
            try
            {
                allocator.Allocate(100);
            }
            finally
            {
                allocator.Free(in block);
            }
        }),
        Throws<WorkspaceException>("a write behind the end of a guarded block", "behind its last byte", static _ =>
        {
            using var allocator = new GuardAllocator(new NativeAllocator());
            Allocation block = allocator.Allocate(100);
            WriteAt(block, 100);
            allocator.Free(in block);
        }),
        Throws<WorkspaceException>("a write to a guarded block after it was freed", "after it was freed", static _ =>
        {
            var allocator = new GuardAllocator(new NativeAllocator());
            Allocation block = allocator.Allocate(100);
            allocator.Free(in block);
            WriteAt(block, 5);
            allocator.Dispose();
        }),
        Throws<WorkspaceException>("an allocator asked for what is still live", "dispose what holds them", static _ =>
        {
            using var allocator = new TrackingAllocator(new NativeAllocator());
            Allocation block = allocator.Allocate(100);
            try
            {
                allocator.ThrowIfLeaked();
            }
            finally
            {
                allocator.Free(in block);
            }
        }),
        Throws<OutOfWorkspaceException>("an allocator that refuses, below a workspace without memory of its own", "the allocator", static _ =>
        {
            using var manager = new WorkspaceManager(allocator: new LimitAllocator(new NativeAllocator(), 1000));
            using Workspace workspace = manager.Lease(new() { Name = "own", WorkspaceMode = WorkspaceMode.None });
            using Pass pass = workspace.Enter();
            Tensor.Ones([1000]);
        }),
        Throws<WorkspaceException>("an allocator that gives less than was asked for", "Remedy: ", static _ => AskLiar(new LyingAllocator { Shorter = true })),
        Throws<WorkspaceException>("an allocator that gives address 0", "Remedy: ", static _ => AskLiar(new LyingAllocator { Nowhere = true })),
        Throws<WorkspaceException>("an allocator that ignores the alignment", "Remedy: ", static _ => AskLiar(new LyingAllocator { Askew = true })),
        Throws<WorkspaceException>("an allocator that makes tensors in the pass that it serves", "do not make tensors from inside an allocator", static world =>
        {
            var inward = new InwardAllocator();
            using var manager = new WorkspaceManager(allocator: inward);
            using Workspace workspace = manager.Lease(new() { Name = "own", WorkspaceMode = WorkspaceMode.None });
            using Pass pass = workspace.Enter();
            Tensor.Ones([1000]);
        }),
        Throws<WorkspaceException>("allocator scopes ended in the wrong order", "dispose scopes in the reverse order of opening them", static _ =>
        {
            AllocatorScope outer = AllocatorScope.Use(new NativeAllocator());
            using AllocatorScope inner = AllocatorScope.Use(new PinnedAllocator());
            outer.Dispose();
        }),
        Throws<ObjectDisposedException>("a disposed allocator asked for memory", "Remedy: ", static _ =>
        {
            var allocator = new CachingAllocator(new NativeAllocator());
            allocator.Dispose();
            allocator.Allocate(100);
        }),
        IsRight("an allocator disposed under a tensor of its memory", "it is released when the tensor dies, and the tensor keeps its values", static _ =>
        {
            var allocator = new StatisticsAllocator(new NativeAllocator());
            Tensor x;
            using (AllocatorScope.Use(allocator)) x = Tensor.Full([100], 3);
            allocator.Dispose();
            Assert.Equal(3f, x.ToArray<float>()[99]);
            x.Dispose();
            Assert.Equal(0, allocator.Statistics.LiveCount);
        }),
    ];

    private static unsafe void WriteAt(in Allocation block, int at) => ((byte*)block.Address)[at] = 1;

    private static void AskLiar(LyingAllocator liar)
    {
        using var manager = new WorkspaceManager(allocator: liar);
        using Workspace workspace = manager.Lease(new() { Name = "own", WorkspaceMode = WorkspaceMode.None });
        using Pass pass = workspace.Enter();
        Tensor.Ones([1000]);
    }

    /// <summary>Gives what was not asked for.</summary>
    private sealed class LyingAllocator : IAllocator
    {
        private readonly NativeAllocator _native = new();
        private Allocation _first;

        public bool SameAddress { get; init; }

        public bool Shorter { get; init; }

        public bool Nowhere { get; init; }

        public bool Askew { get; init; }

        public string Name => "liar";

        public Allocation Allocate(long bytes, int alignment = 64, bool zeroed = false)
        {
            if (SameAddress && _first.Owner is not null) return _first;
            if (Nowhere) return new Allocation(0, bytes, alignment, zeroed, this);
            Allocation block = _native.Allocate(bytes + 64, alignment, zeroed);
            return _first = new Allocation(block.Address + (Askew ? 1 : 0), Shorter ? bytes / 2 : bytes, alignment, zeroed, this, block);
        }

        public void Free(in Allocation allocation)
        {
            if (allocation.State is Allocation block) _native.Free(in block);
        }
    }

    /// <summary>Asks the ambient pass for what the ambient pass asks of it.</summary>
    private sealed class InwardAllocator : IAllocator
    {
        public string Name => "inward";

        public Allocation Allocate(long bytes, int alignment = 64, bool zeroed = false)
        {
            Tensor.Ones([4]);
            return default;
        }

        public void Free(in Allocation allocation)
        {
        }
    }
}
