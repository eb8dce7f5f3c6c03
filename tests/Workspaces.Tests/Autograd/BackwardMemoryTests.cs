using Workspaces.Autograd;
using Workspaces.Memory;
using Workspaces.Memory.Tracking;
using Workspaces.Ops;
using Workspaces.Tensors;

namespace Workspaces.Tests.Autograd;

/// <summary>The bytes of a training step, computed by hand.</summary>
public class BackwardMemoryTests
{
    private const int Batch = 64, In = 256, Hidden = 512, Classes = 10;
    private const long HiddenBytes = Batch * Hidden * 4, LogitBytes = Batch * Classes * 4, InputBytes = Batch * In * 4, LabelBytes = Batch * 8, Scalar = 64;

    [Fact]
    public void Intermediates_that_are_disposed_early_cost_what_the_tape_needs()
    {
        using var manager = new WorkspaceManager();
        using Parameters p = new(manager);
        using Workspace workspace = manager.Lease(new());
        using (workspace.Enter())
        {
            Tensor x = Tensor.Ones([Batch, In]), labels = Tensor.Zeros([Batch], DType.I64);
            Tensor loss = p.Forward(x, labels);

            // Kept: relu's result (relu and the second layer), the logarithms of the softmax, the labels, the loss.
            Assert.Equal(InputBytes + LabelBytes + Scalar + HiddenBytes + LogitBytes, workspace.Memory.Allocated);
            loss.Backward();
            Assert.Equal(InputBytes + LabelBytes + Scalar, workspace.Memory.Allocated);
        }

        // The peak is at relu on the way back: its result, the gradient above it and the one below it.
        Assert.Equal(InputBytes + LabelBytes + Scalar + (3 * HiddenBytes), PeakOf(workspace.LastTrace!));
    }

    [Fact]
    public void After_warm_up_a_step_makes_no_garbage_and_asks_the_system_for_nothing()
    {
        using var manager = new WorkspaceManager();
        using Parameters p = new(manager);
        using Workspace workspace = manager.Lease(new());
        for (int i = 0; i < 30; i++) Step();
        long calls = workspace.SystemCalls, before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 100; i++) Step();
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        Assert.Equal(calls, workspace.SystemCalls);

        void Step()
        {
            using Pass pass = workspace.Enter();
            Tensor x = Tensor.Ones([Batch, In]), labels = Tensor.Zeros([Batch], DType.I64);
            Tensor loss = p.Forward(x, labels);
            loss.Backward();
            using (Gradients.Off()) p.Step();
            if (float.IsNaN(loss.Item())) throw new InvalidOperationException("the loss is not a number");
        }
    }

    /// <summary>Most bytes live at one moment, scratch left out.</summary>
    private static long PeakOf(PassTrace trace)
    {
        var change = new long[trace.Events + 1];
        foreach (TraceEntry entry in trace.Entries)
        {
            if (entry.Tag == PassTrace.ScratchTag) continue;
            long bytes = (entry.Bytes + 63) / 64 * 64;
            change[entry.Birth] += bytes;
            if (entry.Death >= 0) change[entry.Death] -= bytes;
        }

        long live = 0, peak = 0;
        foreach (long bytes in change) peak = Math.Max(peak, live += bytes);
        return peak;
    }

    private sealed class Parameters(WorkspaceManager manager) : IDisposable
    {
        private readonly Parameter _weight1 = new(new Shape(Hidden, In), manager: manager), _bias1 = new(new Shape(Hidden), manager: manager);
        private readonly Parameter _weight2 = new(new Shape(Classes, Hidden), manager: manager), _bias2 = new(new Shape(Classes), manager: manager);

        public Tensor Forward(Tensor x, Tensor labels)
        {
            using Tensor h = x.Linear(_weight1.Value, _bias1.Value);
            using Tensor r = h.Relu();
            h.Dispose();
            using Tensor logits = r.Linear(_weight2.Value, _bias2.Value);
            return logits.CrossEntropy(labels);
        }

        public void Step()
        {
            Step(_weight1);
            Step(_bias1);
            Step(_weight2);
            Step(_bias2);
        }

        public void Dispose()
        {
            _weight1.Dispose();
            _bias1.Dispose();
            _weight2.Dispose();
            _bias2.Dispose();
        }

        private static void Step(Parameter parameter)
        {
            using Tensor change = parameter.Grad!.Value * -0.01;
            parameter.Value.AddInPlace(change);
            parameter.ConsumeGradient();
        }
    }
}
