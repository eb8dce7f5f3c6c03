using Workspaces.Autograd;
using Workspaces.Memory;
using Workspaces.Ops;
using Workspaces.Optim;
using Workspaces.Seams;
using Workspaces.Tensors;
using static Workspaces.Tests.Misuse.MisuseProgram;

namespace Workspaces.Tests.Misuse.Programs;

/// <summary>What makes gradients wrong in other libraries: writes in place, graphs used twice or too late, states carried on.</summary>
internal static class GradientPrograms
{
    internal static IReadOnlyList<MisuseProgram> All { get; } =
    [
        Throws<InvalidOperationException>("a weight changed in place between forward and Backward", "'weight'", static world =>
        {
            using Pass pass = world.Step.Enter();
            Tensor weight = Tensor.Ones([4]).RequireGrad().Named("weight"), loss = (weight * weight).Sum();
            using (Gradients.Off()) weight.MultiplyInPlace(100);
            loss.Backward();
        }),
        Throws<InvalidOperationException>("a saved activation overwritten before Backward", "Exp", static world =>
        {
            using Pass pass = world.Step.Enter();
            Tensor h = Leaf().Exp(), loss = h.Sum();
            using (Gradients.Off()) h.FillInPlace(0);
            loss.Backward();
        }),
        Throws<InvalidOperationException>("a saved tensor overwritten through a view of it", "FillInPlace", static world =>
        {
            using Pass pass = world.Step.Enter();
            Tensor data = Tensor.Ones([2, 2]), loss = (data * Leaf().Reshape(2, 2)).Sum();
            data.Select(0, 1).FillInPlace(3);
            loss.Backward();
        }),
        Throws<InvalidOperationException>("a saved tensor overwritten by CopyFrom", "CopyFrom", static world =>
        {
            using Pass pass = world.Step.Enter();
            Tensor data = Tensor.Ones([4]), loss = (data * Leaf()).Sum();
            data.CopyFrom<float>([9, 9, 9, 9]);
            loss.Backward();
        }),
        Throws<InvalidOperationException>("a saved tensor overwritten through its span, with anomalies looked for", "a span, a pointer or native code did", static world =>
        {
            using Pass pass = world.Step.Enter();
            using AnomalyScope scope = Anomalies.Detect();
            Tensor data = Tensor.Ones([4]);
            Span<float> taken = data.AsSpan<float>();
            Tensor loss = (data * Leaf()).Sum();
            taken.Fill(9);
            loss.Backward();
        }),
        Throws<InvalidOperationException>("a saved tensor overwritten through its span", "a write through a span wrote to it in place in between", static world =>
        {
            using Pass pass = world.Step.Enter();
            Tensor data = Tensor.Ones([4]), loss = (data * Leaf()).Sum();
            data.AsSpan<float>().Fill(9);
            loss.Backward();
        }),
        Throws<InvalidOperationException>("a weight overwritten element by element between forward and Backward", "a write through a span", static world =>
        {
            using var weight = new Parameter(new Shape(4), manager: world.Manager);
            using Pass pass = world.Step.Enter();
            Tensor loss = (weight.Value * weight.Value).Sum();
            TensorElements<float> elements = weight.Value.Elements<float>();
            elements[2] = 9;
            loss.Backward();
        }),
        Throws<InvalidOperationException>("a saved tensor overwritten through its Memory<float>", "a write through a span", static world =>
        {
            using Pass pass = world.Step.Enter();
            Tensor data = Tensor.Ones([4]);
            Memory<float> memory = data.AsMemory<float>();
            Tensor loss = (data * Leaf()).Sum();
            memory.Span[3] = 9;
            loss.Backward();
        }),
        IsRight("a saved tensor read through its span before Backward", "nothing was written, so the gradient is right", static world =>
        {
            using Pass pass = world.Step.Enter();
            Tensor leaf = Leaf(), data = Tensor.Full([4], 3), loss = (data * leaf).Sum();
            Assert.Equal([3f, 3, 3, 3], data.AsSpan<float>().ToArray());
            loss.Backward();
            Assert.Equal([3f, 3, 3, 3], leaf.Grad!.Value.ToArray<float>());
        }),
        Throws<InvalidOperationException>("a write in place to a leaf that requires a gradient", "write in place by AddInPlace", static world =>
        {
            using Pass pass = world.Step.Enter();
            Leaf().AddInPlace(1);
        }),
        Throws<InvalidOperationException>("a write in place to a broadcast view", "write in place by AddInPlace", static world =>
        {
            using Pass pass = world.Step.Enter();
            Tensor.Ones([1, 3]).BroadcastTo([2, 3]).AddInPlace(1);
        }),
        Throws<InvalidOperationException>("a second Backward through the same graph", "Cannot run backward a second time", static world =>
        {
            using Pass pass = world.Step.Enter();
            Tensor x = Leaf(), loss = (x * x).Sum();
            loss.Backward();
            loss.Backward();
        }),
        IsRight("a second Backward with retainGraph", "gradients add up, as asked for", static world =>
        {
            using Pass pass = world.Step.Enter();
            Tensor x = Leaf(), loss = (x * x).Sum();
            loss.Backward(retainGraph: true);
            loss.Backward();
            Assert.Equal([4f, 8, 12, 16], x.Grad!.Value.ToArray<float>());
        }),
        Throws<InvalidOperationException>("Backward from a tensor that nothing recorded", "no op on it was recorded", static world =>
        {
            using Pass pass = world.Step.Enter();
            Tensor.Ones([4]).Sum().Backward();
        }),
        Throws<InvalidOperationException>("Backward from what was computed inside Gradients.Off", "or recording was off", static world =>
        {
            using Pass pass = world.Step.Enter();
            Tensor loss;
            using (Gradients.Off()) loss = Leaf().Sum();
            loss.Backward();
        }),
        Throws<ShapeException>("Backward from a result of many elements without a gradient", "Remedy: ", static world =>
        {
            using Pass pass = world.Step.Enter();
            (Leaf() * 2).Backward();
        }),
        Throws<ShapeException>("Backward with a gradient of another shape", "the result has shape [4]", static world =>
        {
            using Pass pass = world.Step.Enter();
            (Leaf() * 2).Backward(Tensor.Ones([3]));
        }),
        Throws<StaleAccessException>("a state carried into the next pass without Detach", "needs Detach().MoveTo(…) before its pass ends", static world =>
        {
            using Tensor weight = Leaf();
            Tensor state;
            using (world.Step.Enter()) state = (weight * 2).Tanh();
            using Pass pass = world.Step.Enter();
            _ = state * weight;
        }),
        Throws<InvalidOperationException>("a state moved outwards without Detach", "Detach()", static world =>
        {
            using Pass pass = world.Step.Enter();
            (Leaf() * 2).MoveTo(world.Step.OuterPass);
        }),
        Throws<InvalidOperationException>("a state carried over a Backward in one pass", "Detach() a state that a loop carries", static world =>
        {
            using Pass pass = world.Step.Enter();
            Tensor weight = Leaf(), state = (weight * 2).Tanh();
            state.Sum().Backward();
            (state * weight).Sum().Backward();
        }),
        Throws<StaleAccessException>("total = total + loss over passes", "total += loss.Item()", static world =>
        {
            using Tensor weight = Leaf();
            Tensor total = Tensor.Zeros([]);
            for (int i = 0; i < 2; i++)
            {
                using Pass pass = world.Step.Enter();
                total = total + (weight * 2).Sum();
            }
        }),
        IsRight("gradients of two steps without ZeroGrad", "a gradient that an optimizer has used is overwritten, not added to", static world =>
        {
            using var weight = new Parameter(new Shape(4), manager: world.Manager);
            using var optimizer = new Sgd([weight], 0.0001);
            for (int i = 0; i < 2; i++)
            {
                using Pass pass = world.Step.Enter();
                (weight.Value * 3).Sum().Backward();
                Assert.Equal([3f, 3, 3, 3], weight.Grad!.Value.ToArray<float>());
                optimizer.Step();
            }
        }),
        IsRight("one workspace and one tape for all steps of a long run", "each pass has a graph of its own, and every step has gradients", static world =>
        {
            using var weight = new Parameter(new Shape(4), manager: world.Manager);
            for (int i = 0; i < 200; i++)
            {
                using Pass pass = world.Step.Enter();
                weight.ZeroGrad();
                (weight.Value * (i + 1)).Sum().Backward();
                Assert.Equal(4f * (i + 1), weight.Grad!.Value.Sum().Item());
            }
        }),
        Throws<ArgumentException>("a gradient asked of integers", "RequireGrad", static world =>
        {
            using Pass pass = world.Step.Enter();
            Tensor.Ones([4], DType.I64).RequireGrad();
        }),
        Throws<InvalidOperationException>("RequireGrad on a result of recorded ops", "Remedy: ", static world =>
        {
            using Pass pass = world.Step.Enter();
            (Leaf() * 2).RequireGrad();
        }),
        Throws<NotSupportedException>("a gradient of a gradient", "gradients are numbers without a graph", static world =>
        {
            using Pass pass = world.Step.Enter();
            (Leaf() * 2).Sum().Backward(createGraph: true);
        }),
        Throws<InvalidOperationException>("a recomputed segment that answers otherwise the second time", "Remedy: ", static world =>
        {
            using Pass pass = world.Step.Enter();
            int calls = 0;
            Recompute.Run(x => calls++ == 0 ? x * 2 : x.Reshape(2, 2).Sum(), Leaf() * 1).Sum().Backward();
        }),
        Throws<ShapeException>("a gradient hook that answers with another shape", "Remedy: ", static world =>
        {
            using Pass pass = world.Step.Enter();
            Tensor x = Leaf(), h = x * 2;
            h.OnGradient(static _ => Tensor.Ones([3]));
            h.Sum().Backward();
        }),
    ];

    private static Tensor Leaf() => Tensor.From<float>([1, 2, 3, 4]).RequireGrad();
}
