using Workspaces.Memory;
using Workspaces.Memory.Tracking;
using Workspaces.Ops;
using Workspaces.Tensors;
using Workspaces.Tests.Spill;
using static Workspaces.Tests.Misuse.MisuseProgram;

namespace Workspaces.Tests.Misuse.Programs;

/// <summary>More memory than there may be, and sizes that are none.</summary>
internal static class LimitPrograms
{
    internal static IReadOnlyList<MisuseProgram> All { get; } =
    [
        Throws<OutOfWorkspaceException>("a step larger than MaxSize, with PolicySpill Fail", "raise Workspaces:capped:MaxSize", static world =>
        {
            using Workspace capped = world.Manager.Lease(new() { Name = "capped", MaxSize = 1 << 20, PolicySpill = SpillPolicy.Fail });
            using Pass pass = capped.Enter();
            Tensor.Ones([1 << 20]);
        }),
        IsRight("the same with a smaller request afterwards", "it is served: a refusal changes nothing", static world =>
        {
            using Workspace capped = world.Manager.Lease(new() { Name = "capped", MaxSize = 1 << 20, PolicySpill = SpillPolicy.Fail });
            using Pass pass = capped.Enter();
            Assert.Throws<OutOfWorkspaceException>(() => Tensor.Ones([1 << 20]));
            Assert.Equal(1000f, Tensor.Ones([1000]).Sum().Item());
        }),
        Finds("a MaxSize that every step passes", FindingCodes.SpillsEveryPass, "MaxSize", static world =>
        {
            using Workspace capped = world.Manager.Lease(new() { Name = "capped", MaxSize = 1 << 20 });
            for (int i = 0; i < 40; i++)
            {
                using Pass pass = capped.Enter();
                Tensor x = Tensor.Ones([1 << 18]), y = x + 1;
                Assert.Equal(2f, y.Mean().Item());
            }
        }),
        Throws<OutOfWorkspaceException>("more than the manager's MemoryLimit", "MemoryLimit", static _ =>
        {
            using var manager = new WorkspaceManager(new() { MemoryLimit = 4 << 20 });
            using Workspace workspace = manager.Lease(new() { Name = "big" });
            using Pass pass = workspace.Enter();
            Tensor.Ones([4 << 20]);
        }),
        Throws<OutOfWorkspaceException>("more than the quota of the name", "Workspaces:Manager:Quotas:big is 4194304 bytes", static _ =>
        {
            using var manager = new WorkspaceManager(new() { Quotas = new Dictionary<string, long> { ["big"] = 4 << 20 } });
            using Workspace workspace = manager.Lease(new() { Name = "big" });
            using Pass pass = workspace.Enter();
            Tensor.Ones([4 << 20]);
        }),
        Throws<WorkspaceException>("a workspace more than MaxWorkspaces", "MaxWorkspaces", static _ =>
        {
            using var manager = new WorkspaceManager(new() { MaxWorkspaces = 1 });
            using Workspace one = manager.Lease(new() { Name = "one" });
            using Workspace two = manager.Lease(new() { Name = "two" });
        }),
        Throws<OutOfWorkspaceException>("a spill onto a disk that is full", "free space there", static _ =>
        {
            var files = new FaultyFiles { Capacity = 0 };
            using var manager = new WorkspaceManager { Files = files };
            using Workspace workspace = manager.Lease(new() { Name = "spilling", MaxSize = 1 << 20 });
            using Pass pass = workspace.Enter();
            Tensor.Ones([1 << 20]);
        }),
        Throws<WorkspaceException>("a block of negative size", "check the product of the dimensions and the element size for overflow", static world => world.Step.OuterPass.Allocate(-1)),
        Throws<WorkspaceException>("a block of long.MaxValue bytes", "a block may have 0 to", static world => world.Step.OuterPass.Allocate(long.MaxValue)),
        Throws<OutOfWorkspaceException>("a block larger than the machine", "smaller requests still succeed", static world => world.Step.OuterPass.Allocate(1L << 46)),
        Throws<ArgumentOutOfRangeException>("a slice outside its block", "Remedy: ", static world => world.Step.OuterPass.Allocate(100).SliceSpan(90, 20)),
        Throws<ArgumentException>("a copy larger than its block", "Remedy: ", static world => world.Step.OuterPass.Allocate(100).CopyFrom(new byte[101])),
        IsRight("a tensor without elements", "it lives and dies like others, and takes no memory", static world =>
        {
            using Pass pass = world.Step.Enter();
            Tensor x = Tensor.Ones([0, 4]);
            Assert.Empty((x + x).ToArray<float>());
            Assert.Equal([0f, 0, 0, 0], x.Sum([0]).ToArray<float>());
        }),
    ];
}
