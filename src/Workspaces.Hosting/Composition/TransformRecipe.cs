using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.Configuration;
using Workspaces.Data;
using Workspaces.Data.Transforms;
using Workspaces.Hosting.Configuration;
using Workspaces.Memory;

namespace Workspaces.Hosting.Composition;

/// <summary>Puts <c>Data:Transforms</c> behind the data of a run. Random ones are for the training data only.</summary>
[RequiresUnreferencedCode(Trimming.Options), RequiresDynamicCode(Trimming.Options)]
internal static class TransformRecipe
{
    /// <exception cref="ConfigurationException">A transform is unknown, or refuses its options or the samples.</exception>
    internal static DataSplits Apply(DataSplits data, RunConfiguration run, Components components, bool shapesOnly, ulong seed)
    {
        IConfigurationSection list = run.Root.GetSection($"{DataOptions.Section}:{DataOptions.Transforms}");
        if (!list.Exists()) return data;
        var undo = new Stack<IDisposable>();
        data.AddTo(undo);
        try
        {
            IReadOnlyList<Func<IDataSet, IDataTransform?>> recipes = components.Transforms.CreateAll(list, run, shapesOnly);
            IDataSet train = data.Train;
            IDataSet? test = data.Test;
            for (int i = 0; i < recipes.Count; i++) (train, test) = Apply(recipes[i], train, test, seed + ((ulong)i << 40), $"{list.Path}:{i}");
            return new DataSplits(train, test);
        }
        catch
        {
            while (undo.TryPop(out IDisposable? opened)) opened.Dispose();
            throw;
        }
    }

    /// <summary>What the section <c>Data</c> of a run does with samples; null without such a section.</summary>
    internal static SamplePreparation? PreparationOf(RunConfiguration run, Components components)
    {
        IConfigurationSection section = run.Root.GetSection(DataOptions.Section);
        if (!section.Exists()) return null;
        var undo = new Stack<IDisposable>();
        try
        {
            TrainingOptions training = run.GetOptions<TrainingOptions>(TrainingOptions.Section);
            DataSplits data = Apply(components.DataSets.Create(section, run), run, components, shapesOnly: false, (ulong)training.Seed);
            data.AddTo(undo);
            return SamplePreparation.Of(data.Train);
        }
        finally
        {
            while (undo.TryPop(out IDisposable? opened)) opened.Dispose();
        }
    }

    /// <summary>Makes one transform of a run without its data, for samples of a shape.</summary>
    /// <exception cref="InvalidDataException">There is none at that place, or it wants to see the data.</exception>
    internal static IDataTransform MakeAlone(int position, IReadOnlyList<long> shape, RunConfiguration run, Components components)
    {
        string path = $"{DataOptions.Section}:{DataOptions.Transforms}";
        IReadOnlyList<Func<IDataSet, IDataTransform?>> recipes = components.Transforms.CreateAll(run.Root.GetSection(path), run);
        return position < recipes.Count && recipes[position](new NoSamples($"{path}:{position}", [.. shape])) is { } transform
            ? transform
            : throw new InvalidDataException(WorkspaceException.Compose(
                $"make transform {position} of the training data again", nameof(TrainedModel), $"{path} has {recipes.Count}", "use the configuration of the training"));
    }

    private static (IDataSet Train, IDataSet? Test) Apply(Func<IDataSet, IDataTransform?> recipe, IDataSet train, IDataSet? test, ulong seed, string path)
    {
        try
        {
            if (recipe(train) is not { } transform) return (train, test);
            return (train.Transform(seed, transform), transform.IsRandom && KeepsShape(transform, train) ? test : test?.Transform(seed, transform));
        }
        catch (ArgumentException error)
        {
            throw RefusedOptions.At(path, "this transform of the data", error, "Change its options, its place, or take it away");
        }
    }

    /// <summary>A random transform that changes the shape cannot be left out for the test data: the model wants one shape.</summary>
    private static bool KeepsShape(IDataTransform transform, IDataSet train) => transform.ShapeOf(train.FeatureShape).AsSpan().SequenceEqual(train.FeatureShape);
}
