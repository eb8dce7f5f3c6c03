using Workspaces.Autograd;
using Workspaces.Memory;
using Workspaces.NN;
using Workspaces.Ops;
using Workspaces.Optim;
using Workspaces.Tensors;

namespace Workspaces.Tests.NN;

/// <summary>Weights that are packed once for many products.</summary>
[Collection(nameof(AloneCollection))]
public sealed class PackedWeightTests : IDisposable
{
    private readonly WorkspaceManager _manager = new();

    public void Dispose() => _manager.Dispose();

    [Theory]
    [InlineData(DType.F32)]
    [InlineData(DType.F64)]
    public void A_packed_layer_computes_what_the_layer_does(DType dtype)
    {
        using var layer = new Linear(37, 45, dtype: dtype, seed: 1, manager: _manager);
        using Workspace step = _manager.Lease(new WorkspaceConfiguration { Name = "step" });
        using NoGradScope off = Gradients.Off();
        foreach (Shape shape in (Shape[])[new(5, 37), new(64, 37), new(2, 3, 37), new(1, 37), new(0, 37)])
        {
            layer.Train();
            double[] plain = Output(shape);
            layer.Eval();
            layer.PackWeights();
            double[] packed = Output(shape);
            Assert.Equal(plain.Length, packed.Length);
            for (int i = 0; i < plain.Length; i++) Assert.Equal(plain[i], packed[i], dtype == DType.F32 ? 1e-5 : 1e-13);
        }

        double[] Output(Shape shape)
        {
            using Pass pass = step.Enter();
            return Doubles(layer.Forward(Sample(shape, dtype)));
        }
    }

    [Fact]
    public void Attention_and_the_layers_inside_a_model_are_packed_and_the_memory_is_counted_and_freed()
    {
        using var model = new TransformerBlock(32, 4, seed: 1, manager: _manager);
        model.Eval();
        using Workspace step = _manager.Lease(new WorkspaceConfiguration { Name = "step" });
        using NoGradScope off = Gradients.Off();
        double[] plain = Output();
        long before = _manager.Persistent.StateBytes;
        model.PackWeights();
        long packed = _manager.Persistent.StateBytes - before, weights = model.Parameters.Where(static parameter => parameter.Value.Rank == 2).Sum(static parameter => parameter.Length);
        Assert.Equal(4 * weights, packed);
        double[] after = Output();
        for (int i = 0; i < plain.Length; i++) Assert.Equal(plain[i], after[i], 1e-5);
        model.PackWeights();
        Assert.Equal(packed, _manager.Persistent.StateBytes - before);
        model.Train();
        Assert.Equal(before, _manager.Persistent.StateBytes);

        double[] Output()
        {
            using Pass pass = step.Enter();
            return Doubles(model.Forward(Sample(new Shape(2, 6, 32), DType.F32)));
        }
    }

    [Fact]
    public void A_weight_that_has_changed_is_used_as_it_is()
    {
        using var layer = new Linear(16, 8, seed: 1, manager: _manager);
        using Workspace step = _manager.Lease(new WorkspaceConfiguration { Name = "step" });
        using var optimizer = new Sgd(layer.Parameters, 0.5);
        layer.Eval();
        layer.PackWeights();
        double[] before = Output();
        using (step.Enter())
        {
            layer.Forward(Sample(new Shape(6, 16), DType.F32)).Sum().Backward(); // gradients are recorded: the weight itself
            optimizer.Step();
        }

        double[] after = Output();
        Assert.NotEqual(before, after);
        layer.PackWeights();
        double[] again = Output();
        for (int i = 0; i < after.Length; i++) Assert.Equal(after[i], again[i], 1e-5);

        double[] Output()
        {
            using NoGradScope off = Gradients.Off();
            using Pass pass = step.Enter();
            return Doubles(layer.Forward(Sample(new Shape(6, 16), DType.F32)));
        }
    }

    [Fact]
    public void Packed_inference_is_planned_and_makes_no_garbage()
    {
        using var layer = new Linear(64, 48, seed: 1, manager: _manager);
        layer.Eval();
        layer.PackWeights();
        using Workspace data = _manager.Lease(new WorkspaceConfiguration { Name = "data" }), step = _manager.Lease(new WorkspaceConfiguration { Name = "step" });
        using NoGradScope off = Gradients.Off();
        Tensor x = Sample(new Shape(32, 64), DType.F32);
        for (int i = 0; i < 50; i++) Once();
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 100; i++) Once();
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        Assert.Equal(WorkspaceState.Planned, step.State);
        Assert.Equal(4 * 32 * 48, step.PlannedPeakBytes);
        x.Dispose();

        void Once()
        {
            using Pass pass = step.Enter();
            layer.Forward(x);
        }
    }

    [Fact]
    public void Bad_weights_and_inputs_are_refused_with_the_remedy()
    {
        using var layer = new Linear(16, 8, seed: 1, manager: _manager);
        using Workspace step = _manager.Lease(new WorkspaceConfiguration { Name = "step" });
        using Pass pass = step.Enter();
        Assert.Contains("two axes", Assert.Throws<ShapeException>(() => new PackedWeight(Tensor.Zeros(new Shape(3)), _manager)).Message, StringComparison.Ordinal);
        Assert.Contains("empty", Assert.Throws<ShapeException>(() => new PackedWeight(Tensor.Zeros(new Shape(3, 0)), _manager)).Message, StringComparison.Ordinal);
        Assert.ThrowsAny<ArgumentException>(() => new PackedWeight(Tensor.Zeros(new Shape(3, 4), DType.I64), _manager));
        var packed = new PackedWeight(layer.Weight.Value, _manager);
        Tensor x = Sample(new Shape(5, 16), DType.F32);
        Assert.Contains("Gradients.Off()", Assert.Throws<InvalidOperationException>(() => x.RequireGrad().Linear(packed)).Message, StringComparison.Ordinal);
        Assert.Contains("the input has 15 features", Assert.Throws<ShapeException>(() => Sample(new Shape(5, 15), DType.F32).Linear(packed)).Message, StringComparison.Ordinal);
        Assert.ThrowsAny<ArgumentException>(() => Sample(new Shape(5, 16), DType.F64).Linear(packed));
        Assert.True(packed.IsCurrent);
        packed.Dispose();
        packed.Dispose();
        Assert.False(packed.IsCurrent);
        Assert.Throws<StaleAccessException>(() => x.Linear(packed));
    }

    private static Tensor Sample(Shape shape, DType dtype)
    {
        float[] values = new float[shape.Length];
        for (int i = 0; i < values.Length; i++) values[i] = MathF.Sin(i * 0.7f);
        return dtype == DType.F32 ? Tensor.From<float>(values, shape) : Tensor.From<double>(Array.ConvertAll(values, static value => (double)value), shape);
    }

    private static double[] Doubles(Tensor tensor)
    {
        double[] values = new double[tensor.Length];
        if (tensor.DType == DType.F64) tensor.Read<double>(elements => elements.CopyTo(values));
        else
            tensor.Read<float>(elements =>
            {
                for (int i = 0; i < values.Length; i++) values[i] = elements[i];
            });
        return values;
    }
}
