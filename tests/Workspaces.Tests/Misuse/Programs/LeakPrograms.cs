using System.Runtime.CompilerServices;
using Workspaces.Autograd;
using Workspaces.Memory;
using Workspaces.Memory.Seams;
using Workspaces.Memory.Tracking;
using Workspaces.Ops;
using Workspaces.Tensors;
using Workspaces.Tests.Memory;
using static Workspaces.Tests.Misuse.MisuseProgram;

namespace Workspaces.Tests.Misuse.Programs;

/// <summary>What goes wrong slowly, without any call that could throw: told by findings.</summary>
internal static class LeakPrograms
{
    internal static IReadOnlyList<MisuseProgram> All { get; } =
    [
        Finds("a workspace that nobody closes and nobody knows any more", FindingCodes.WorkspaceNotClosed, "Remedy: ", static world =>
        {
            Outside.Run(() => Forget(world.Manager));
            for (int i = 0; i < 50 && world.Manager.Findings.Count == 0; i++)
            {
                GC.Collect();
                GC.WaitForPendingFinalizers();
            }
        }),
        Throws<LeakException>("a pass left open, with AssertNoLeaks at the end", "WSF037", static world =>
        {
            world.Step.Enter();
            world.Step.AssertNoLeaks();
        }),
        Throws<LeakException>("a model that is never disposed, with AssertNoLeaks of its manager", "WSF005", static _ =>
        {
            using var manager = new WorkspaceManager();
            var forgotten = new Parameter(new Shape(4), manager: manager);
            manager.AssertNoLeaks();
            GC.KeepAlive(forgotten);
        }),
        Finds("results moved outwards in every step", FindingCodes.GrowsPassOverPass, "over the last 256", static world =>
        {
            for (int i = 0; i < 300; i++)
            {
                using Pass pass = world.Step.Enter();
                Tensor.Ones([100]).MoveTo(world.Step.OuterPass);
            }
        }),
        Finds("a tensor of an earlier pass asked for again", FindingCodes.HandleOutlivesPass, "Remedy: ", static world =>
        {
            Tensor kept;
            using (world.Step.Enter()) kept = Tensor.Ones([4]);
            using Pass pass = world.Step.Enter();
            Assert.Throws<StaleAccessException>(() => kept.Sum());
        }),
        Finds("a workspace for every request, none of them disposed", FindingCodes.TooManyWorkspaces, "64", static world =>
        {
            for (int i = 0; i < 64; i++) world.Manager.Lease(new());
        }),
        Finds("an observer added for every workspace and never removed", FindingCodes.HandlersPileUp, "Remedy: ", static world =>
        {
            for (int i = 0; i < 300; i++) world.Manager.AddObserver(new Silent());
            using (world.Step.Enter()) Tensor.Ones([4]);
        }),
        IsRight("an observer that throws", "neither the core nor other observers are stopped", static world =>
        {
            var seen = new Silent();
            world.Manager.AddObserver(new Throwing());
            world.Manager.AddObserver(seen);
            Pass outer = world.Step.Enter();
            world.Step.Enter();
            outer.Dispose();
            Assert.Equal(1, seen.Count);
            using Pass pass = world.Step.Enter();
            Assert.Equal(4f, Tensor.Ones([4]).Sum().Item());
        }),
        Finds("a pass inside a pass inside a pass, because a loop forgets to dispose", FindingCodes.NestsInCircles, "Remedy: ", static world =>
        {
            for (int i = 0; i < 40; i++)
            {
                world.Step.Enter();
                Tensor.Ones([4]);
            }
        }),
        Finds("a total in an outer pass that every step adds to on the tape", FindingCodes.ChainGrows, "state.Detach()", static world =>
        {
            Tensor weight = Tensor.Ones([4]).RequireGrad(), total = TotalIn(world.Step);
            for (int i = 0; i < 300; i++)
            {
                using Pass pass = world.Step.Enter();
                total.AddInPlace(weight * 2);
            }
        }),
        Finds("a fixed size that every pass passes", FindingCodes.ConfigurationDoesNotFit, "raise Workspaces:fixed:InitialSize", static world =>
        {
            using Workspace workspace = world.Manager.Lease(new() { Name = "fixed", PolicyLearning = LearningPolicy.None, InitialSize = 4096 });
            for (int i = 0; i < 300; i++)
            {
                using Pass pass = workspace.Enter();
                workspace.MemoryManager.Allocate(8192);
            }
        }),
        Finds("memory still pinned when its pass ends", FindingCodes.PinnedAtEnd, "wait for the I/O before the pass ends", static world =>
        {
            Pass pass = world.Step.Enter();
            var pool = new WorkspaceMemoryPool<byte>();
            System.Buffers.MemoryHandle pin = pool.Rent(100).Memory.Pin();
            pass.Dispose();
            pin.Dispose();
        }),
        Finds("two kinds of steps in turn under one signature", FindingCodes.PassesDiffer, "Enter(new PassSignature().With(kind))", static world =>
        {
            var random = new Random(2);
            for (int i = 0; i < 1000; i++)
            {
                using Pass pass = world.Step.Enter();
                for (int k = 0; k < 12; k++)
                {
                    Block block = world.Step.MemoryManager.Allocate(64 * random.Next(1, 1000));
                    if (random.Next(2) == 0) block.Dispose();
                }
            }
        }),
    ];

    private static Tensor TotalIn(Workspace step) => Tensor.Zeros([step.Name is null ? 1 : 4]);

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Forget(WorkspaceManager manager) => manager.Lease(new() { Name = "forgotten" }).Enter();

    private sealed class Silent : IWorkspaceObserver
    {
        public int Count { get; private set; }

        public void OnFinding(Finding finding) => Count++;
    }

    private sealed class Throwing : IWorkspaceObserver
    {
        public void OnFinding(Finding finding) => throw new InvalidOperationException("not today");
    }
}
