using Workspaces.Autograd;
using Workspaces.Memory;
using Workspaces.NN;
using Workspaces.Ops;
using Workspaces.Tensors;
using Workspaces.Tests.Planned;
using Workspaces.Train;

namespace Workspaces.Tests.Autograd;

/// <summary>Anomaly detection names the op where NaN or infinity first appears.</summary>
[Collection(nameof(AloneCollection))]
public sealed class AnomalyTests : IDisposable
{
    private readonly WorkspaceManager _manager = new();
    private readonly Workspace _workspace;

    public AnomalyTests() => _workspace = _manager.Lease(new());

    public void Dispose()
    {
        _workspace.Dispose();
        _manager.Dispose();
    }

    [Fact]
    public void The_first_op_of_a_chain_is_named_with_shapes_and_place()
    {
        using Pass pass = _workspace.Enter();
        using AnomalyScope scope = Anomalies.Detect();
        Tensor x = Tensor.From<float>([1, 2, 3, 4, -5, 6], new Shape(2, 3)).Named("scores");
        AnomalyException error = Assert.Throws<AnomalyException>(() => x.Exp().Sum() + x.Log().Sqrt().Sum());
        Assert.Equal("Log", error.Op);
        Assert.False(error.IsBackward);
        Assert.Contains("float32[2, 3] is NaN at [1, 1]", error.Message, StringComparison.Ordinal);
        Assert.Contains("input 0 is 'scores' float32[2, 3]", error.Message, StringComparison.Ordinal);
        Assert.Contains("Remedy: ", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_input_that_brings_the_anomaly_along_is_named()
    {
        using Pass pass = _workspace.Enter();
        Tensor x = Tensor.From<double>([1, double.PositiveInfinity]);
        using AnomalyScope scope = Anomalies.Detect();
        AnomalyException error = Assert.Throws<AnomalyException>(() => x * 2);
        Assert.Contains("and holds infinity at [1] itself", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void On_the_way_back_the_recorded_op_is_named_too()
    {
        using Pass pass = _workspace.Enter();
        Tensor x = Tensor.From<float>([4, 0, 1], new Shape(3)).RequireGrad();
        Tensor loss = x.Sqrt().Sum();
        using AnomalyScope scope = Anomalies.Detect();
        AnomalyException error = Assert.Throws<AnomalyException>(() => loss.Backward());
        Assert.True(error.IsBackward);
        Assert.Equal("Sqrt", error.Op);
        Assert.Contains($"in the backward half of Sqrt, recorded in pass {_workspace.PassCount}, float32[3] from float32[3]", error.Message, StringComparison.Ordinal);
        Assert.Contains("infinity at [1]", error.Message, StringComparison.Ordinal);
        Assert.Null(x.Grad);
    }

    [Fact]
    public void Infinities_pass_where_they_are_wanted()
    {
        using Pass pass = _workspace.Enter();
        Tensor x = Tensor.From<float>([0, 1]);
        using (Anomalies.Detect(infinities: false))
        {
            Tensor masked = x.Log();
            Assert.Equal(float.NegativeInfinity, masked.ToArray<float>()[0]);
            Assert.Throws<AnomalyException>(() => masked - masked);
            using (Anomalies.Detect()) Assert.Throws<AnomalyException>(() => x.Log());
            x.Log();
        }

        Assert.True(float.IsNaN((x.Log() - x.Log()).ToArray<float>()[0]));
    }

    [Fact]
    public void Writes_in_place_through_views_are_checked_where_they_write()
    {
        using Pass pass = _workspace.Enter();
        Tensor x = Tensor.From<float>([1, float.NaN, 3, 4], new Shape(2, 2));
        using AnomalyScope scope = Anomalies.Detect();
        Tensor column = x.Slice(1, 0, 1);
        column.MultiplyInPlace(2);
        AnomalyException error = Assert.Throws<AnomalyException>(() => column.MultiplyInPlace(1e39));
        Assert.Equal("Multiply", error.Op.Replace("InPlace", "", StringComparison.Ordinal));
        Assert.Contains("infinity at [0, 0]", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(8)]
    [InlineData(33)]
    public void Every_place_is_looked_at_in_both_types(int length)
    {
        using Pass pass = _workspace.Enter();
        using AnomalyScope scope = Anomalies.Detect();
        foreach (DType dtype in new[] { DType.F32, DType.F64 })
        {
            for (int place = 0; place < length; place++)
            {
                double[] values = [.. Enumerable.Range(0, length).Select(i => i == place ? 0.0 : 1.0)];
                Tensor x = Tensor.From<double>(values).To(dtype);
                AnomalyException error = Assert.Throws<AnomalyException>(() => x.Log());
                Assert.Contains($"-infinity at [{place}]", error.Message, StringComparison.Ordinal);
            }

            Tensor.Zeros([0], dtype).Log();
            Tensor.Ones([length], dtype).Log();
        }
    }

    [Fact]
    public void A_failed_op_leaves_nothing_behind()
    {
        using Pass pass = _workspace.Enter();
        Tensor x = Tensor.Zeros([1000]);
        long before = _workspace.Memory.Allocated;
        using AnomalyScope scope = Anomalies.Detect();
        for (int i = 0; i < 10; i++) Assert.Throws<AnomalyException>(() => x.Log());
        Assert.Equal(before, _workspace.Memory.Allocated);
    }

    [Fact]
    public void A_scope_of_a_pass_reaches_passes_and_threads_inside_it_and_ends_with_it()
    {
        Tensor zero = Tensor.Zeros([1]);
        using (_workspace.Enter())
        {
            AnomalyScope scope = Anomalies.Detect();
            using (_workspace.Enter()) Assert.Throws<AnomalyException>(() => zero.Log());
            Assert.Throws<AnomalyException>(() => Task.Run(() => zero.Log()).GetAwaiter().GetResult());
            scope.Dispose();
            scope.Dispose();
            zero.Log();
            Anomalies.Detect();
        }

        using (_workspace.Enter()) zero.Log();
        zero.Dispose();
    }

    [Fact]
    public void A_scope_outside_every_workspace_belongs_to_the_thread()
    {
        using Tensor zero = Tensor.Zeros([1]);
        using (Anomalies.Detect())
        {
            Assert.Throws<AnomalyException>(() => zero.Log());
            using (_workspace.Enter()) Assert.Throws<AnomalyException>(() => zero.Log());
        }

        using (_workspace.Enter()) zero.Log();
    }

    [Fact]
    public void A_trace_on_shapes_alone_has_nothing_to_check()
    {
        using AnomalyScope scope = Anomalies.Detect();
        new ShapeTrace(_workspace).Run(default, [(DType.F32, new Shape(3))], static inputs => inputs[0].Log());
        Assert.Equal(2, _workspace.LastTrace!.Count + 1);
    }

    [Fact]
    public void A_layer_of_the_middle_of_a_model_is_found()
    {
        using Sequential model = [new Linear(4, 4, seed: 1, manager: _manager), new Probing(), new Linear(4, 2, seed: 2, manager: _manager)];
        using Pass pass = _workspace.Enter();
        using AnomalyScope scope = Anomalies.Detect();
        AnomalyException error = Assert.Throws<AnomalyException>(() => model.Forward(Tensor.Ones([3, 4])));
        Assert.Equal("Divide", error.Op);
    }

    [Fact]
    public void Off_it_makes_no_garbage_and_on_only_errors_do()
    {
        using var planned = new PlannedWorkspace();
        Tensor x = Tensor.Ones([100]).RequireGrad();
        using AnomalyScope scope = Anomalies.Detect();
        void Step()
        {
            using Pass pass = planned.Workspace.Enter();
            x.Square().Sum().Backward();
        }

        for (int i = 0; i < PlannedWorkspace.WarmUp; i++) Step();
        Garbage.AssertNone(50, Step);
        x.Dispose();
    }

    private sealed class Probing : Module
    {
        public override Tensor Forward(Tensor input) => input / (input - input);
    }
}
