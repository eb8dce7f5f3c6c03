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

    /// <summary>Results of so many epochs have their place from the beginning.</summary>
    private const int MostEpochsAhead = 1 << 16;

    private readonly TrainerOptions _options = options ?? new TrainerOptions();
    private readonly ParameterUpdate _update = new(
        optimizer ?? throw new ArgumentNullException(nameof(optimizer)), train ?? throw new ArgumentNullException(nameof(train)), options ?? new TrainerOptions());
    private readonly Evaluator _evaluator = new(
        model ?? throw new ArgumentNullException(nameof(model)), loss ?? throw new ArgumentNullException(nameof(loss)), test, options ?? new TrainerOptions());
    private readonly Monitor _monitor = new(options?.Monitor, test is not null, test?.DataSet is not ITargetDataSet, options?.Metrics ?? []);
    private readonly CheckpointWriter? _writer = options?.Checkpoints is { } checkpoints ? new CheckpointWriter(checkpoints) : null;
    private readonly StepTimes _times = new();
    private readonly TrainingParts _parts = new() { Model = model, Optimizer = optimizer, Scheduler = options?.Scheduler, Average = options?.Average, Train = train };
    private ProgressWatch _watch = new(Checked(options));
    private List<EpochResult> _epochs = [];
    private (string Text, string Path)? _plans;
    private bool _resumed;
    private long _steps;
    private long _watchedStep;
    private int _epoch;
    private int _batch;
    private double _lossSum;
    private long _lossSamples;
    private Validation? _validation;
    private Workspace? _step;

    /// <summary>Where the training stands between two steps.</summary>
    public TrainingPosition Position => new()
    {
        Step = _steps,
        Epoch = _epoch,
        Batch = _batch,
        LossSum = _lossSum,
        LossSamples = _lossSamples,
        Epochs = [.. _epochs],
        Best = _watch.Best,
        BadChecks = _watch.BadChecks,
    };

    /// <summary>Trains. Cancellation is noticed between steps and leaves model and optimizer as after the last complete step.</summary>
    /// <remarks>With checkpoints, one is written at the end and after a cancellation; a cancelled run completes the batches of its update first.</remarks>
    /// <param name="observer">Watches the run, or null.</param>
    /// <param name="cancellationToken">Ends the run early.</param>
    /// <returns>The result.</returns>
    /// <exception cref="ConfigurationException">The step workspace cannot run as configured.</exception>
    /// <exception cref="OutOfWorkspaceException">A step needs more memory than is allowed.</exception>
    /// <exception cref="IOException">A checkpoint cannot be written.</exception>
    public TrainResult Run(ITrainObserver? observer = null, CancellationToken cancellationToken = default)
    {
        using Workspace step = LeaseStep();
        var meter = new MemoryMeter(step, train.Workspace);
        int epochs = EpochCount;
        Begin(step, epochs);
        if (!IsOver(cancellationToken)) TraceAhead(step);
        observer?.OnStart(epochs, train.BatchCount);
        if (_resumed) observer?.OnResume(Position);
        _resumed = false;
        double lastLoss = double.NaN;
        for (int first = _epoch; _epoch < epochs && !IsOver(cancellationToken);)
        {
            if (_epoch - first == SteadyEpoch) meter.BeginSteady(_steps);
            using Activity? span = TrainingTelemetry.BeginEpoch(_epoch);
            long begin = Stopwatch.GetTimestamp(), before = _lossSamples, steps = _steps;
            TrainEpoch(step, _epoch - first < SteadyEpoch ? meter : null, observer, cancellationToken);
            double seconds = Stopwatch.GetElapsedTime(begin).TotalSeconds;
            lastLoss = MeanLoss;
            if (cancellationToken.IsCancellationRequested || _watch.IsOver) break;
            EndEpoch(step, _epoch - first < SteadyEpoch ? meter : null, (_lossSamples - before) / seconds, (_steps - steps) / seconds, observer, cancellationToken);
        }

        _update.GiveUp();
        _step = null;
        TrainResult run = ResultOf(meter.End(_steps, cancellationToken.IsCancellationRequested), lastLoss, cancellationToken.IsCancellationRequested);
        observer?.OnEnd(run);
        return run;
    }

    /// <summary>
    /// Puts model, optimizer, schedule, average and this trainer where a checkpoint was taken; the next <see cref="Run"/> goes on from there and computes the same
    /// bits as a run that was never stopped.
    /// </summary>
    /// <param name="path">The checkpoint.</param>
    /// <param name="keepNumbers">True to keep learning rates and other numbers of the optimizer's groups as they are now.</param>
    /// <returns>Where the training stands.</returns>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="InvalidDataException">It is damaged, no checkpoint, or one of another training; the message lists the differences.</exception>
    public TrainingPosition Resume(string path, bool keepNumbers = false)
    {
        TrainingPosition position = Checkpoint.Load(path, _parts, keepNumbers);
        _update.GiveUp();
        _plans = Checkpoint.PlansOf(path) is { } text ? (text, path) : null;
        (_steps, _epoch, _batch, _lossSum, _lossSamples) = (position.Step, position.Epoch, position.Batch, position.LossSum, position.LossSamples);
        _epochs = [.. position.Epochs];
        _watch = new ProgressWatch(_options.EarlyStopping) { Best = position.Best, BadChecks = position.BadChecks };
        _resumed = true;
        return position;
    }

    /// <summary>Writes a checkpoint of the training as it stands, between two updates: before or after a run, or in an observer's call.</summary>
    /// <param name="path">The file to make or replace.</param>
    /// <exception cref="InvalidOperationException">Gradients wait for the optimizer.</exception>
    /// <exception cref="IOException">The system refuses; the old file is as it was.</exception>
    public void Save(string path) => Checkpoint.Save(path, _parts with { Step = _step }, Position, _options.Checkpoints?.Configuration);

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

    /// <summary>The kinds of passes that a run has, by the signature that they are entered with: full and last batches of training and evaluation.</summary>
    /// <returns>Name and signature of each.</returns>
    public IReadOnlyList<(string Name, PassSignature Signature)> NamePasses() =>
        [.. PassKinds().Select(static kind => (kind.Name, Signature(kind.Features, kind.IsTraining)))];

    /// <summary>The layers of the model with the shapes of the largest training batch, found on shapes alone.</summary>
    /// <returns>The table.</returns>
    /// <exception cref="ShapesOnlyException">A layer reads values, so shapes alone do not tell its output.</exception>
    public ModuleSummary Summarize()
    {
        (DType dtype, Shape shape) = train.FeaturesOf(train.DistinctBatchSizes.Max());
        return model.Summarize(shape, dtype);
    }

    private Workspace LeaseStep() => (manager ?? WorkspaceManager.Default).Lease(_options.Step);

    /// <summary>
    /// Traces on shapes alone every kind of pass that is going to run, so that already the first of them can run from a plan. Shapes that an op refuses here it would
    /// refuse in the pass too, so that error goes out before anything runs, as that of a step which no limit has room for.
    /// </summary>
    private void TraceAhead(Workspace step)
    {
        var traces = new ShapeTrace(step);
        foreach (PassKind kind in PassKinds())
        {
            SetMode(kind.IsTraining);
            try
            {
                traces.Run(Signature(kind.Features, kind.IsTraining), kind.Features, kind.Labels, kind.Step);
            }
            catch (Exception error) when (error is not (OutOfMemoryException or ArgumentException))
            {
                traces.Report(kind.Name, error);
                return;
            }

            StepRoom.Check(step, kind.Name);
        }
    }

    private IEnumerable<PassKind> PassKinds()
    {
        foreach (int samples in train.DistinctBatchSizes)
            yield return new($"training, {samples} samples", true, train.FeaturesOf(samples), train.LabelsOf(samples), (x, y) => Learn(x, y));
        if (test is null) yield break;
        foreach (int samples in test.DistinctBatchSizes)
            yield return new($"evaluation, {samples} samples", false, test.FeaturesOf(samples), test.LabelsOf(samples), (x, y) => _evaluator.Judge(x, y));
    }

    private void SetMode(bool training)
    {
        if (training) model.Train();
        else model.Eval();
    }

    private long MostSteps => Math.Min(_options.Steps > 0 ? _options.Steps : long.MaxValue, _options.MaxSteps > 0 ? _options.MaxSteps : long.MaxValue);

    private int EpochCount =>
        _options.Steps > 0 ? (int)Math.Min(int.MaxValue, ((_options.Steps - 1) / train.BatchCount) + 1) : _options.Epochs;

    private double MeanLoss => _lossSamples > 0 ? _lossSum / _lossSamples : double.NaN;

    private bool IsOver(CancellationToken cancellationToken) => cancellationToken.IsCancellationRequested || _steps >= MostSteps || _watch.IsOver;

    private void Begin(Workspace step, int epochs)
    {
        _step = step;
        if (_plans is { } plans) CheckpointPlans.Load(step, plans.Text, plans.Path);
        _plans = null;
        if (!_resumed)
        {
            (_epoch, _batch, _lossSum, _lossSamples) = (0, 0, 0, 0);
            _epochs = [];
            _watch = new ProgressWatch(_options.EarlyStopping);
        }

        _epochs.EnsureCapacity(Math.Min(epochs, MostEpochsAhead));
        _watchedStep = _steps;
        _validation = null;
        _writer?.Begin(_resumed ? _steps : -1);
    }

    private void TrainEpoch(Workspace step, MemoryMeter? meter, ITrainObserver? observer, CancellationToken cancellationToken)
    {
        model.Train();
        _update.BeginEpoch(_batch);
        long begin = Stopwatch.GetTimestamp();
        bool first = true;

        // An update that is to be kept is completed, so its batches must come.
        CancellationToken loading = _writer is not null && _options.AccumulationSteps > 1 ? CancellationToken.None : cancellationToken;
        try
        {
            foreach ((Tensor x, Tensor y) in train.Epoch(_epoch, _batch, loading))
            {
                float value = TakeStep(step, x, y);
                long end = Stopwatch.GetTimestamp(), count = y.Length;
                double milliseconds = (end - begin) * 1000.0 / Stopwatch.Frequency;
                begin = end;
                _steps++;
                _batch = _update.Batch;
                _times.Add(milliseconds);
                TrainingTelemetry.CountStep(value, count, milliseconds);
                _lossSum += value * (double)count;
                _lossSamples += count;
                if (first) meter?.ObserveTrace();
                first = false;
                observer?.OnStep(new TrainStep(_steps, _epoch, value, (int)count, milliseconds, step.Memory.Committed) { PeakBytes = step.PeakBytes });
                if (_update.IsComplete) BetweenUpdates(step, observer, cancellationToken);
                if (IsOver(cancellationToken) && (_update.IsComplete || _writer is null || _steps >= MostSteps)) break;
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // While waiting for a batch: model and optimizer are as after the last step.
        }

        if (cancellationToken.IsCancellationRequested && _update.IsComplete && _writer?.Lacks(_steps) == true) SaveCheckpoint(observer);
    }

    /// <summary>Validates and writes checkpoints within an epoch. The last batch is followed by the end of the epoch, which does both.</summary>
    private void BetweenUpdates(Workspace step, ITrainObserver? observer, CancellationToken cancellationToken)
    {
        bool isBest = false, isEnd = _batch == train.BatchCount;
        if (!isEnd && _options.ValidateEvery > 0 && _steps / _options.ValidateEvery > _watchedStep / _options.ValidateEvery
            && _evaluator.Run(step, _steps, _epoch, null) is { } validation)
        {
            model.Train();
            _validation = validation;
            if (!_monitor.IsOfEpochs) isBest = _watch.Take(_monitor.Of(double.NaN, validation), _monitor.HigherIsBetter);
            observer?.OnValidation(validation);
        }

        bool isDue = _writer?.IsDue(_watchedStep, _steps) == true;
        _watchedStep = _steps;
        if (_writer is null) return;
        if (isBest) _writer.SaveBest(_parts with { Step = _step }, Position, observer);

        // An update that the limit will cut off leaves no state that a longer run has too.
        bool isLast = cancellationToken.IsCancellationRequested || _watch.IsOver || (!isEnd && _update.NextLength > MostSteps - _steps);
        if (isDue || isLast) SaveCheckpoint(observer);
    }

    private void EndEpoch(Workspace step, MemoryMeter? meter, double samplesPerSecond, double stepsPerSecond, ITrainObserver? observer, CancellationToken cancellationToken)
    {
        double loss = MeanLoss;
        bool isWhole = _batch == train.BatchCount;
        _options.Scheduler?.OnEpoch(loss);
        Validation? validation = _evaluator.Run(step, _steps, _epoch, meter);
        if (validation is not null) _validation = validation;
        var result = new EpochResult(_epoch, loss, validation?.Accuracy, samplesPerSecond, step.Memory.Committed)
        {
            TestLoss = validation?.Loss,
            Metrics = validation?.Metrics,
        };
        _epochs.Add(result);
        bool isBest = (validation is not null || _monitor.IsOfEpochs) && _watch.Take(_monitor.Of(loss, validation), _monitor.HigherIsBetter);
        (_epoch, _batch, _lossSum, _lossSamples) = (_epoch + 1, 0, 0, 0);
        TrainingTelemetry.CountEpoch(result, stepsPerSecond);
        observer?.OnEpoch(result);
        if (_writer is null || !isWhole) return;
        if (isBest) _writer.SaveBest(_parts with { Step = _step }, Position, observer);
        if (_writer.SavesEpochs || IsOver(cancellationToken) || _epoch >= EpochCount) SaveCheckpoint(observer);
    }

    private void SaveCheckpoint(ITrainObserver? observer) => _writer!.Save(_parts with { Step = _step }, Position, observer);

    private TrainResult ResultOf(MemoryFigures memory, double lastLoss, bool cancelled) => new()
    {
        Steps = _steps,
        Epochs = _epochs,
        TestAccuracy = _validation is { } seen ? seen.Accuracy : _epochs.Count > 0 ? _epochs[^1].TestAccuracy : null,
        TestLoss = _validation?.Loss ?? (_epochs.Count > 0 ? _epochs[^1].TestLoss : null),
        Metrics = _validation is { } last ? last.Metrics : _epochs.Count > 0 ? _epochs[^1].Metrics : null,
        TrainLoss = double.IsNaN(lastLoss) && _epochs.Count > 0 ? _epochs[^1].TrainLoss : lastLoss,
        MillisecondsPerStepMedian = _times.Median(),
        Memory = memory,
        Cancelled = cancelled,
        StoppedEarly = _watch.IsOver && !cancelled,
        Checkpoint = _writer?.Last,
    };

    private float TakeStep(Workspace step, Tensor x, Tensor y)
    {
        float value;
        using Activity? span = TrainingTelemetry.BeginStep(_steps + 1);
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

    internal static PassSignature Signature((DType DType, Shape Shape) x, bool training) => new PassSignature().WithMode(training).WithInput(x.DType, x.Shape);

    private static EarlyStopping? Checked(TrainerOptions? options)
    {
        if (options is null) return null;
        if (options.Epochs < 1 && options.Steps == 0) throw Refused(nameof(TrainerOptions.Epochs), options.Epochs, "at least 1");
        if (options.Steps < 0) throw Refused(nameof(TrainerOptions.Steps), options.Steps, "at least 0");
        if (options.ValidateEvery < 0) throw Refused(nameof(TrainerOptions.ValidateEvery), options.ValidateEvery, "at least 0");
        if (options.EarlyStopping is { Patience: < 1 } soon) throw Refused(nameof(EarlyStopping.Patience), soon.Patience, "at least 1");
        if (options.EarlyStopping is { } stopping && !(stopping.MinDelta >= 0)) throw Refused(nameof(EarlyStopping.MinDelta), stopping.MinDelta, "at least 0");
        return options.EarlyStopping;
    }

    private static ArgumentOutOfRangeException Refused(string option, double value, string wanted) =>
        new(option, ParameterUpdate.Refusal(option, value, wanted));

    /// <summary>Passes of one signature that are known before the run.</summary>
    private sealed record PassKind(
        string Name, bool IsTraining, (DType DType, Shape Shape) Features, (DType DType, Shape Shape) Labels, Action<Tensor, Tensor> Step);
}
