using System.Diagnostics;
using Workspaces.Autograd;
using Workspaces.Data;
using Workspaces.Diagnostics;
using Workspaces.Memory;
using Workspaces.Memory.Persistent;
using Workspaces.NN;
using Workspaces.Ops;
using Workspaces.Optim;
using Workspaces.Tensors;

namespace Workspaces.Train;

/// <summary>
/// The ordinary training loop: for each batch a pass of the step workspace with forward, loss, backward and optimizer step; after each epoch an
/// evaluation without gradients. Everything that a step makes is gone when its pass ends.
/// </summary>
/// <param name="model">The model; not disposed here.</param>
/// <param name="loss">The loss.</param>
/// <param name="optimizer">The optimizer; not disposed here.</param>
/// <param name="train">Training batches.</param>
/// <param name="test">Batches for the accuracy after each epoch, or null.</param>
/// <param name="options">How to run; null for one epoch.</param>
/// <param name="manager">Owner of the step workspace; null for the process-wide one.</param>
public sealed class Trainer(
    Module model, LossFunction loss, Optimizer optimizer, DataLoader train, DataLoader? test = null, TrainerOptions? options = null, WorkspaceManager? manager = null)
{
    /// <summary>Garbage and allocator calls are counted from the third epoch on.</summary>
    private const int SteadyEpoch = 2;

    private readonly TrainerOptions _options = options ?? new TrainerOptions();
    private readonly ParameterUpdate _update = new(optimizer, train, options ?? new TrainerOptions());
    private readonly StepTimes _times = new();
    private long _steps;

    /// <summary>Trains. Cancellation is noticed between steps and leaves model and optimizer as after the last complete step.</summary>
    /// <param name="observer">Watches the run, or null.</param>
    /// <param name="cancellation">Ends the run early.</param>
    /// <returns>The result.</returns>
    /// <exception cref="ConfigurationException">The step workspace cannot run as configured.</exception>
    /// <exception cref="OutOfWorkspaceException">A step needs more memory than is allowed.</exception>
    public TrainResult Run(ITrainObserver? observer = null, CancellationToken cancellation = default)
    {
        using Workspace step = LeaseStep();
        var meter = new MemoryMeter(step, train.Workspace);
        var epochs = new List<EpochResult>(_options.Epochs);
        double lastLoss = double.NaN;
        observer?.OnStart(_options.Epochs, train.BatchCount);
        if (!IsOver(cancellation)) TraceAhead(step);
        for (int epoch = 0; epoch < _options.Epochs && !IsOver(cancellation); epoch++)
        {
            if (epoch == SteadyEpoch) meter.BeginSteady(_steps);
            long begin = Stopwatch.GetTimestamp();
            (lastLoss, long samples) = TrainEpoch(step, epoch, meter, observer, cancellation);
            double seconds = Stopwatch.GetElapsedTime(begin).TotalSeconds;
            if (cancellation.IsCancellationRequested) break;
            _options.Scheduler?.OnEpoch(lastLoss);
            (double? accuracy, double? testLoss) = Evaluate(step, epoch, meter);
            var result = new EpochResult(epoch, lastLoss, accuracy, samples / seconds, step.Memory.Committed) { TestLoss = testLoss };
            epochs.Add(result);
            observer?.OnEpoch(result);
        }

        _update.GiveUp();
        MemoryFigures memory = meter.End(_steps);
        var run = new TrainResult
        {
            Steps = _steps,
            Epochs = epochs,
            TestAccuracy = epochs.Count > 0 ? epochs[^1].TestAccuracy : null,
            TestLoss = epochs.Count > 0 ? epochs[^1].TestLoss : null,
            TrainLoss = lastLoss,
            MillisecondsPerStepMedian = _times.Median(),
            Memory = memory,
            Cancelled = cancellation.IsCancellationRequested,
        };
        observer?.OnEnd(run);
        return run;
    }

    /// <summary>
    /// Predicts the memory of the run in milliseconds: traces each kind of pass on shapes alone and plans the traces. Nothing is computed or trained; on a
    /// manager made by <see cref="WorkspaceManager.ForShapes"/> no memory is committed either, while an ordinary one gets its gradients and optimizer state.
    /// </summary>
    /// <returns>The prediction.</returns>
    /// <exception cref="ShapesOnlyException">The model, the loss or the optimizer reads values, so shapes alone do not tell its memory.</exception>
    public MemoryForecast Forecast()
    {
        using Workspace step = LeaseStep();
        bool wasTraining = model.IsTraining;
        var traces = new ShapeTrace(step);
        var passes = new List<PassForecast>();
        foreach (PassKind kind in PassKinds())
        {
            SetMode(kind.IsTraining);
            traces.Run(Signature(kind.Features, kind.IsTraining), kind.Features, kind.Labels, kind.Step);
            passes.Add(PassPlan.Of(kind.Name, step.LastTrace!, step.Configuration));
        }

        SetMode(wasTraining);
        PersistentMemory persistent = step.Manager.Persistent;
        return new MemoryForecast
        {
            Passes = passes,
            ParameterBytes = persistent.ParameterBytes,
            GradientBytes = persistent.GradientBytes,
            OptimizerBytes = persistent.StateBytes,
            MaxSize = step.Configuration.MaxSize,
            ScratchIsApart = step.Configuration.WorkspaceMode == WorkspaceMode.None,
        };
    }

    /// <summary>The layers of the model with the shapes of the largest training batch, found on shapes alone.</summary>
    /// <returns>The table.</returns>
    /// <exception cref="ShapesOnlyException">A layer reads values, so shapes alone do not tell its output.</exception>
    public ModuleSummary Summarize()
    {
        (DType dtype, Shape shape) = train.FeaturesOf(train.DistinctBatchSizes.Max());
        return model.Summarize(shape, dtype);
    }

    private Workspace LeaseStep() => (manager ?? WorkspaceManager.Default).Lease(_options.Step);

    /// <summary>Traces on shapes alone every kind of pass that is going to run, so that already the first of them can run from a plan.</summary>
    private void TraceAhead(Workspace step)
    {
        var traces = new ShapeTrace(step);
        foreach (PassKind kind in PassKinds())
        {
            SetMode(kind.IsTraining);
            if (!traces.TryRun(kind.Name, Signature(kind.Features, kind.IsTraining), kind.Features, kind.Labels, kind.Step)) return;
        }
    }

    private IEnumerable<PassKind> PassKinds()
    {
        foreach (int samples in train.DistinctBatchSizes)
            yield return new($"training, {samples} samples", true, train.FeaturesOf(samples), train.LabelsOf(samples), (x, y) => Learn(x, y));
        if (test is null) yield break;
        foreach (int samples in test.DistinctBatchSizes)
            yield return new($"evaluation, {samples} samples", false, test.FeaturesOf(samples), test.LabelsOf(samples), (x, y) => Judge(x, y));
    }

    private void SetMode(bool training)
    {
        if (training) model.Train();
        else model.Eval();
    }

    private bool IsOver(CancellationToken cancellation) =>
        cancellation.IsCancellationRequested || (_options.MaxSteps > 0 && _steps >= _options.MaxSteps);

    private (double Loss, long Samples) TrainEpoch(Workspace step, int epoch, MemoryMeter meter, ITrainObserver? observer, CancellationToken cancellation)
    {
        model.Train();
        _update.BeginEpoch();
        double sum = 0;
        long samples = 0, begin = Stopwatch.GetTimestamp();
        bool first = true;
        try
        {
            foreach ((Tensor x, Tensor y) in train.Epoch(epoch, cancellation))
            {
                float value = TakeStep(step, x, y);
                long end = Stopwatch.GetTimestamp(), count = y.Length;
                double milliseconds = (end - begin) * 1000.0 / Stopwatch.Frequency;
                begin = end;
                _steps++;
                _times.Add(milliseconds);
                sum += value * (double)count;
                samples += count;
                if (first && epoch < SteadyEpoch) meter.ObserveTrace();
                first = false;
                observer?.OnStep(new TrainStep(_steps, epoch, value, (int)count, milliseconds, step.Memory.Committed));
                if (IsOver(cancellation)) break;
            }
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            // While waiting for a batch: model and optimizer are as after the last step.
        }

        return (samples > 0 ? sum / samples : double.NaN, samples);
    }

    private float TakeStep(Workspace step, Tensor x, Tensor y)
    {
        float value;
        using (step.Enter(Signature((x.DType, x.Shape), training: true))) value = Learn(x, y);
        _update.EndBatch();
        return value;
    }

    /// <summary>What a training pass does; the loss is not a number while it is traced on shapes alone.</summary>
    private float Learn(Tensor x, Tensor y)
    {
        var chain = new Intermediates(TensorFrames.Current);
        Tensor output = model.Forward(x);
        chain.Advance(output);
        Tensor value = loss(output, y);
        chain.Advance(value); // the output is released here: only the tape may still need it
        _update.Run(value);
        return value.ItemUnlessTraced<float>();
    }

    private (double? Accuracy, double? Loss) Evaluate(Workspace step, int epoch, MemoryMeter meter)
    {
        if (test is null) return (null, null);
        model.Eval();
        using WeightAverageScope averages = _options.Average?.SwapIn() ?? default;
        long right = 0, labels = 0;
        double sum = 0;
        foreach ((Tensor x, Tensor y) in test.Epoch(0))
        {
            (long Right, double Loss) judged = Judge(step, x, y);
            if (labels == 0 && epoch < SteadyEpoch) meter.ObserveTrace();
            right += judged.Right;
            sum += judged.Loss * y.Length;
            labels += y.Length;
        }

        double? accuracy = test.DataSet is ITargetDataSet ? null : (double)right / labels;
        return labels > 0 ? (accuracy, sum / labels) : (null, null);
    }

    private (long Right, double Loss) Judge(Workspace step, Tensor x, Tensor y)
    {
        using Pass pass = step.Enter(Signature((x.DType, x.Shape), training: false));
        return Judge(x, y);
    }

    /// <summary>What an evaluation pass does.</summary>
    private (long Right, double Loss) Judge(Tensor x, Tensor y)
    {
        using NoGradScope off = Gradients.Off();
        Tensor output = model.Forward(x);
        double value;
        using (Tensor mean = loss(output, y)) value = mean.ItemUnlessTraced<float>();
        if (y.DType.IsFloatingPoint) return (0, value); // numbers as targets: nothing is right or wrong
        Tensor best = output.ArgMax();
        return (best.Equal(y).Sum().ItemUnlessTraced<long>(), value);
    }

    private static PassSignature Signature((DType DType, Shape Shape) x, bool training) => new PassSignature().WithMode(training).WithInput(x.DType, x.Shape);

    /// <summary>Passes of one signature that are known before the run.</summary>
    private sealed record PassKind(
        string Name, bool IsTraining, (DType DType, Shape Shape) Features, (DType DType, Shape Shape) Labels, Action<Tensor, Tensor> Step);
}
