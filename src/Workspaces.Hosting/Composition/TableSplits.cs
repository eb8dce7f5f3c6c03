using System.Diagnostics.CodeAnalysis;
using Workspaces.Data;
using Workspaces.Hosting.Configuration;
using Workspaces.Memory;

namespace Workspaces.Hosting.Composition;

/// <summary>Reads CSV files and NumPy's arrays: a file for training and one to validate on, or one of which a part is kept aside by chance.</summary>
[RequiresUnreferencedCode(Trimming.Options), RequiresDynamicCode(Trimming.Options)]
internal static class TableSplits
{
    internal static DataSplits LoadCsv(DataOptions options, ComponentContext context)
    {
        var how = new CsvOptions
        {
            Task = options.Task,
            Targets = options.Targets,
            Features = options.Features,
            Header = options.Header,
            Delimiter = options.Delimiter[0],
            Missing = options.Missing,
            Fill = (float)options.Fill,
            Streaming = options.Streaming,
            ClassCount = options.ClassCount,
        };
        IDataSet train = DataSets.OpenCsv(PathOf(nameof(DataOptions.File), options.File, context), how);
        CsvOptions sameClasses = train is LabeledSamples { Classes: { Count: > 0 } classes } ? how with { Classes = classes } : how with { ClassCount = train.ClassCount };
        return Divide(train, options, () => DataSets.OpenCsv(PathOf(nameof(DataOptions.TestFile), options.TestFile, context), sameClasses), context);
    }

    internal static DataSplits LoadNpy(DataOptions options, ComponentContext context)
    {
        string? labels = options.Labels is null ? null : PathOf(nameof(DataOptions.Labels), options.Labels, context);
        IDataSet train = DataSets.OpenNpy(PathOf(nameof(DataOptions.File), options.File, context), labels, new NpyDataOptions { ClassCount = options.ClassCount });
        return Divide(train, options, () => OpenTest(options, train, context), context);
    }

    private static IDataSet OpenTest(DataOptions options, IDataSet train, ComponentContext context)
    {
        string? labels = options.TestLabels is null ? null : PathOf(nameof(DataOptions.TestLabels), options.TestLabels, context);
        return DataSets.OpenNpy(PathOf(nameof(DataOptions.TestFile), options.TestFile, context), labels, new NpyDataOptions { ClassCount = train.ClassCount });
    }

    private static DataSplits Divide(IDataSet train, DataOptions options, Func<IDataSet> openTest, ComponentContext context)
    {
        try
        {
            if (options.TestFile is not null) return Checked(train, openTest(), context);
            if (options.ValidationFraction <= 0) return new DataSplits(train, null);
            (IDataSet first, IDataSet second) = DataSets.Split(train, options.ValidationFraction, seed: 1);
            return new DataSplits(first, second);
        }
        catch
        {
            (train as IDisposable)?.Dispose();
            throw;
        }
    }

    private static DataSplits Checked(IDataSet train, IDataSet test, ComponentContext context)
    {
        if (train.FeatureShape.SequenceEqual(test.FeatureShape) && train.GetType() == test.GetType()
            && (train as ITargetDataSet)?.TargetCount == (test as ITargetDataSet)?.TargetCount) return new DataSplits(train, test);
        (test as IDisposable)?.Dispose();
        throw new ConfigurationException(
        [
            new ConfigurationProblem(
                $"{context.Path}:{nameof(DataOptions.TestFile)}", $"the file '{test.Name}'",
                $"its samples have the shape ({string.Join(", ", test.FeatureShape.ToArray())}) and those to train on "
                + $"({string.Join(", ", train.FeatureShape.ToArray())}), or other labels",
                "Give a file with the same columns"),
        ]);
    }

    private static string PathOf(string key, string? written, ComponentContext context)
    {
        string path = $"{context.Path}:{key}";
        if (string.IsNullOrEmpty(written))
            throw new ConfigurationException([new ConfigurationProblem(path, "read data", "no file is written", "Write the file, relative to the run file")]);
        return context.Run?.GetPath(path) ?? Path.GetFullPath(written);
    }
}
