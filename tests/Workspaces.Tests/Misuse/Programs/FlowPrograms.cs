using Workspaces.Autograd;
using Workspaces.Memory;
using Workspaces.Memory.Allocators;
using Workspaces.Memory.Tracking;
using Workspaces.Ops;
using Workspaces.Tensors;
using Workspaces.Tests.Memory;
using static Workspaces.Tests.Misuse.MisuseProgram;

namespace Workspaces.Tests.Misuse.Programs;

/// <summary>Threads and tasks inside, beside and behind passes.</summary>
internal static class FlowPrograms
{
    internal static IReadOnlyList<MisuseProgram> All { get; } =
    [
        Throws<WorkspaceException>("a workspace entered by another flow while its pass is open", "is open in another flow, which this one is not inside of", static world =>
        {
            Workspace step = world.Step;
            using Pass pass = step.Enter();
            Outside.Run(() => step.Enter().Dispose());
        }),
        Throws<StaleAccessException>("a task that makes tensors when its pass is over", "this flow has outlived it", static world =>
        {
            using var over = new ManualResetEventSlim();
            Task late;
            using (world.Step.Enter())
            {
                late = Task.Run(() =>
                {
                    over.Wait();
                    Tensor.Ones([4]);
                });
            }

            over.Set();
            late.GetAwaiter().GetResult();
        }),
        Throws<StaleAccessException>("a task of the pass before that makes tensors in the next one", "belongs to another flow", static world =>
        {
            using var begun = new ManualResetEventSlim();
            using var over = new ManualResetEventSlim();
            Task late;
            using (world.Step.Enter())
            {
                late = Task.Run(() =>
                {
                    begun.Set();
                    over.Wait();
                    Tensor.Ones([4]);
                });
                begun.Wait();
            }

            using Pass next = world.Step.Enter();
            over.Set();
            late.GetAwaiter().GetResult();
        }),
        IsRight("an await inside a pass", "the pass follows onto the other thread", static world => InsideAsync(world.Step).GetAwaiter().GetResult()),
        IsRight("a pass entered in an async method that its caller relies on", "the caller's tensors live where the caller is", static world =>
        {
            Workspace step = world.Step;
            using Pass outer = step.Enter();
            EnterAndLeaveAsync(step).GetAwaiter().GetResult();
            Tensor x = Tensor.Ones([4]);
            Assert.True(outer.IsOpen);
            Assert.Equal(4f, x.Sum().Item());
        }),
        IsRight("a leaf on one thread, the ops on another", "the tape has no thread; gradients are right", static world =>
        {
            using Pass pass = world.Step.Enter();
            Tensor x = Tensor.From<float>([1, 2, 3]).RequireGrad();
            Tensor y = Task.Run(() => x * x).GetAwaiter().GetResult();
            Task.Run(() => y.Sum().Backward()).GetAwaiter().GetResult();
            Assert.Equal([2f, 4, 6], x.Grad!.Value.ToArray<float>());
        }),
        IsRight("many threads that make tensors in one pass", "no two share a byte", static world =>
        {
            using Pass pass = world.Step.Enter();
            Tensor[] made = new Tensor[64];
            Parallel.For(0, made.Length, i => made[i] = Tensor.Full([100], i));
            for (int i = 0; i < made.Length; i++) Assert.Equal(100f * i, made[i].Sum().Item());
        }),
        Finds("a pass that ends while an op of another thread runs on its tensors", FindingCodes.OpInFlightAtEnd, "while", static world =>
        {
            Pass pass = world.Step.Enter();
            var frame = RawBlock.From(world.Step, 64).Header.Frame;
            frame.BeginOp();
            pass.Dispose();
            frame.EndOp();
        }),
        IsRight("a workspace disposed by another thread than the one that made it", "it ends, and the first flow is outside of it", static world =>
        {
            Workspace workspace = world.Manager.Lease(new() { Name = "crossed" });
            Tensor x = Tensor.Ones([4]);
            Outside.Run(workspace.Dispose);
            Assert.False(x.IsAlive);
            Assert.Throws<ObjectDisposedException>(() => workspace.Enter());
            workspace.Dispose();
        }),
        IsRight("Gradients.Off in one task while another one records", "it holds in its own flow only", static world =>
        {
            using Tensor x = Tensor.Ones([4]).RequireGrad();
            Workspace step = world.Step;
            using Pass pass = step.Enter();
            using Lanes lanes = pass.Fork(2);
            using var off = new ManualResetEventSlim();
            using var recorded = new ManualResetEventSlim();
            Task<bool> without = Task.Run(() =>
            {
                using Pass lane = lanes.Enter(0);
                using NoGradScope scope = Gradients.Off();
                off.Set();
                recorded.Wait();
                return (x * 2).RequiresGrad;
            });
            Task<bool> with = Task.Run(() =>
            {
                using Pass lane = lanes.Enter(1);
                off.Wait();
                bool records = (x * 2).RequiresGrad;
                recorded.Set();
                return records;
            });
            Outside.Join(without, with);
            Assert.Equal((false, true), (without.Result, with.Result));
        }),
        Throws<WorkspaceException>("an allocator scope used by a task that outlives it", "the scope was disposed, and this flow has outlived it", static world =>
        {
            using var over = new ManualResetEventSlim();
            using var allocator = new StatisticsAllocator(new NativeAllocator());
            Task late;
            using (AllocatorScope.Use(allocator))
            {
                late = Task.Run(() =>
                {
                    over.Wait();
                    Tensor.Ones([4]);
                });
            }

            over.Set();
            late.GetAwaiter().GetResult();
        }),
    ];

    private static async Task InsideAsync(Workspace step)
    {
        using Pass pass = step.Enter();
        Tensor x = Tensor.Ones([4]);
        await Task.Yield();
        Tensor y = x + 1;
        await Task.Run(() => y.MultiplyInPlace(2)).ConfigureAwait(false);
        Assert.Same(step, y.Workspace);
        Assert.Equal(16f, y.Sum().Item());
    }

    private static async Task EnterAndLeaveAsync(Workspace step)
    {
        using Pass inner = step.Enter();
        Tensor.Full([4], 9);
        await Task.Yield();
    }
}
