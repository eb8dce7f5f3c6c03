using Workspaces.Autograd;
using Workspaces.Data;
using Workspaces.IO;
using Workspaces.NN;
using Workspaces.Optim;
using Workspaces.Tensors;

namespace Workspaces.Train;

/// <summary>Takes the parts of a training apart into texts and tensors, and puts them together again.</summary>
internal static class CheckpointParts
{
    /// <summary>Everything that is not tensors.</summary>
    internal static CheckpointState StateOf(TrainingParts parts, TrainingPosition position)
    {
        if (parts.Average is { IsSwappedIn: true }) CheckpointErrors.ThrowSwapped();
        if (parts.Scheduler is not null and not IResumableScheduler) CheckpointErrors.ThrowScheduler(parts.Scheduler.GetType().Name);
        foreach (Parameter parameter in parts.Optimizer?.Parameters ?? [])
        {
            if (parameter.GradState == GradientState.Accumulated) CheckpointErrors.ThrowWaiting(parameter.Name);
        }

        return new CheckpointState
        {
            Version = CheckpointState.CurrentVersion,
            Step = position.Step,
            Epoch = position.Epoch,
            Batch = position.Batch,
            LossSum = position.LossSum,
            LossSamples = position.LossSamples,
            Best = position.Best,
            BadChecks = position.BadChecks,
            Epochs = [.. position.Epochs.Select(static epoch => new EpochState(
                epoch.Epoch, epoch.TrainLoss, epoch.TestAccuracy, epoch.TestLoss, epoch.SamplesPerSecond, epoch.ArenaBytes,
                epoch.Metrics is { } metrics ? new Dictionary<string, double>(metrics) : null))],
            Random = [.. parts.Model.RandomModules().Select(static stream => new StreamState(stream.Name, stream.Module.Seed, stream.Module.Draws))],
            Optimizer = parts.Optimizer is { } optimizer ? Of(optimizer, parts.Model) : null,
            Average = parts.Average is { } average ? Of(average, parts.Model) : null,
            Schedule = parts.Scheduler is IResumableScheduler schedule ? new ScheduleState(schedule.GetType().Name, new Dictionary<string, double>(schedule.SaveState())) : null,
            Loader = parts.Train is { } loader ? Of(loader) : null,
            Preparation = parts.Train is { } samples ? SamplePreparation.Of(samples.DataSet).ToState() : null,
        };
    }

    /// <summary>All tensors with their names in the file; those made here are added to the views.</summary>
    internal static IEnumerable<(string Name, Tensor Value)> TensorsOf(TrainingParts parts, List<Tensor> views)
    {
        foreach ((string name, Tensor value) in parts.Model.StateDict()) yield return (Checkpoint.ModelPrefix + name, value);
        if (parts.Optimizer is { } optimizer)
        {
            foreach ((Parameter parameter, string name) in CheckpointNames.Of(optimizer.Parameters, parts.Model))
            {
                if (!optimizer.HasStateOf(parameter)) continue;
                for (int i = 0; i < optimizer.StateCountOf(parameter); i++) yield return (OptimizerName(i, name), Viewed(optimizer.StateOf(parameter, i)));
            }
        }

        if (parts.Average is { } average)
        {
            foreach ((Parameter parameter, string name) in CheckpointNames.Of(average.Averaged, parts.Model))
                yield return (Checkpoint.AveragePrefix + name, Viewed(average.AverageOf(parameter)));
            for (int i = 0; i < average.BufferCount; i++) yield return (AverageBufferName(i), average.AverageOfBuffer(i));
        }

        Tensor Viewed(Tensor view)
        {
            views.Add(view);
            return view;
        }
    }

    /// <summary>Compares everything, then writes everything.</summary>
    internal static void Restore(SafetensorsFile file, CheckpointState state, TrainingParts parts, bool keepNumbers)
    {
        if (parts.Average is { IsSwappedIn: true }) CheckpointErrors.ThrowSwapped();
        List<string> differences = CheckpointDifferences.Of(file, state, parts);
        if (differences.Count > 0) CheckpointErrors.ThrowDifferences(file.Path, differences);
        foreach ((string name, Tensor value) in parts.Model.StateDict()) file.CopyTo(Checkpoint.ModelPrefix + name, value);
        IReadOnlyList<(string Name, IRandomModule Module)> streams = parts.Model.RandomModules();
        for (int i = 0; i < streams.Count; i++) streams[i].Module.Restore(state.Random[i].Seed, state.Random[i].Draws);
        if (parts.Optimizer is { } optimizer) Restore(file, state.Optimizer!, optimizer, parts.Model, keepNumbers);
        if (parts.Average is { } average) Restore(file, state.Average!, average, parts.Model);
        (parts.Scheduler as IResumableScheduler)?.LoadState(state.Schedule!.State);
    }

    /// <summary>Replaces weights, and buffers where they were averaged too, by their averages.</summary>
    internal static void TakeAverage(SafetensorsFile file, Module model)
    {
        foreach ((Parameter parameter, string name) in CheckpointNames.Of(model.Parameters, model))
        {
            if (!file.Contains(Checkpoint.AveragePrefix + name)) continue;
            using Tensor flat = Tensor.Empty(new Shape(parameter.Length), parameter.Value.DType);
            file.CopyTo(Checkpoint.AveragePrefix + name, flat);
            CopyFlat(flat, parameter.Value);
        }

        Tensor[] buffers = [.. model.Buffers.Select(static buffer => buffer.Value).Where(static value => value.DType.IsFloatingPoint)];
        for (int i = 0; i < buffers.Length && file.Contains(AverageBufferName(i)); i++)
        {
            if (file[AverageBufferName(i)].Shape == buffers[i].Shape) file.CopyTo(AverageBufferName(i), buffers[i]);
        }
    }

    internal static string OptimizerName(int number, string parameter) => $"optimizer.{number}.{parameter}";

    internal static string AverageBufferName(int number) => $"averaged_buffers.{number}";

    private static void CopyFlat(Tensor flat, Tensor destination)
    {
        if (flat.DType == DType.F32) flat.Read<float>(destination.CopyFrom);
        else flat.Read<double>(destination.CopyFrom);
    }

    private static OptimizerState Of(Optimizer optimizer, Module model) => new(
        optimizer.Kind,
        optimizer.StepCount,
        [.. optimizer.Groups.Select(static group => new GroupState(
            group.LearningRate, group.WeightDecay, group.Names.ToDictionary(static name => name, name => group[name]), group.Parameters.Count))],
        [.. CheckpointNames.Of(optimizer.Parameters, model).Select(pair => new ParameterState(
            pair.Value, pair.Key.Length, optimizer.StepsOf(pair.Key), optimizer.HasStateOf(pair.Key) ? optimizer.StateCountOf(pair.Key) : 0))]);

    private static AverageState Of(WeightAverage average, Module model) =>
        new(average.Kind, average.UpdateCount, [.. CheckpointNames.Of(average.Averaged, model).Values], average.BufferCount);

    private static LoaderState Of(DataLoader loader) => new(
        loader.DataSet.Count, loader.BatchSize, loader.Shuffle, loader.Seed, loader.DropLast, loader.DataSet.FeatureShape.ToArray(), loader.DataSet is ITokenDataSet);

    private static void Restore(SafetensorsFile file, OptimizerState state, Optimizer optimizer, Module model, bool keepNumbers)
    {
        Dictionary<Parameter, string> names = CheckpointNames.Of(optimizer.Parameters, model);
        var saved = state.Parameters.ToDictionary(static parameter => parameter.Name, StringComparer.Ordinal);
        for (int i = 0; i < state.Groups.Length && !keepNumbers; i++)
        {
            ParameterGroup group = optimizer.Groups[i];
            group.LearningRate = state.Groups[i].LearningRate;
            group.WeightDecay = state.Groups[i].WeightDecay;
            foreach ((string name, double value) in state.Groups[i].Numbers) group[name] = value;
        }

        optimizer.Restore(state.Steps, parameter => (saved[names[parameter]].Steps, saved[names[parameter]].Numbers > 0));
        foreach ((Parameter parameter, string name) in names)
        {
            for (int i = 0; i < saved[name].Numbers; i++)
            {
                using Tensor view = optimizer.StateOf(parameter, i);
                file.CopyTo(OptimizerName(i, name), view);
            }
        }
    }

    private static void Restore(SafetensorsFile file, AverageState state, WeightAverage average, Module model)
    {
        average.Restore(state.Updates);
        foreach ((Parameter parameter, string name) in CheckpointNames.Of(average.Averaged, model))
        {
            using Tensor view = average.AverageOf(parameter);
            file.CopyTo(Checkpoint.AveragePrefix + name, view);
        }

        for (int i = 0; i < average.BufferCount; i++) file.CopyTo(AverageBufferName(i), average.AverageOfBuffer(i));
    }
}
