using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using Workspaces.IO;
using Workspaces.Memory;
using Workspaces.Tensors;

namespace Workspaces.Data;

/// <summary>Every error of data sets and sampling: what was asked, by whom, the numbers, the remedy.</summary>
internal static class DataErrors
{
    [DoesNotReturn]
    internal static void ThrowFolder(string folder) =>
        throw new DirectoryNotFoundException(
            WorkspaceException.Compose(
                $"load '{folder}'", "MnistDataSet.Load", $"there is no such folder (looked for '{Path.GetFullPath(folder)}')",
                "correct the path; a relative one starts at the current directory, or in a run file at the folder of that file"));

    [DoesNotReturn]
    internal static void ThrowFile(string folder, ReadOnlySpan<string> parts, string kind)
    {
        var names = string.Join(", ", parts.ToArray().Select(part => $"{part}-{kind}.gz, {part}-{kind}"));
        throw new FileNotFoundException(
            WorkspaceException.Compose(
                $"load '{folder}'", "MnistDataSet.Load", $"none of {2 * parts.Length} names is there ({names})", "put the file there under one of these names"),
            Path.Combine(folder, $"{parts[0]}-{kind}.gz"));
    }

    [DoesNotReturn]
    internal static void ThrowKind(string dataSet, IdxHeader found, string wanted) =>
        throw new InvalidDataException(
            WorkspaceException.Compose(
                $"take {wanted} from '{found.Name}'", $"data set '{dataSet}'", $"it has {found.Type} of shape ({string.Join(", ", found.Shape.ToArray())})",
                "give the file that belongs there"));

    [DoesNotReturn]
    internal static void ThrowCounts(string dataSet, IdxHeader images, IdxHeader labels) =>
        throw new InvalidDataException(
            WorkspaceException.Compose(
                "pair images with labels", $"data set '{dataSet}'",
                $"'{images.Name}' has {images.Shape[0]} images, '{labels.Name}' has {labels.Shape[0]} labels", "give the two files of the same part of the same data set"));

    [DoesNotReturn]
    internal static void ThrowLabel(string dataSet, IdxArray labels, int index, int classCount) =>
        throw new InvalidDataException(
            WorkspaceException.Compose(
                $"have {classCount} classes", $"data set '{dataSet}'",
                $"label {index} of '{labels.Name}' is {labels.Bytes[index]}, not in 0..{classCount - 1}", "raise the number of classes, or correct the file"));

    [DoesNotReturn]
    internal static void ThrowClassCount(string dataSet, int classCount) =>
        throw new ArgumentOutOfRangeException(nameof(classCount), classCount,
            WorkspaceException.Compose($"have {classCount} classes", $"data set '{dataSet}'", "labels of one byte allow 1 to 256", "choose a number in that range"));

    [DoesNotReturn]
    internal static void ThrowIndex(string dataSet, int index, int count) =>
        throw new ArgumentOutOfRangeException(nameof(index), index,
            WorkspaceException.Compose($"copy sample {index}", $"data set '{dataSet}'", $"it has {count} samples, 0 to {count - 1}", "ask for one of them"));

    [DoesNotReturn]
    internal static void ThrowFeatureLength(string asker, int wanted, int found) =>
        throw new ArgumentException(
            WorkspaceException.Compose(
                $"copy a sample into a destination of {found} features", asker, $"a sample has {wanted}", "pass a span of exactly that length"));

    [DoesNotReturn]
    internal static void ThrowBatchLength(IDataSet dataSet, int batch, int features, int labels) =>
        throw new ArgumentException(
            WorkspaceException.Compose(
                $"copy a batch of {batch} samples", $"data set '{dataSet.Name}'",
                $"they need {(long)batch * dataSet.FeatureCount} features and {batch} labels, the destinations have {features} and {labels}",
                "pass spans of exactly these lengths"));

    [DoesNotReturn]
    internal static void ThrowSampleShape(ReadOnlySpan<long> shape) =>
        throw new ArgumentException(
            WorkspaceException.Compose(
                $"have samples of the shape ({string.Join(", ", shape.ToArray())})", "a data set",
                $"sizes are at least 1, and a sample has at most {int.MaxValue} features", "correct the shape"));

    [DoesNotReturn]
    internal static void ThrowArrays(string dataSet, int features, int count, string wanted) =>
        throw new ArgumentException(
            WorkspaceException.Compose(
                "take arrays", $"data set '{dataSet}'", $"they do not fit: {features} features and {count} samples, but {wanted}",
                "give as many features as samples and shape want"));

    [DoesNotReturn]
    internal static void ThrowTokens(string asked) =>
        throw new ArgumentException(WorkspaceException.Compose(
            $"have tokens {asked}", "a data set of tokens", "transforms change float features", "leave them away for text"));

    [DoesNotReturn]
    internal static void ThrowScaling(string parameter, float value, string wanted) =>
        throw new ArgumentOutOfRangeException(parameter, value,
            WorkspaceException.Compose(
                string.Create(CultureInfo.InvariantCulture, $"scale pixels with {parameter} = {value}"), nameof(PixelScaling), $"it must be {wanted}", "correct it"));

    [DoesNotReturn]
    internal static void ThrowSampler(string parameter, int value, string wanted, string remedy) =>
        throw new ArgumentOutOfRangeException(parameter, value, WorkspaceException.Compose(
            $"use {parameter} = {value}", nameof(IndexSampler), $"it must be {wanted}", remedy));

    /// <summary>An error of the data set, with the sample that it came from.</summary>
    internal static InvalidDataException Sample(string dataSet, int index, int batch, int epoch, Exception cause) => new(
        WorkspaceException.Compose(
            $"load batch {batch} of epoch {epoch} of data set '{dataSet}'", nameof(DataLoader), $"sample {index} failed ({cause.Message})",
            "correct the sample; the loader goes on with the next batch"), cause);

    [DoesNotReturn]
    internal static void ThrowClass(long label, int classCount) =>
        throw new InvalidDataException($"its label is {label}, not in 0..{classCount - 1}");

    [DoesNotReturn]
    internal static void ThrowFirstBatch(string dataSet, int batch, int batches) => throw new ArgumentOutOfRangeException(
        nameof(batch), WorkspaceException.Compose(
            $"begin an epoch with batch {batch}", $"the loader of data set '{dataSet}'", $"an epoch has {batches} batches", $"begin with 0 to {batches}"));

    [DoesNotReturn]
    internal static void ThrowEpoch(string dataSet, int epoch) =>
        throw new ArgumentOutOfRangeException(nameof(epoch), epoch,
            WorkspaceException.Compose($"load epoch {epoch} of data set '{dataSet}'", nameof(DataLoader), "epochs count from 0", "ask for one from 0 on"));

    [DoesNotReturn]
    internal static void ThrowWorkers(string parameter, int value, int least, int most) =>
        throw new ArgumentOutOfRangeException(parameter, value,
            WorkspaceException.Compose(
                $"use {parameter} = {value}", nameof(DataLoader), $"it must be {least} to {most}",
                "choose a number in that range; 0 workers fill batches when they are asked for"));

    [DoesNotReturn]
    internal static void ThrowEnumeration(string dataSet, int batch) =>
        throw new InvalidOperationException(
            WorkspaceException.Compose(
                $"load batch {batch} of data set '{dataSet}'", "an enumeration that has ended", "another one has begun since, and both would fill the same slots",
                "finish one epoch before the next, or make two loaders"));

    [DoesNotReturn]
    internal static void ThrowRank(string dataSet, int rank) =>
        throw new ArgumentException(
            WorkspaceException.Compose(
                $"load data set '{dataSet}'", nameof(DataLoader), $"its samples have {rank} axes, and a batch of them more than {Shape.MaxRank}", "join axes of the sample"),
            nameof(dataSet));

    [DoesNotReturn]
    internal static void ThrowFeatureCount(string dataSet, long ofShape, int featureCount) =>
        throw new ArgumentException(
            WorkspaceException.Compose(
                $"load data set '{dataSet}'", nameof(DataLoader), $"its FeatureShape has {ofShape} elements, its FeatureCount is {featureCount}", "make the two agree"),
            nameof(dataSet));

    [DoesNotReturn]
    internal static void ThrowBatchSize(string dataSet, int batchSize, long features) =>
        throw new ArgumentOutOfRangeException(nameof(batchSize), batchSize,
            WorkspaceException.Compose(
                $"use a batch size of {batchSize} for data set '{dataSet}'", nameof(DataLoader),
                $"{features} features a sample make {features * batchSize} elements, and a batch holds at most {int.MaxValue}", "lower it"));
}
