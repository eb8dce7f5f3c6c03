using Workspaces.Autograd;
using Workspaces.Data;
using Workspaces.Memory;
using Workspaces.Memory.Tracking;
using Workspaces.NN;
using Workspaces.Ops;
using Workspaces.Optim;
using Workspaces.Tensors;
using Workspaces.Train;

namespace Workspaces.Tests.Train;

/// <summary>Whole steps traced on shapes alone: the trace is that of the real step, and nothing but the trace is left.</summary>
public sealed class ShapeTraceTests : IDisposable
{
    private const int Samples = 6;
    private readonly WorkspaceManager _manager = new();
    private readonly Workspace _step;
    private readonly Workspace _data;

    public ShapeTraceTests()
    {
        _data = _manager.Lease(new() { Name = "inputs" });
        _step = _manager.Lease(new() { Name = "step" });
    }

    public static TheoryData<string> Kinds => ["sgd", "momentum", "adam", "adamw"];

    public void Dispose()
    {
        _step.Dispose();
        _data.Dispose();
        _manager.Dispose();
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void A_training_step_is_traced_entry_by_entry_as_it_runs(string kind)
    {
        using Sequential model = Model();
        using Optimizer optimizer = Make(kind, model);
        (Tensor x, Tensor y) = Inputs();
        (TraceEntry[] traced, int events) = Trace(() => Step(model, optimizer, x, y));
        for (int i = 0; i < 3; i++)
        {
            using (_step.Enter()) Step(model, optimizer, x, y);
            Assert.Equal(_step.LastTrace!.Entries.ToArray(), traced);
            Assert.Equal(_step.LastTrace.Events, events);
        }

        Assert.Contains(traced, static entry => entry.Tag == PassTrace.ScratchTag);
    }

    [Fact]
    public void An_evaluation_without_gradients_is_traced_as_it_runs()
    {
        using Sequential model = Model();
        model.Eval();
        (Tensor x, _) = Inputs();
        (TraceEntry[] traced, _) = Trace(Run);
        using (_step.Enter()) Run();
        Assert.Equal(_step.LastTrace!.Entries.ToArray(), traced);

        void Run()
        {
            using NoGradScope off = Gradients.Off();
            model.Forward(x).Softmax().ArgMax();
        }
    }

    [Fact]
    public void Gradient_clipping_accumulation_and_weight_sharing_are_traced_as_they_run()
    {
        using Sequential model = Model();
        using Optimizer optimizer = Make("adam", model);
        (Tensor x, Tensor y) = Inputs();
        (TraceEntry[] traced, _) = Trace(Run);
        using (_step.Enter()) Run();
        Assert.Equal(_step.LastTrace!.Entries.ToArray(), traced);

        void Run()
        {
            for (int i = 0; i < 2; i++) (model.Forward(x).CrossEntropy(y) + model.Forward(x).Square().Mean()).Backward();
            foreach (Parameter parameter in model.Parameters)
            {
                Tensor gradient = Assert.NotNull(parameter.Grad);
                gradient.MultiplyInPlace(0.5);
                gradient.Square().Sum().Dispose();
            }

            optimizer.Step();
            Assert.All(model.Parameters, static parameter => Assert.Equal(GradientState.Consumed, parameter.GradState));
            model.Forward(x).CrossEntropy(y).Backward();
        }
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Training_after_a_trace_gives_the_same_bits_as_without_one(string kind)
    {
        Assert.Equal(Run(traces: 0), Run(traces: 3));

        float[] Run(int traces)
        {
            using var manager = new WorkspaceManager();
            using Workspace step = manager.Lease(new() { Name = "step" });
            using Sequential model = Model();
            using Optimizer optimizer = Make(kind, model);
            (Tensor x, Tensor y) = Inputs();
            var losses = new List<float>();
            for (int i = 0; i < 6; i++)
            {
                for (int trace = 0; trace < traces; trace++)
                {
                    using (step.EnterShapes()) Step(model, optimizer, x, y);
                }

                using (step.Enter()) losses.Add(Step(model, optimizer, x, y).Item());
            }

            Assert.Equal(6, optimizer.StepCount);
            return [.. losses, .. model.Parameters.SelectMany(static parameter => parameter.Value.ToArray<float>())];
        }
    }

    [Theory]
    [InlineData(GradientState.None)]
    [InlineData(GradientState.Accumulated)]
    [InlineData(GradientState.Consumed)]
    public void A_trace_leaves_parameters_gradients_versions_masks_and_counts_as_they_were(GradientState state)
    {
        var dropout = new Dropout(0.5, seed: 7);
        using var model = new Sequential(new Linear(4, 5, seed: 1, manager: _manager), dropout, new Linear(5, 3, seed: 2, manager: _manager));
        using Optimizer optimizer = Make("momentum", model);
        (Tensor x, Tensor y) = Inputs();
        if (state != GradientState.None)
        {
            using Pass pass = _step.Enter();
            model.Forward(x).CrossEntropy(y).Backward();
            if (state == GradientState.Consumed) optimizer.Step();
        }

        long passes = _step.PassCount, masks = dropout.MaskCount, steps = optimizer.StepCount, deferred = _manager.Persistent.DeferredGradientBytes;
        string[] before = Describe();
        Trace(() => Step(model, optimizer, x, y));
        Trace(() => optimizer.ZeroGrad());
        Assert.Throws<ShapesOnlyException>(() => Trace(() =>
        {
            model.Forward(x).CrossEntropy(y).Backward();
            x.Sum().Item();
        }));
        Assert.Equal(before, Describe());
        Assert.Equal((passes, masks, steps, deferred), (_step.PassCount, dropout.MaskCount, optimizer.StepCount, _manager.Persistent.DeferredGradientBytes));

        string[] Describe() =>
        [
            .. model.Parameters.Select(parameter =>
                $"{parameter.GradState} {parameter.Value.Version} {string.Join(' ', parameter.Value.ToArray<float>())} : "
                + $"{parameter.Grad?.Version} {(parameter.Grad is { } gradient ? string.Join(' ', gradient.ToArray<float>()) : "none")}"),
        ];
    }

    [Fact]
    public void Writes_in_place_to_what_lives_outside_do_not_happen()
    {
        using Parameter running = new(new Shape(3), manager: _manager);
        Tensor outer = Tensor.Full(new Shape(3), 2);
        Trace(() =>
        {
            running.Value.Detach().CopyFrom<float>([1, 2, 3]);
            outer.AddInPlace(1).MultiplyInPlace(Tensor.Ones(new Shape(3)));
            Tensor.Ones(new Shape(3)).CopyTo(outer);
            outer.FillInPlace(9);
        });
        Assert.Equal([0f, 0f, 0f], running.Value.ToArray<float>());
        Assert.Equal([2f, 2f, 2f], outer.ToArray<float>());
        Assert.Equal((0, 0), (running.Value.Version, outer.Version));
    }

    [Fact]
    public void Values_of_what_lives_outside_may_be_read_and_those_inside_may_not()
    {
        Tensor outer = Tensor.Full(new Shape(), 3);
        Trace(() =>
        {
            Assert.Equal(3, outer.Item());
            Assert.Equal([3f], outer.ToArray<float>());
            Tensor inner = outer.Add(1);
            foreach (Action read in (Action[])
            [
                () => inner.Item(), () => inner.ToArray<float>(), () => inner.AsSpan<float>(), () => inner.Read<float>(static _ => { }),
                () => inner.ToString(), () => inner.CopyTo<float>(new float[1]), () => inner.Unsqueeze(0).ToString(),
            ])
            {
                var error = Assert.Throws<ShapesOnlyException>(read);
                Assert.Matches("Cannot .*asked by tensor float32.*made by.*traced on shapes alone.*Remedy: ", error.Message);
            }
        });
    }

    [Fact]
    public void Nothing_leaves_a_trace_for_a_pass_that_computes()
    {
        (Tensor x, _) = Inputs();
        Tensor? kept = null;
        Tensor outer = x.Copy();
        long live = _step.Memory.Allocated;
        Assert.Throws<ShapesOnlyException>(() => Trace(() => x.Add(1).MoveTo(_step.OuterPass)));
        Assert.Throws<ShapesOnlyException>(() => Trace(() => outer.AddInPlace(Tensor.Ones(new Shape(4)).RequireGrad())));
        Assert.Equal(live, _step.Memory.Allocated);
        Assert.False(outer.RequiresGrad);
        Trace(() => kept = x.Add(1));
        Assert.Throws<StaleAccessException>(() => kept!.Value.Add(1));
    }

    [Fact]
    public void A_layer_made_in_a_trace_has_its_values()
    {
        Linear? made = null;
        Trace(() => made = new Linear(3, 2, seed: 5));
        using Linear expected = new(3, 2, seed: 5, manager: _manager);
        Assert.Equal(expected.Weight.Value.ToArray<float>(), made!.Weight.Value.ToArray<float>());
        made.Dispose();
    }

    [Fact]
    public void The_trainer_traces_every_kind_of_pass_once_before_the_first_step()
    {
        var seen = new List<(long, bool)>();
        using var probe = new Recorder(seen);
        using var model = new Sequential(new Linear(4, 3, seed: 1, manager: _manager), probe);
        using Optimizer optimizer = Make("sgd", model);
        using var train = new DataLoader(new Numbers(10), 4, manager: _manager);
        using var test = new DataLoader(new Numbers(8), 8, manager: _manager);
        var trainer = new Trainer(model, static (output, target) => output.CrossEntropy(target), optimizer, train, test, manager: _manager);

        TrainResult result = trainer.Run();

        Assert.Equal(3, result.Steps);
        Assert.Equal([(4, true), (2, true), (8, false), (4, true), (4, true), (2, true), (8, false)], seen);
        Assert.Equal(3, optimizer.StepCount);
        Assert.DoesNotContain(_manager.Findings, static finding => finding.Code == FindingCodes.NotTracedOnShapes);
    }

    [Fact]
    public void A_model_that_reads_values_trains_with_one_finding_and_without_a_trace()
    {
        using var model = new Sequential(new Linear(4, 3, seed: 1, manager: _manager), new Reader());
        using Optimizer optimizer = Make("sgd", model);
        using var train = new DataLoader(new Numbers(10), 4, manager: _manager);
        var trainer = new Trainer(model, static (output, target) => output.CrossEntropy(target), optimizer, train, manager: _manager);

        TrainResult result = trainer.Run();

        Assert.Equal(3, result.Steps);
        Finding finding = Assert.Single(_manager.Findings, static finding => finding.Code == FindingCodes.NotTracedOnShapes);
        Assert.Equal(FindingSeverity.Information, finding.Severity);
        Assert.Contains("training, 4 samples", finding.Text, StringComparison.Ordinal);
        Assert.Throws<ShapesOnlyException>(() => trainer.Forecast());
        Assert.True(model.IsTraining);
    }

    [Fact]
    public void A_prediction_has_the_bytes_of_the_run_and_commits_none()
    {
        using WorkspaceManager shapes = WorkspaceManager.ForShapes();
        MemoryForecast forecast = Run(shapes, static trainer => trainer.Forecast());
        using var real = new WorkspaceManager();
        TrainResult result = Run(real, static trainer => trainer.Run());

        Assert.Equal(0, shapes.Memory.Committed);
        Assert.Equal(0, shapes.Memory.External);
        Assert.Equal(result.Memory.LowerBoundBytes, forecast.LowerBoundBytes);
        Assert.Equal(result.Memory.PersistentBytes, forecast.ParameterBytes + forecast.GradientBytes + forecast.OptimizerBytes);
        Assert.Equal(forecast.ParameterBytes, forecast.GradientBytes);
        Assert.Equal(2 * forecast.ParameterBytes, forecast.OptimizerBytes);
        Assert.True(forecast.LowerBoundBytes <= forecast.ArenaBytes);
        Assert.Equal(forecast.ArenaBytes, result.Memory.ArenaPeakBytes);
        Assert.Equal((0, 0), (result.Memory.LearningPeakBytes, result.Memory.Deviations)); // already the first pass of each kind ran from its plan
        Assert.All(forecast.Passes, static pass => Assert.True(pass.LowerBoundBytes <= pass.PlannedBytes && pass.ScratchBytes <= pass.PlannedBytes));
        Assert.Equal(["training, 4 samples", "training, 2 samples", "evaluation, 8 samples"], forecast.Passes.Select(static pass => pass.Name));
    }

    [Fact]
    public void A_dropped_tail_and_a_batch_larger_than_the_data_are_no_kinds_of_their_own()
    {
        using var dropped = new DataLoader(new Numbers(10), 4, dropLast: true, manager: _manager);
        using var large = new DataLoader(new Numbers(10), 64, manager: _manager);
        Assert.Equal([4], dropped.DistinctBatchSizes);
        Assert.Equal([10], large.DistinctBatchSizes);
    }

    private static TResult Run<TResult>(WorkspaceManager manager, Func<Trainer, TResult> use)
    {
        using var model = new Sequential(new Linear(4, 32, manager: manager), new ReLU(), new Linear(32, 16, manager: manager), new Tanh(), new Linear(16, 3, manager: manager));
        using var optimizer = new Adam(model.Parameters);
        using var train = new DataLoader(new Numbers(10), 4, manager: manager);
        using var test = new DataLoader(new Numbers(8), 8, manager: manager);
        return use(new Trainer(model, static (output, target) => output.CrossEntropy(target), optimizer, train, test, manager: manager));
    }

    private static Tensor Step(Module model, Optimizer optimizer, Tensor x, Tensor y)
    {
        Tensor loss = model.Forward(x).CrossEntropy(y);
        loss.Backward();
        optimizer.Step();
        return loss;
    }

    private static Optimizer Make(string kind, Module model) => kind switch
    {
        "sgd" => new Sgd(model.Parameters, 0.1),
        "momentum" => new Sgd(model.Parameters, 0.1, momentum: 0.9, weightDecay: 0.01, nesterov: true),
        "adam" => new Adam(model.Parameters),
        _ => new AdamW(model.Parameters),
    };

    private static Sequential Model() => new(
        new Flatten(), new Linear(4, 33, seed: 1), new ReLU(), new Dropout(0.4, seed: 3), new Linear(33, 17, bias: false, seed: 2), new Tanh(), new Dropout(0.2, seed: 4),
        new Linear(17, 9, seed: 5), new Sigmoid(), new Linear(9, 3, seed: 6), new LogSoftmax());

    /// <summary>Live in the pass around the steps, not in the steps.</summary>
    private static (Tensor X, Tensor Y) Inputs() => (
        Tensor.From<float>([.. Enumerable.Range(0, Samples * 4).Select(static i => MathF.Sin(i))], new Shape(Samples, 2, 2)).Reshape(Samples, 4),
        Tensor.From<long>([.. Enumerable.Range(0, Samples).Select(static i => (long)(i % 3))]));

    private (TraceEntry[] Entries, int Events) Trace(Action step)
    {
        using (_step.EnterShapes()) step();
        return (_step.LastTrace!.Entries.ToArray(), _step.LastTrace.Events);
    }

    private sealed class Recorder(List<(long, bool)> seen) : Module
    {
        public override Tensor Forward(Tensor input)
        {
            seen.Add((input.Shape[0], IsTraining));
            return input;
        }
    }

    private sealed class Reader : Module
    {
        public override Tensor Forward(Tensor input) => input.Sum().Item() > 0 ? input : input.Negate();
    }

    /// <summary>Four features and three classes.</summary>
    private sealed class Numbers(int count) : IDataSet
    {
        public string Name => "numbers";

        public int Count => count;

        public ReadOnlySpan<long> FeatureShape => new long[] { 4 };

        public int FeatureCount => 4;

        public int ClassCount => 3;

        public void CopySample(int index, Span<float> features, out long label)
        {
            for (int i = 0; i < features.Length; i++) features[i] = MathF.Cos(index + i);
            label = index % 3;
        }
    }
}
