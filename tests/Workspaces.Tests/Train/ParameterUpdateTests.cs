using Workspaces.Autograd;
using Workspaces.Data;
using Workspaces.Memory;
using Workspaces.NN;
using Workspaces.Ops;
using Workspaces.Optim;
using Workspaces.Tensors;
using Workspaces.Tests.Planned;
using Workspaces.Train;

namespace Workspaces.Tests.Train;

/// <summary>Accumulation, clipping, schedules and averages in the trainer.</summary>
[Collection(nameof(AloneCollection))]
public sealed class ParameterUpdateTests
{
    public static TheoryData<string> Kinds => ["sgd", "dampening", "adam", "amsgrad", "adamw", "rmsprop", "rmsprop_all", "adagrad", "lion"];

    private static Optimizer Make(string kind, Module model) => kind switch
    {
        "sgd" => new Sgd(model.Parameters, 0.1),
        "dampening" => new Sgd(model.Parameters, 0.1, momentum: 0.9, weightDecay: 0.01, dampening: 0.1),
        "adam" => new Adam(model.Parameters),
        "amsgrad" => new Adam(model.Parameters, amsGrad: true),
        "adamw" => new AdamW(model.Parameters),
        "rmsprop" => new RmsProp(model.Parameters),
        "rmsprop_all" => new RmsProp(model.Parameters, momentum: 0.5, centered: true),
        "adagrad" => new Adagrad(model.Parameters, initialAccumulator: 0.1),
        _ => new Lion(model.Parameters, weightDecay: 0.1),
    };

    [Theory]
    [InlineData(20, 16, 4, 2)]
    [InlineData(22, 16, 4, 2)] // the last update of an epoch takes batches of 4 and 2 samples
    [InlineData(24, 8, 2, 3)]
    public void Accumulated_batches_of_4_are_one_large_batch(int samples, int largeBatch, int accumulation, int updates)
    {
        (float[] large, long steps) = Train(samples, largeBatch, new TrainerOptions { Epochs = 3 });
        (float[] small, long smallSteps) = Train(samples, 4, new TrainerOptions { Epochs = 3, AccumulationSteps = accumulation });
        Assert.Equal((3 * updates, 3 * updates), (steps, smallSteps));
        for (int i = 0; i < large.Length; i++) Assert.Equal(large[i], small[i], 2e-6f);
    }

    [Fact]
    public void Gradients_between_updates_are_deferred_and_an_update_that_is_cut_off_is_given_up()
    {
        var deferred = new List<long>();
        (float[] start, long none) = Train(20, 4, new TrainerOptions { MaxSteps = 3, AccumulationSteps = 4 }, deferred);
        Assert.Equal(0, none);
        Assert.All(deferred[..3], static bytes => Assert.True(bytes > 0));
        Assert.Equal(0, deferred[^1]); // after the run
        (float[] untrained, _) = Train(20, 4, new TrainerOptions { MaxSteps = 1, AccumulationSteps = 2 });
        Assert.Equal(untrained, start);
        deferred.Clear();
        Train(20, 4, new TrainerOptions { AccumulationSteps = 2 }, deferred);
        Assert.Equal([true, false, true, false, false, false], deferred.Select(static bytes => bytes > 0));
    }

    [Fact]
    public void Clipping_bounds_what_the_optimizer_applies()
    {
        (float[] start, _) = Train(8, 8, new TrainerOptions { MaxSteps = 1, AccumulationSteps = 2, Epochs = 1 }, rate: 0);
        (float[] byNorm, _) = Train(8, 8, new TrainerOptions { MaxSteps = 1, ClipNorm = 0.01 }, rate: 1);
        Assert.Equal(0.01, Math.Sqrt(byNorm.Zip(start, static (a, b) => ((double)a - b) * (a - b)).Sum()), 1e-5);
        (float[] byValue, _) = Train(8, 8, new TrainerOptions { MaxSteps = 1, ClipValue = 1e-3 }, rate: 1);
        double largest = byValue.Zip(start, static (a, b) => Math.Abs((double)a - b)).Max();
        Assert.Equal(1e-3, largest, 1e-6);
    }

    [Fact]
    public void Schedules_see_updates_and_epochs_and_averages_are_evaluated()
    {
        var seen = new Watch();
        (float[] end, _) = Train(20, 4, new TrainerOptions { Epochs = 2, AccumulationSteps = 2, Scheduler = seen });
        Assert.Equal((6, 2), (seen.Steps, seen.Losses.Count));
        Assert.All(seen.Losses, static loss => Assert.True(loss > 0));
        (float[] averaged, _) = Train(20, 4, new TrainerOptions { Epochs = 2, AccumulationSteps = 2 }, average: true);
        Assert.Equal(end, averaged); // the parameters' own values are back
    }

    [Theory]
    [InlineData(0, 0, 0)]
    [InlineData(1, -1, 0)]
    [InlineData(1, 0, double.NaN)]
    public void Wrong_options_are_refused(int accumulation, double norm, double value) => Optim.ParameterGroupTests.Refused(
        () => Train(8, 4, new TrainerOptions { AccumulationSteps = accumulation, ClipNorm = norm, ClipValue = value }), "train with");

    [Theory]
    [MemberData(nameof(Kinds))]
    public void A_step_of_every_kind_is_planned_makes_no_garbage_and_is_predicted(string kind)
    {
        using var manager = new WorkspaceManager();
        manager.KernelThreads = 2;
        using Workspace workspace = manager.Lease(new() { Name = "step", HelperMinSize = 1 });
        using Sequential model = Model(manager);
        using Optimizer optimizer = Make(kind, model);
        using var average = new ExponentialMovingAverage(model.Parameters);
        var scheduler = new LearningRateScheduler(optimizer, new CosineSchedule(100_000, 5));
        Tensor x = Tensor.Ones(new Shape(8, 4)), labels = Tensor.From<long>([0, 1, 2, 0, 1, 2, 0, 1]);
        using (workspace.EnterShapes()) Step();
        long predicted = manager.Persistent.StateBytes;
        for (int i = 0; i < 20; i++) Pass();
        Assert.Equal(predicted, manager.Persistent.StateBytes);
        Assert.Equal(WorkspaceState.Planned, workspace.State);
        (long calls, long deviations) = (workspace.SystemCalls, workspace.Deviations);
        Garbage.AssertNone(100, Pass);
        Assert.Equal((calls, deviations), (workspace.SystemCalls, workspace.Deviations));

        void Pass()
        {
            using (workspace.Enter()) Step();
            scheduler.OnStep();
            average.Update();
        }

        void Step()
        {
            model.Forward(x).CrossEntropy(labels).Backward();
            GradientClipping.ByNorm(optimizer.Parameters, 0.5);
            optimizer.Step();
        }
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void A_prediction_has_the_bytes_of_a_run_with_everything(string kind)
    {
        using WorkspaceManager shapes = WorkspaceManager.ForShapes();
        MemoryForecast forecast = Use(shapes, static trainer => trainer.Forecast());
        using var real = new WorkspaceManager();
        TrainResult result = Use(real, static trainer => trainer.Run());
        Assert.Equal(0, shapes.Memory.Committed);
        Assert.Equal(result.Memory.PersistentBytes, forecast.ParameterBytes + forecast.GradientBytes + forecast.OptimizerBytes);
        Assert.Equal(result.Memory.ArenaPeakBytes, forecast.ArenaBytes);
        Assert.Equal(result.Memory.LowerBoundBytes, forecast.LowerBoundBytes);
        Assert.Equal((0, 0), (result.Memory.LearningPeakBytes, result.Memory.Deviations));

        TResult Use<TResult>(WorkspaceManager manager, Func<Trainer, TResult> use)
        {
            using Sequential model = Model(manager);
            using Optimizer optimizer = Make(kind, model);
            using var average = new ExponentialMovingAverage(model.Parameters);
            using var train = new DataLoader(new Waves(22), 4, manager: manager);
            using var test = new DataLoader(new Waves(8), 8, manager: manager);
            var options = new TrainerOptions { Epochs = 2, AccumulationSteps = 3, ClipNorm = 1, ClipValue = 1, Average = average };
            return use(new Trainer(model, static (output, target) => output.CrossEntropy(target), optimizer, train, test, options, manager));
        }
    }

    [Theory]
    [InlineData(LifetimePolicy.Released, 1)]
    [InlineData(LifetimePolicy.Released, 3)]
    [InlineData(LifetimePolicy.LastUse, 3)]
    public void The_peak_stays_within_2_percent_of_the_lower_bound(LifetimePolicy lifetimes, int accumulation)
    {
        using var manager = new WorkspaceManager();
        using var model = new Sequential(new Linear(4, 64, seed: 1, manager: manager), new Tanh(), new Linear(64, 3, seed: 2, manager: manager));
        using var adam = new Adam(model.Parameters);
        using var train = new DataLoader(new Waves(160), 32, manager: manager);
        var options = new TrainerOptions
        {
            Epochs = 3, AccumulationSteps = accumulation, ClipNorm = 1, Step = new() { Name = "step", Lifetimes = lifetimes },
        };
        var trainer = new Trainer(model, static (output, target) => output.CrossEntropy(target), adam, train, options: options, manager: manager);
        TrainResult result = trainer.Run();
        Assert.InRange((double)result.Memory.ArenaPeakBytes / result.Memory.LowerBoundBytes, 1, 1.02);
        Assert.Equal(0, result.Memory.Deviations);
        Assert.Equal(accumulation == 1 ? 15 : 6, adam.StepCount);
    }

    [Fact]
    public void Steps_with_everything_make_no_garbage()
    {
        using var manager = new WorkspaceManager();
        manager.KernelThreads = 2;
        using Sequential model = Model(manager);
        using var adam = new Adam([model.Parameters[0]], amsGrad: true);
        adam.AddGroup([.. model.Parameters.Skip(1)], weightDecay: 0.1);
        using var average = new ExponentialMovingAverage(model.Parameters);
        using var train = new DataLoader(new Waves(402), 4, manager: manager);
        var meter = new ByteMeter();
        var options = new TrainerOptions
        {
            Epochs = 4, AccumulationSteps = 3, ClipNorm = 0.1, ClipValue = 0.1, Average = average,
            Scheduler = new LearningRateScheduler(adam, new OneCycleSchedule(200)),
        };
        new Trainer(model, static (output, target) => output.CrossEntropy(target), adam, train, options: options, manager: manager).Run(meter);
        Assert.Equal(4 * 101, meter.Steps);
        Assert.Equal(4 * 34, average.UpdateCount);
        Assert.Equal(0, meter.Bytes);
    }

    private static Sequential Model(WorkspaceManager manager) => new(
        new Linear(4, 9, seed: 1, manager: manager), new Tanh(), new Linear(9, 3, seed: 2, manager: manager));

    /// <summary>Trains a small model; deferred gives the bytes after each batch and after the run.</summary>
    private static (float[] Parameters, long Steps) Train(
        int samples, int batch, TrainerOptions options, List<long>? deferred = null, double rate = 0.2, bool average = false)
    {
        using var manager = new WorkspaceManager();
        using Sequential model = Model(manager);
        using var sgd = new Sgd(model.Parameters, rate, momentum: options.ClipNorm + options.ClipValue > 0 ? 0 : 0.9);
        using var train = new DataLoader(new Waves(samples), batch, manager: manager);
        using var test = new DataLoader(new Waves(8), 8, manager: manager);
        using ExponentialMovingAverage? mean = average ? new ExponentialMovingAverage(model.Parameters, 0.5) : null;
        var trainer = new Trainer(
            model, static (output, target) => output.CrossEntropy(target), sgd, train, test, options with { Average = mean }, manager);
        trainer.Run(new Memory(manager, deferred ?? []));
        deferred?.Add(manager.Memory.GradientDeferred);
        Assert.Equal(manager.Persistent.GradientBytes, manager.Memory.Gradient);
        if (mean is not null) Assert.Equal(sgd.StepCount, mean.UpdateCount);
        return ([.. model.Parameters.SelectMany(static parameter => parameter.Value.ToArray<float>())], sgd.StepCount);
    }

    private sealed class Memory(WorkspaceManager manager, List<long> deferred) : SilentObserver
    {
        public override void OnStep(in TrainStep step) => deferred.Add(manager.Memory.GradientDeferred);
    }

    /// <summary>Managed bytes of this thread between the steps of an epoch, from the third epoch on.</summary>
    private sealed class ByteMeter : SilentObserver
    {
        private long _last = -1;

        internal long Steps { get; private set; }

        internal long Bytes { get; private set; }

        public override void OnStep(in TrainStep step)
        {
            Steps++;
            long now = GC.GetAllocatedBytesForCurrentThread();
            if (_last >= 0 && step.Epoch >= 2) Bytes += now - _last;
            _last = GC.GetAllocatedBytesForCurrentThread();
        }

        public override void OnEpoch(EpochResult epoch) => _last = -1;
    }

    private sealed class Watch : ILearningRateScheduler
    {
        internal int Steps { get; private set; }

        internal List<double> Losses { get; } = [];

        public void OnStep() => Steps++;

        public void OnEpoch(double loss) => Losses.Add(loss);
    }

    /// <summary>Four features and three classes.</summary>
    private sealed class Waves(int count) : IDataSet
    {
        public string Name => "waves";

        public int Count => count;

        public ReadOnlySpan<long> FeatureShape => new long[] { 4 };

        public int FeatureCount => 4;

        public int ClassCount => 3;

        public void CopySample(int index, Span<float> features, out long label)
        {
            for (int i = 0; i < features.Length; i++) features[i] = MathF.Cos((index * 3) + i);
            label = index % 3;
        }
    }
}
