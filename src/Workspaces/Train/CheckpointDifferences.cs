using System.Globalization;
using Workspaces.Autograd;
using Workspaces.IO;
using Workspaces.NN;
using Workspaces.Optim;
using Workspaces.Tensors;

namespace Workspaces.Train;

/// <summary>Says in what a checkpoint and a training differ.</summary>
internal static class CheckpointDifferences
{
    internal static List<string> Of(SafetensorsFile file, CheckpointState state, TrainingParts parts)
    {
        List<string> found = OfModel(file, parts.Model);
        OfRandom(state, parts.Model, found);
        OfOptimizer(file, state, parts, found);
        OfAverage(file, state, parts, found);
        OfSchedule(state, parts.Scheduler, found);
        if (parts.Train is { } loader && state.Loader is { } saved)
        {
            Compare("samples to train on", saved.Count, loader.DataSet.Count, found);
            Compare("the shape of a sample", string.Join(", ", saved.SampleShape), string.Join(", ", loader.DataSet.FeatureShape.ToArray()), found);
            Compare("the batch size", saved.BatchSize, loader.BatchSize, found);
            Compare("the seed of the order", saved.Seed, loader.Seed, found);
            Compare("shuffling", saved.Shuffle, loader.Shuffle, found);
            Compare("leaving out the last batch", saved.DropLast, loader.DropLast, found);
            if (found.Count == 0 && state.Batch > loader.BatchCount) found.Add($"it stands at batch {state.Batch}, and an epoch has {loader.BatchCount}");
        }

        return found;
    }

    /// <summary>Parameters and buffers by name, shape and type. Nothing is converted: that would not be the same training.</summary>
    internal static List<string> OfModel(SafetensorsFile file, Module model)
    {
        var found = new List<string>();
        var known = new HashSet<string>(StringComparer.Ordinal);
        foreach ((string name, Tensor value) in model.StateDict())
        {
            string full = Checkpoint.ModelPrefix + name;
            known.Add(full);
            if (!file.Contains(full)) found.Add($"'{name}' of the model is not in it");
            else CompareTensor(name, file[full], value.Shape, value.DType, found);
        }

        foreach (SafetensorsEntry entry in file.Tensors)
        {
            if (entry.Name.StartsWith(Checkpoint.ModelPrefix, StringComparison.Ordinal) && !known.Contains(entry.Name))
                found.Add($"'{Shown(entry.Name[Checkpoint.ModelPrefix.Length..])}' is in it and not in the model");
        }

        return found;
    }

    private static void OfRandom(CheckpointState state, Module model, List<string> found)
    {
        string saved = string.Join(", ", state.Random.Select(static stream => Shown(stream.Name)));
        string own = string.Join(", ", model.RandomModules().Select(static stream => stream.Name));
        Compare("layers that draw random numbers", saved, own, found);
    }

    private static void OfOptimizer(SafetensorsFile file, CheckpointState state, TrainingParts parts, List<string> found)
    {
        if (parts.Optimizer is not { } optimizer || state.Optimizer is not { } saved)
        {
            Compare("the optimizer", state.Optimizer?.Kind ?? "none", parts.Optimizer?.Kind ?? "none", found);
            return;
        }

        int before = found.Count;
        Compare("the optimizer", Shown(saved.Kind), optimizer.Kind, found);
        Compare("groups of parameters", saved.Groups.Length, optimizer.Groups.Count, found);
        for (int i = 0; i < Math.Min(saved.Groups.Length, optimizer.Groups.Count); i++)
        {
            Compare($"parameters in group {i}", saved.Groups[i].Parameters, optimizer.Groups[i].Parameters.Count, found);
            Compare(
                $"numbers of group {i}", string.Join(", ", saved.Groups[i].Numbers.Keys.Order(StringComparer.Ordinal).Select(Shown)),
                string.Join(", ", optimizer.Groups[i].Names.Order(StringComparer.Ordinal)), found);
        }

        Dictionary<Parameter, string> names = CheckpointNames.Of(optimizer.Parameters, parts.Model);
        Compare("parameters of the optimizer", string.Join(", ", saved.Parameters.Select(static p => Shown(p.Name))), string.Join(", ", names.Values), found);
        if (found.Count > before) return;
        foreach ((Parameter parameter, ParameterState its) in names.Keys.Zip(saved.Parameters))
        {
            if (its.Numbers != 0) Compare($"numbers remembered for '{its.Name}'", its.Numbers, optimizer.StateCountOf(parameter), found);
            if (found.Count > before) return;
            for (int i = 0; i < its.Numbers; i++) CompareFlat(file, CheckpointParts.OptimizerName(i, its.Name), parameter, found);
        }
    }

    private static void OfAverage(SafetensorsFile file, CheckpointState state, TrainingParts parts, List<string> found)
    {
        if (parts.Average is not { } average || state.Average is not { } saved)
        {
            Compare("the average of the weights", state.Average?.Kind ?? "none", parts.Average?.Kind ?? "none", found);
            return;
        }

        int before = found.Count;
        Dictionary<Parameter, string> names = CheckpointNames.Of(average.Averaged, parts.Model);
        Compare("the average of the weights", Shown(saved.Kind), average.Kind, found);
        Compare("averaged buffers", saved.Buffers, average.BufferCount, found);
        Compare("averaged parameters", string.Join(", ", saved.Parameters.Select(Shown)), string.Join(", ", names.Values), found);
        if (found.Count > before) return;
        foreach ((Parameter parameter, string name) in names) CompareFlat(file, Checkpoint.AveragePrefix + name, parameter, found);
        for (int i = 0; i < average.BufferCount; i++)
        {
            string name = CheckpointParts.AverageBufferName(i);
            if (!file.Contains(name)) found.Add($"'{name}' is missing");
            else CompareTensor(name, file[name], average.AverageOfBuffer(i).Shape, average.AverageOfBuffer(i).DType, found);
        }
    }

    private static void OfSchedule(CheckpointState state, ILearningRateScheduler? scheduler, List<string> found)
    {
        Compare("the schedule", Shown(state.Schedule?.Kind ?? "none"), scheduler?.GetType().Name ?? "none", found);
        if (state.Schedule is not { } saved || scheduler is not IResumableScheduler own) return;
        Compare("numbers of the schedule", string.Join(", ", saved.State.Keys.Order(StringComparer.Ordinal).Select(Shown)),
            string.Join(", ", own.SaveState().Keys.Order(StringComparer.Ordinal)), found);
    }

    private static void CompareFlat(SafetensorsFile file, string name, Parameter parameter, List<string> found)
    {
        if (!file.Contains(name)) found.Add($"'{Shown(name)}' is missing");
        else CompareTensor(name, file[name], new Shape(parameter.Length), parameter.Value.DType, found);
    }

    private static void CompareTensor(string name, SafetensorsEntry entry, Shape shape, DType dtype, List<string> found)
    {
        if (entry.Shape != shape) found.Add($"'{name}' has the shape {entry.Shape} in it and {shape} here");
        else if (entry.DType != dtype || !entry.Type.IsExact) found.Add($"'{name}' is {entry.Type} in it and {dtype} here");
    }

    private static void Compare<T>(string what, T saved, T own, List<string> found)
        where T : notnull
    {
        if (saved.Equals(own)) return;
        string its = Convert.ToString(saved, CultureInfo.InvariantCulture)!, here = Convert.ToString(own, CultureInfo.InvariantCulture)!;
        found.Add($"{what}: {Shown(its.Length == 0 ? "none" : its)} in it and {Shown(here.Length == 0 ? "none" : here)} here");
    }

    private static string Shown(string text) => text.Length <= 200 ? text : text[..200] + "…";
}
