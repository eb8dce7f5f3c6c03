using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging.Abstractions;
using Serilog;
using Serilog.Extensions.Logging;
using Workspaces.Autograd;
using Workspaces.Data;
using Workspaces.Hosting.Configuration;
using Workspaces.Hosting.Logging;
using Workspaces.Hosting.Top;
using Workspaces.Memory;
using Workspaces.NN;
using Workspaces.Ops;
using Workspaces.Optim;
using Workspaces.Train;

namespace Workspaces.Hosting.Composition;

/// <summary>The composition root of a run file: manager, data, model, loss, optimizer and trainer, made in this order and disposed in the reverse one.</summary>
[RequiresUnreferencedCode(Trimming.Options), RequiresDynamicCode(Trimming.Options)]
public sealed class TrainingRun : IDisposable
{
    private readonly DataLoader _train;
    private readonly DataLoader? _test;
    private readonly ILearningRateScheduler? _scheduler;
    private readonly TopServer? _top;

    private TrainingRun(
        RunConfiguration configuration, WorkspaceManager manager, Sequential model, Optimizer optimizer, WeightAverage? average,
        ILearningRateScheduler? scheduler, DataLoader train, DataLoader? test, Trainer trainer, TopServer? top)
    {
        Configuration = configuration;
        Manager = manager;
        Model = model;
        Optimizer = optimizer;
        Average = average;
        _scheduler = scheduler;
        _train = train;
        _test = test;
        Trainer = trainer;
        _top = top;
    }

    /// <summary>The model.</summary>
    public Sequential Model { get; }

    /// <summary>The optimizer.</summary>
    public Optimizer Optimizer { get; }

    /// <summary>The average of the weights, or null without <c>Training:AverageDecay</c>.</summary>
    public WeightAverage? Average { get; }

    /// <summary>The trainer.</summary>
    public Trainer Trainer { get; }

    /// <summary>What the run was made of.</summary>
    public RunConfiguration Configuration { get; }

    /// <summary>The manager that owns all memory of the run.</summary>
    public WorkspaceManager Manager { get; }

    /// <summary>Makes everything that a run file describes.</summary>
    /// <param name="run">The layered configuration.</param>
    /// <param name="log">Receives findings of the memory core; null for nobody.</param>
    /// <param name="components">What the file may name; null for what comes with Workspaces.</param>
    /// <returns>The run.</returns>
    /// <exception cref="ConfigurationException">Something in the configuration is wrong; the message lists all of a section at once.</exception>
    /// <exception cref="IOException">The data cannot be read.</exception>
    /// <exception cref="InvalidDataException">The data is damaged.</exception>
    public static TrainingRun Create(RunConfiguration run, ILogger? log = null, Components? components = null) => Compose(run, log, components, shapesOnly: false);

    /// <summary>
    /// Makes everything that a run file describes on a manager that commits no memory, and reads only the heads of the data: for <see cref="Forecast"/>.
    /// </summary>
    /// <param name="run">The layered configuration.</param>
    /// <param name="log">Receives findings of the memory core; null for nobody.</param>
    /// <param name="components">What the file may name; null for what comes with Workspaces.</param>
    /// <returns>The run; it cannot train.</returns>
    /// <exception cref="ConfigurationException">Something in the configuration is wrong; the message lists all of a section at once.</exception>
    /// <exception cref="IOException">The data cannot be read.</exception>
    /// <exception cref="InvalidDataException">The data is damaged.</exception>
    public static TrainingRun CreateForShapes(RunConfiguration run, ILogger? log = null, Components? components = null) =>
        Compose(run, log, components, shapesOnly: true);

    private static TrainingRun Compose(RunConfiguration run, ILogger? log, Components? components, bool shapesOnly)
    {
        ArgumentNullException.ThrowIfNull(run);
        RunChecks.CheckModel(run);
        RunChecks.CheckData(run);
        RunChecks.CheckWorkspaces(run);
        RunChecks.CheckQuotas(run);
        components ??= new Components();
        TrainingOptions training = run.GetOptions<TrainingOptions>(TrainingOptions.Section);
        IConfigurationSection dataSection = run.Root.GetSection(DataOptions.Section);
        DataSplits data = TransformRecipe.Apply(components.DataSets.Create(dataSection, run, shapesOnly), run, components, shapesOnly, (ulong)training.Seed);
        DataOptions batches = DataOptions.Of(run);
        LossFunction loss = components.Losses.Create(run.Root.GetSection("Loss"), run);
        OptimizerRecipe recipe = OptimizerRecipe.Read(run, components);
        WorkspaceConfiguration step = run.Root.GetWorkspace("step"), batchSpace = run.Root.GetWorkspace("data");
        var undo = new Stack<IDisposable>();
        data.AddTo(undo);
        try
        {
            WorkspaceManager manager = ManagerRecipe.Make(run, shapesOnly);
            undo.Push(manager);
            if (log is not null) manager.AddObserver(new SerilogWorkspaceObserver(log));
            TopServer? top = shapesOnly ? null : TopServer.TryStart(run.GetOptions<TopOptions>(TopOptions.Section), LogOf(log), run.GetPath("WorkspaceTop:Socket"));
            if (top is not null) undo.Push(top);
            int workers = shapesOnly ? 0 : batches.Workers; // a forecast reads no batch
            var train = new DataLoader(
                data.Train, batches.BatchSize, batches.Shuffle, (ulong)training.Seed, batches.DropLast, batchSpace, manager, workers, batches.Prefetch);
            undo.Push(train);
            Warn(LogOf(log, TrainLog.Category), training, train);
            DataLoader? test = data.Test is { } held
                ? new DataLoader(held, batches.BatchSize, workspace: batchSpace, manager: manager, workers: workers, prefetch: batches.Prefetch)
                : null;
            if (test is not null) undo.Push(test);
            Sequential model = ModelRecipe.Make(run, components, manager);
            undo.Push(model);
            model.Initialize((ulong)training.Seed);
            Optimizer optimizer = recipe.Make(model.Parameters);
            undo.Push(optimizer);
            WeightAverage? average = training.AverageDecay > 0 ? new ExponentialMovingAverage(
                model.Parameters, training.AverageDecay, buffers: training.AverageBuffers ? model.Buffers.Select(static buffer => buffer.Value) : null) : null;
            if (average is not null) undo.Push(average);
            ILearningRateScheduler? scheduler = recipe.ScheduleOf(optimizer, TrainingLength.Of(training, train.BatchCount));
            TrainerOptions options = TrainerRecipe.OptionsOf(run, training, step, scheduler, average);
            Trainer trainer = TrainerRecipe.Make(() => new Trainer(model, loss, optimizer, train, test, options, manager));
            return new TrainingRun(run, manager, model, optimizer, average, scheduler, train, test, trainer, top);
        }
        catch
        {
            while (undo.TryPop(out IDisposable? made)) made.Dispose();
            throw;
        }
    }

    private static Microsoft.Extensions.Logging.ILogger LogOf(ILogger? log) => LogOf(log, HostLog.Category);

    private static Microsoft.Extensions.Logging.ILogger LogOf(ILogger? log, string category) =>
        log is null ? NullLogger.Instance : new SerilogLoggerProvider(log).CreateLogger(category);

    /// <summary>Says what works, but probably not as it was meant.</summary>
    private static void Warn(Microsoft.Extensions.Logging.ILogger log, TrainingOptions training, DataLoader train)
    {
        if (train.BatchSize > train.DataSet.Count) log.BatchCut(train.BatchSize, train.DataSet.Count);
        if (training.Threads > Environment.ProcessorCount) log.ThreadsAboveProcessors(training.Threads, Environment.ProcessorCount);
    }

    /// <summary>Trains.</summary>
    /// <param name="observer">Watches the run, or null.</param>
    /// <param name="cancellationToken">Ends the run between two steps.</param>
    /// <returns>The result.</returns>
    /// <exception cref="ConfigurationException">A layer refuses what the layer before it gives; the message names the layer and its path.</exception>
    public TrainResult Train(ITrainObserver? observer = null, CancellationToken cancellationToken = default)
    {
        if (Configuration.GetPath("Training:History") is { } history)
            observer = observer is null ? new TrainHistory(history) : new TrainObservers(new TrainHistory(history), observer);
        return NamingLayers(() => Trainer.Run(observer, cancellationToken));
    }

    /// <summary>Goes on from a checkpoint: the next <see cref="Train"/> computes the same bits as a run that was never stopped.</summary>
    /// <param name="path">The checkpoint, or the folder of some, of which the newest counts.</param>
    /// <param name="changed">Keys that may differ from those of the checkpoint besides the ones that always may, e.g. <c>Optimizer:LearningRate</c>; null for none.</param>
    /// <returns>Where the training stands.</returns>
    /// <exception cref="FileNotFoundException">There is no checkpoint.</exception>
    /// <exception cref="InvalidDataException">It is damaged, or of another run; the message lists the differences.</exception>
    public TrainingPosition Resume(string path, IReadOnlyCollection<string>? changed = null)
    {
        string file = CheckpointFolder.Newest(path);
        ConfigurationDifferences.Check(Checkpoint.Read(file), Configuration, changed ?? []);
        return Trainer.Resume(file, keepNumbers: changed?.Any(static key => key.StartsWith("Optimizer:", StringComparison.OrdinalIgnoreCase)) == true);
    }

    /// <summary>Writes a checkpoint of the run as it stands, with its configuration.</summary>
    /// <param name="path">The file to make or replace.</param>
    /// <exception cref="IOException">The system refuses; the old file is as it was.</exception>
    public void SaveCheckpoint(string path) => Checkpoint.Save(
        path, new TrainingParts { Model = Model, Optimizer = Optimizer, Scheduler = _scheduler, Average = Average, Train = _train }, Trainer.Position,
        Configuration.Export());

    /// <summary>Predicts the memory of the run in milliseconds, without training; see <see cref="Trainer.Forecast"/>.</summary>
    /// <returns>The prediction.</returns>
    /// <exception cref="ShapesOnlyException">A component reads values, so shapes alone do not tell its memory.</exception>
    /// <exception cref="ConfigurationException">A layer refuses what the layer before it gives; the message names the layer and its path.</exception>
    public MemoryForecast Forecast() => NamingLayers(Trainer.Forecast);

    /// <summary>The layers of the model with the shapes of a full training batch.</summary>
    /// <returns>The table.</returns>
    /// <exception cref="ShapesOnlyException">A layer reads values, so shapes alone do not tell its output.</exception>
    /// <exception cref="ConfigurationException">A layer refuses what the layer before it gives; the message names the layer and its path.</exception>
    public ModuleSummary Summarize() => NamingLayers(Trainer.Summarize);

    /// <summary>Frees everything.</summary>
    public void Dispose()
    {
        _top?.Dispose();
        Average?.Dispose();
        Optimizer.Dispose();
        Model.Dispose();
        _test?.Dispose();
        _train.Dispose();
        (_train.DataSet as IDisposable)?.Dispose();
        (_test?.DataSet as IDisposable)?.Dispose();
        Manager.Dispose();
    }

    /// <summary>Does it; what a layer refuses becomes an error that names the layer and its place in the file.</summary>
    private T NamingLayers<T>(Func<T> run)
    {
        try
        {
            return run();
        }
        catch (ArgumentException error)
        {
            if (RunChecks.LayerProblem(error, Model, Configuration) is { } problem) throw problem;
            throw;
        }
    }
}
