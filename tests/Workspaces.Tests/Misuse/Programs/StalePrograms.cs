using Workspaces.Autograd;
using Workspaces.IO;
using Workspaces.Memory;
using Workspaces.Memory.Rings;
using Workspaces.NN;
using Workspaces.Ops;
using Workspaces.Optim;
using Workspaces.Seams;
using Workspaces.Tensors;
using static Workspaces.Tests.Misuse.MisuseProgram;

namespace Workspaces.Tests.Misuse.Programs;

/// <summary>Tensors used after their memory has gone, by every way to their elements.</summary>
internal static class StalePrograms
{
    private const string Ended = "its pass in workspace 'step' has ended";

    internal static IReadOnlyList<MisuseProgram> All { get; } =
    [
        Throws<StaleAccessException>("a result read after its pass", Ended, static world => Kept(world).Item()),
        Throws<StaleAccessException>("a result copied into an array after its pass", Ended, static world => Kept(world).ToArray<float>()),
        Throws<StaleAccessException>("a span taken after the pass", Ended, static world => Kept(world).AsSpan<float>().Clear()),
        Throws<StaleAccessException>("a view made before the end of the pass, read after it", Ended, static world =>
        {
            Tensor view;
            using (world.Step.Enter()) view = Tensor.Ones([2, 3]).Transpose();
            view.ToArray<float>();
        }),
        Throws<StaleAccessException>("a Memory<float> taken before the end of the pass, read after it", Ended, static world =>
        {
            Memory<float> memory;
            using (world.Step.Enter()) memory = Tensor.Ones([2, 3]).AsMemory<float>();
            memory.Span[0] = 1;
        }),
        Throws<StaleAccessException>("a tensor printed after its pass", Ended, static world => Kept(world).ToString()),
        Throws<StaleAccessException>("its shape asked for when its header serves another tensor", "whose header serves another tensor by now", static world =>
        {
            Tensor kept = Kept(world);
            using Pass pass = world.Step.Enter();
            Tensor.Ones([7]);
            _ = kept.Shape;
        }),
        Throws<StaleAccessException>("a tensor saved to a file after its pass", Ended, static world => Npy.Save(world.PathOf("kept.npy"), Kept(world))),
        Throws<StaleAccessException>("a state saved to a file after its pass", Ended, static world => Safetensors.Save(world.PathOf("kept.st"), [("kept", Kept(world))])),
        Throws<StaleAccessException>("the left operand of an op from the pass before", "asked by tensor 'kept' float32[1] made by Full in pass 2", static world =>
        {
            Tensor kept = Kept(world);
            using Pass pass = world.Step.Enter();
            _ = kept + 1;
        }),
        Throws<StaleAccessException>("the right operand of a product from the pass before", Ended, static world =>
        {
            Tensor kept = Kept(world);
            using Workspace other = world.Manager.Lease(new() { Name = "other" });
            Tensor.Ones([1, 1]).MatMul(kept.Reshape(1, 1));
        }),
        Throws<StaleAccessException>("a destination from the pass before", Ended, static world =>
        {
            Tensor kept = Kept(world);
            using Workspace other = world.Manager.Lease(new() { Name = "other" });
            Tensor.Ones([1]).CopyTo(kept);
        }),
        Throws<StaleAccessException>("a write in place to a tensor of the pass before", Ended, static world => Kept(world).AddInPlace(1)),
        Throws<StaleAccessException>("Backward after the pass of the forward computation", Ended, static world =>
        {
            using Tensor weight = Tensor.Ones([4]).RequireGrad();
            Tensor loss;
            using (world.Step.Enter()) loss = (weight * 2).Sum();
            loss.Backward();
        }),
        Throws<StaleAccessException>("a gradient of an intermediate pass read a step later", Ended, static world =>
        {
            Tensor gradient;
            using (world.Step.Enter())
            {
                Tensor leaf = Tensor.Ones([4]).RequireGrad();
                (leaf * 2).Sum().Backward();
                gradient = leaf.Grad!.Value;
            }

            using Pass next = world.Step.Enter();
            gradient.ToArray<float>();
        }),
        Throws<StaleAccessException>("a tensor of a pass read on another thread after it", Ended, static world =>
        {
            Tensor kept = Kept(world);
            Task.Run(() => kept.ToArray<float>()).GetAwaiter().GetResult();
        }),
        Throws<StaleAccessException>("a tensor used after its workspace was disposed", "Remedy: use it before it is disposed and before its pass ends", static world =>
        {
            Tensor kept;
            using (Workspace workspace = world.Manager.Lease(new() { Name = "gone" })) kept = Tensor.Ones([4]);
            kept.Sum();
        }),
        Throws<StaleAccessException>("a tensor used after its manager was disposed", "was disposed", static _ =>
        {
            using var manager = new WorkspaceManager();
            var parameter = new Parameter(new Shape(4), manager: manager);
            manager.Dispose();
            parameter.Value.ToArray<float>();
        }),
        Throws<StaleAccessException>("a tensor used after Dispose", "it was released in pass 2 of workspace 'step'", static world =>
        {
            using Pass pass = world.Step.Enter();
            Tensor x = Tensor.Ones([4]);
            x.Dispose();
            x.ToArray<float>();
        }),
        Throws<StaleAccessException>("a copy of the handle used after the tensor's Dispose", "it was released in pass 2", static world =>
        {
            using Pass pass = world.Step.Enter();
            Tensor x = Tensor.Ones([4]), copy = x;
            x.Dispose();
            _ = copy * 2;
        }),
        Throws<StaleAccessException>("a tensor used after the rewind to a mark before it", "it was released in pass 2", static world =>
        {
            using Pass pass = world.Step.Enter();
            PassMark mark = pass.Mark();
            Tensor x = Tensor.Ones([4]);
            pass.Rewind(mark);
            x.ToArray<float>();
        }),
        Throws<StaleAccessException>("a batch read after its slot of the ring was given back", "of a tensor, asked by tensor 'batch'", static world =>
        {
            using Workspace data = world.Manager.Lease(new() { Name = "data", PolicyReset = ResetPolicy.EndOfBufferReached });
            RingSlot slot = data.Ring.Acquire();
            Tensor batch;
            using (slot.Enter()) batch = Tensor.Ones([4]).Named("batch");
            slot.Publish();
            data.Ring.Take().Dispose();
            batch.ToArray<float>();
        }),
        Throws<StaleAccessException>("a tensor used once more than in the passes that its LastUse plan was made from", "call Keep() on it where it is made", static world =>
        {
            using Workspace workspace = world.Manager.Lease(new() { Name = "short", Lifetimes = LifetimePolicy.LastUse });
            for (int i = 0; i < 30; i++)
            {
                using Pass pass = workspace.Enter();
                Tensor x = Tensor.Full([4], 3), y = x + 1;
                (y * 2).Dispose();
                if (i == 29) x.ToArray<float>();
            }
        }),
        Throws<StaleAccessException>("default(Tensor) read", "asked by a default tensor: it was never created", static _ => default(Tensor).ToArray<float>()),
        Throws<StaleAccessException>("default(Tensor) as an operand", "Cannot run Add on a tensor, asked by a default tensor", static world => _ = Tensor.Ones([world.Step.Enter().IsOpen ? 4 : 1]) + default(Tensor)),
        Throws<StaleAccessException>("default(Tensor) given to a module", "Remedy: create it first", static world =>
        {
            using var layer = new Linear(4, 2, manager: world.Manager);
            layer.Forward(default);
        }),
        Throws<StaleAccessException>("default(Block) written", "asked by a default handle", static _ => default(Block).AsSpan().Clear()),
        Throws<StaleAccessException>("a tensor kept in a static field", Ended, static world =>
        {
            using (world.Step.Enter()) s_kept = Tensor.Ones([4]);
            using Pass pass = world.Step.Enter();
            s_kept.Sum();
        }),
        Throws<StaleAccessException>("a tensor captured by a closure that runs later", Ended, static world =>
        {
            Func<float> later;
            using (world.Step.Enter())
            {
                Tensor x = Tensor.Ones([4]);
                later = () => x.Sum().Item();
            }

            later();
        }),
        Throws<StaleAccessException>("a tensor captured by an event handler", Ended, static world =>
        {
            EventHandler? changed = null;
            using (world.Step.Enter())
            {
                Tensor x = Tensor.Ones([4]);
                changed += (_, _) => x.ToArray<float>();
            }

            changed(world, EventArgs.Empty);
        }),
        Throws<StaleAccessException>("a list of results, read after the loop", Ended, static world =>
        {
            var results = new List<Tensor>();
            for (int i = 0; i < 3; i++)
            {
                using Pass pass = world.Step.Enter();
                results.Add(Tensor.Full([4], i));
            }

            _ = results.Sum(static result => result.Sum().Item());
        }),
        Throws<StaleAccessException>("a result moved into a pass that has ended", "Cannot move a tensor into it", static world =>
        {
            Pass ended = world.Step.Enter();
            ended.Dispose();
            using Pass pass = world.Step.Enter();
            Tensor.Ones([4]).MoveTo(ended);
        }),
        Throws<StaleAccessException>("the handle used after MoveTo", "it was released in pass 2", static world =>
        {
            using Pass pass = world.Step.Enter();
            Tensor x = Tensor.Ones([4]);
            x.MoveTo(world.Step.OuterPass);
            x.ToArray<float>();
        }),
        Throws<ObjectDisposedException>("a result moved into a disposed workspace", "its lease has ended", static world =>
        {
            Workspace closed = world.Manager.Lease(new() { Name = "closed" });
            closed.Dispose();
            using Pass pass = world.Step.Enter();
            Tensor.Ones([4]).MoveTo(closed);
        }),
        IsRight("a tensor disposed twice", "the second time does nothing, also when its memory serves another tensor", static world =>
        {
            using Pass pass = world.Step.Enter();
            Tensor x = Tensor.Ones([4]);
            x.Dispose();
            Tensor y = Tensor.Full([4], 7);
            x.Dispose();
            Assert.Equal([7f, 7, 7, 7], y.ToArray<float>());
        }),
        IsRight("a span used after the tensor's Dispose, in the same pass", "its bytes stay to the end of the pass", static world =>
        {
            using Pass pass = world.Step.Enter();
            Tensor x = Tensor.Full([4], 3);
            Span<float> span = x.AsSpan<float>();
            x.Dispose();
            for (int i = 0; i < 8; i++) Tensor.Full([4], 9);
            Assert.Equal([3f, 3, 3, 3], span.ToArray());
        }),
        Throws<StaleAccessException>("an optimizer step over parameters whose model was disposed", "Remedy: ", static world =>
        {
            var layer = new Linear(4, 2, manager: world.Manager);
            using var optimizer = new Sgd(layer.Parameters, 0.1);
            using (world.Step.Enter()) layer.Forward(Tensor.Ones([3, 4])).Sum().Backward();
            layer.Dispose();
            optimizer.Step();
        }),
    ];

    private static Tensor s_kept;

    private static Tensor Kept(MisuseWorld world)
    {
        using Pass pass = world.Step.Enter();
        return Tensor.Ones([1]).Named("kept");
    }
}
