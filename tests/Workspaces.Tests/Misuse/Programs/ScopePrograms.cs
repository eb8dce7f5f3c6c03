using Workspaces.Memory;
using Workspaces.Memory.Rings;
using Workspaces.Memory.Seams;
using Workspaces.Memory.Tracking;
using Workspaces.Ops;
using Workspaces.Tensors;
using static Workspaces.Tests.Misuse.MisuseProgram;

namespace Workspaces.Tests.Misuse.Programs;

/// <summary>Workspaces, passes, lanes and slots closed twice, too early, too late, or by the wrong one.</summary>
internal static class ScopePrograms
{
    internal static IReadOnlyList<MisuseProgram> All { get; } =
    [
        IsRight("a pass disposed twice", "the second time does nothing, also when the next pass is open", static world =>
        {
            Pass first = world.Step.Enter();
            first.Dispose();
            using Pass second = world.Step.Enter();
            Tensor x = Tensor.Ones([4]);
            first.Dispose();
            Assert.True(second.IsOpen);
            Assert.Equal(4f, x.Sum().Item());
        }),
        IsRight("a workspace disposed twice", "the second time does nothing, also when somebody else has leased the name", static world =>
        {
            Workspace first = world.Manager.Lease(new() { Name = "twice" });
            first.Dispose();
            first.Dispose();
            using Workspace second = world.Manager.Lease(new() { Name = "twice" });
            using Pass pass = second.Enter();
            Assert.Equal(4f, Tensor.Ones([4]).Sum().Item());
        }),
        Finds("an outer pass disposed before the inner one", FindingCodes.ClosedOutOfOrder, "Cannot keep inner scopes open", static world =>
        {
            Pass outer = world.Step.Enter();
            world.Step.Enter();
            outer.Dispose();
        }),
        Finds("a workspace disposed while its pass is open", FindingCodes.ClosedOutOfOrder, "'early'", static world =>
        {
            Workspace workspace = world.Manager.Lease(new() { Name = "early" });
            workspace.Enter();
            workspace.Dispose();
        }),
        Throws<StaleAccessException>("memory asked for in a pass that has ended", "asked by pass 2 of workspace 'step': the pass has ended", static world =>
        {
            Pass pass = world.Step.Enter();
            pass.Dispose();
            pass.Allocate(100);
        }),
        Throws<StaleAccessException>("default(Pass) asked for memory", "asked by a default", static _ => default(Pass).Allocate(100)),
        Throws<ObjectDisposedException>("Enter on a disposed workspace", "create it again with WorkspaceManager.Create", static world =>
        {
            Workspace workspace = world.Manager.Lease(new() { Name = "gone" });
            workspace.Dispose();
            workspace.Enter();
        }),
        Throws<ObjectDisposedException>("a workspace leased from a disposed manager", "Remedy: ", static _ =>
        {
            var manager = new WorkspaceManager();
            manager.Dispose();
            manager.Lease(new());
        }),
        Throws<WorkspaceException>("a rewind to a mark of another pass", "rewind to marks of the same pass only", static world =>
        {
            PassMark mark;
            using (Pass first = world.Step.Enter()) mark = first.Mark();
            using Pass second = world.Step.Enter();
            second.Rewind(mark);
        }),
        Finds("a lane that is never joined", FindingCodes.LaneNotJoined, "dispose", static world =>
        {
            using Pass pass = world.Step.Enter();
            Lanes lanes = pass.Fork(2);
            lanes.Enter(0);
            lanes.Dispose();
        }),
        Throws<WorkspaceException>("one lane entered by two branches", "Remedy: ", static world =>
        {
            using Pass pass = world.Step.Enter();
            using Lanes lanes = pass.Fork(2);
            using Pass lane = lanes.Enter(0);
            lanes.Enter(0);
        }),
        Throws<WorkspaceException>("a lane that does not exist", "use an index from 0 to the count given to Fork", static world =>
        {
            using Pass pass = world.Step.Enter();
            using Lanes lanes = pass.Fork(2);
            lanes.Enter(2);
        }),
        Throws<StaleAccessException>("a lane of a fork that has ended", "Remedy: ", static world =>
        {
            using Pass pass = world.Step.Enter();
            Lanes lanes = pass.Fork(2);
            lanes.Dispose();
            lanes.Enter(0);
        }),
        Throws<StaleAccessException>("a slot of a ring filled after it was published", "it was published", static world =>
        {
            using Workspace data = Ring(world);
            RingSlot slot = data.Ring.Acquire();
            slot.Publish();
            slot.Allocate(64);
        }),
        Throws<WorkspaceException>("a slot published while its pass is entered", "its pass is still entered", static world =>
        {
            using Workspace data = Ring(world);
            RingSlot slot = data.Ring.Acquire();
            using Pass pass = slot.Enter();
            slot.Publish();
        }),
        Throws<WorkspaceException>("a thread that holds every slot and waits for one", "held by this very thread", static world =>
        {
            using Workspace data = Ring(world);
            data.Ring.Acquire().Publish();
            data.Ring.Acquire().Publish();
            using RingLease first = data.Ring.Take(), second = data.Ring.Take();
            data.Ring.Take();
        }),
        Throws<WorkspaceException>("the ring of a workspace that is none", "PolicyReset is BlockLeft, so it has none", static world => world.Step.Ring.Acquire()),
        Throws<StaleAccessException>("memory of a pool used after its owner was disposed", "Cannot use memory, asked by a block of 128 bytes made by MemoryPool", static world =>
        {
            using Pass pass = world.Step.Enter();
            using var pool = new WorkspaceMemoryPool<byte>();
            System.Buffers.IMemoryOwner<byte> owner = pool.Rent(100);
            Memory<byte> memory = owner.Memory;
            owner.Dispose();
            memory.Span.Clear();
        }),
        Throws<StaleAccessException>("a rented workspace used after it was given back", "Remedy: ", static world =>
        {
            using var pool = new WorkspacePool(world.Manager, new() { Name = "served" }, 2);
            WorkspaceLease lease = pool.Rent();
            lease.Dispose();
            lease.Enter();
        }),
        IsRight("a rented workspace given back twice", "the second time does nothing, and two users never share one", static world =>
        {
            using var pool = new WorkspacePool(world.Manager, new() { Name = "served" }, 2);
            WorkspaceLease first = pool.Rent();
            first.Dispose();
            using WorkspaceLease second = pool.Rent();
            first.Dispose();
            using WorkspaceLease third = pool.Rent();
            Assert.NotSame(second.Workspace, third.Workspace);
        }),
    ];

    private static Workspace Ring(MisuseWorld world) =>
        world.Manager.Lease(new() { Name = "data", PolicyReset = ResetPolicy.EndOfBufferReached, StepsNumber = 2, PolicySpill = SpillPolicy.Fail });
}
