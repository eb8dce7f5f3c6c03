using Microsoft.Extensions.Configuration;
using Workspaces.Data;
using Workspaces.Data.Transforms;
using Workspaces.Hosting.Configuration;
using Workspaces.Memory;

namespace Workspaces.Hosting.Composition;

/// <summary>Puts <c>Data:Transforms</c> behind the data of a run. Random ones are for the training data only.</summary>
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

    private static (IDataSet Train, IDataSet? Test) Apply(Func<IDataSet, IDataTransform?> recipe, IDataSet train, IDataSet? test, ulong seed, string path)
    {
        try
        {
            if (recipe(train) is not { } transform) return (train, test);
            return (train.Transform(seed, transform), transform.IsRandom && KeepsShape(transform, train) ? test : test?.Transform(seed, transform));
        }
        catch (ArgumentException error)
        {
            throw new ConfigurationException(
                [new ConfigurationProblem(path, "this transform of the data", error.Message.TrimEnd('.'), "Change its options, its place, or take it away")], error);
        }
    }

    /// <summary>A random transform that changes the shape cannot be left out for the test data: the model wants one shape.</summary>
    private static bool KeepsShape(IDataTransform transform, IDataSet train) => transform.ShapeOf(train.FeatureShape).AsSpan().SequenceEqual(train.FeatureShape);
}
