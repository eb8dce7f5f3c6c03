using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using Workspaces.IO;
using Workspaces.Tensors;
using Workspaces.Memory;

namespace Workspaces.Data;

/// <summary>Every error of data sets and sampling: what was asked, by whom, the numbers, the remedy.</summary>
internal static class DataErrors
{
    [DoesNotReturn]
    internal static void ThrowFolder(string folder) =>
        throw new DirectoryNotFoundException(
            $"MnistDataSet.Load was asked for '{folder}': there is no such folder (looked for '{Path.GetFullPath(folder)}'). " +
            "Correct the path; a relative one starts at the current directory, or in a run file at the folder of that file.");

    [DoesNotReturn]
    internal static void ThrowFile(string folder, ReadOnlySpan<string> parts, string kind)
    {
        var names = string.Join(", ", parts.ToArray().Select(part => $"{part}-{kind}.gz, {part}-{kind}"));
        throw new FileNotFoundException(
            $"MnistDataSet.Load was asked for '{folder}': none of {2 * parts.Length} names is there ({names}). " +
            "Put the file there under one of these names.", Path.Combine(folder, $"{parts[0]}-{kind}.gz"));
    }

    [DoesNotReturn]
    internal static void ThrowKind(string dataSet, IdxHeader found, string wanted) =>
        throw new InvalidDataException(
            $"Data set '{dataSet}' wants {wanted}: '{found.Name}' has {found.Type} of shape " +
            $"({string.Join(", ", found.Shape.ToArray())}). Give the file that belongs there.");

    [DoesNotReturn]
    internal static void ThrowCounts(string dataSet, IdxHeader images, IdxHeader labels) =>
        throw new InvalidDataException(
            $"Data set '{dataSet}' pairs images with labels: '{images.Name}' has {images.Shape[0]} images, " +
            $"'{labels.Name}' has {labels.Shape[0]} labels. Give the two files of the same part of the same data set.");

    [DoesNotReturn]
    internal static void ThrowLabel(string dataSet, IdxArray labels, int index, int classCount) =>
        throw new InvalidDataException(
            $"Data set '{dataSet}' has {classCount} classes: label {index} of '{labels.Name}' is {labels.Bytes[index]}, " +
            $"not in 0..{classCount - 1}. Raise the number of classes, or correct the file.");

    [DoesNotReturn]
    internal static void ThrowClassCount(string dataSet, int classCount) =>
        throw new ArgumentOutOfRangeException(nameof(classCount), classCount,
            $"Data set '{dataSet}' was given {classCount} classes: labels of one byte allow 1 to 256. Choose a number in that range.");

    [DoesNotReturn]
    internal static void ThrowIndex(string dataSet, int index, int count) =>
        throw new ArgumentOutOfRangeException(nameof(index), index,
            $"Data set '{dataSet}' was asked for sample {index}: it has {count} samples, 0 to {count - 1}. Ask for one of them.");

    [DoesNotReturn]
    internal static void ThrowFeatureLength(string asker, int wanted, int found) =>
        throw new ArgumentException(
            $"{asker} was given a destination of {found} features: a sample has {wanted}. Pass a span of exactly that length.");

    [DoesNotReturn]
    internal static void ThrowBatchLength(IDataSet dataSet, int batch, int features, int labels) =>
        throw new ArgumentException(
            $"CopyBatch of data set '{dataSet.Name}' was asked for {batch} samples: they need " +
            $"{(long)batch * dataSet.FeatureCount} features and {batch} labels, the destinations have {features} and {labels}. " +
            "Pass spans of exactly these lengths.");

    [DoesNotReturn]
    internal static void ThrowSampleShape(ReadOnlySpan<long> shape) =>
        throw new ArgumentException(
            $"A data set was given samples of the shape ({string.Join(", ", shape.ToArray())}): sizes are at least 1, and a sample has at most {int.MaxValue} features. " +
            "Correct the shape.");

    [DoesNotReturn]
    internal static void ThrowArrays(string dataSet, int features, int count, string wanted) =>
        throw new ArgumentException(
            $"Data set '{dataSet}' was given arrays that do not fit: {features} features and {count} samples, but {wanted}. Give as many features as samples and shape want.");

    [DoesNotReturn]
    internal static void ThrowTokens(string asked) =>
        throw new ArgumentException($"A data set of tokens was to be {asked}: transforms change float features. Leave them away for text.");

    [DoesNotReturn]
    internal static void ThrowScaling(string parameter, float value, string wanted) =>
        throw new ArgumentOutOfRangeException(parameter, value,
            string.Create(CultureInfo.InvariantCulture, $"PixelScaling was given {parameter} = {value}: it must be {wanted}. Correct it."));

    [DoesNotReturn]
    internal static void ThrowSampler(string parameter, int value, string wanted) =>
        throw new ArgumentOutOfRangeException(parameter, value, $"IndexSampler was given {parameter} = {value}: it must be {wanted}.");

    /// <summary>An error of the data set, with the sample that it came from.</summary>
    internal static InvalidDataException Sample(string dataSet, int index, int batch, int epoch, Exception cause) => new(
        $"DataLoader was asked for batch {batch} of epoch {epoch} of data set '{dataSet}': sample {index} failed ({cause.Message}). " +
        "Correct the sample; the loader goes on with the next batch.", cause);

    [DoesNotReturn]
    internal static void ThrowClass(long label, int classCount) =>
        throw new InvalidDataException($"its label is {label}, not in 0..{classCount - 1}");

    [DoesNotReturn]
    internal static void ThrowFirstBatch(string dataSet, int batch, int batches) => throw new ArgumentOutOfRangeException(
        "firstBatch", WorkspaceException.Compose(
            $"begin an epoch with batch {batch}", $"the loader of data set '{dataSet}'", $"an epoch has {batches} batches", $"begin with 0 to {batches}"));

    [DoesNotReturn]
    internal static void ThrowEpoch(string dataSet, int epoch) =>
        throw new ArgumentOutOfRangeException(nameof(epoch), epoch,
            $"DataLoader was asked for epoch {epoch} of data set '{dataSet}': epochs count from 0. Ask for one from 0 on.");

    [DoesNotReturn]
    internal static void ThrowWorkers(string parameter, int value, int least, int most) =>
        throw new ArgumentOutOfRangeException(parameter, value,
            $"DataLoader was given {parameter} = {value}: it must be {least} to {most}. Choose a number in that range; 0 workers fill batches when they are asked for.");

    [DoesNotReturn]
    internal static void ThrowEnumeration(string dataSet, int batch) =>
        throw new InvalidOperationException(
            $"DataLoader was asked for batch {batch} of data set '{dataSet}' by an enumeration that has ended: another one has begun since, " +
            "and both would fill the same slots. Finish one epoch before the next, or make two loaders.");

    [DoesNotReturn]
    internal static void ThrowRank(string dataSet, int rank) =>
        throw new ArgumentException(
            $"DataLoader was given data set '{dataSet}': its samples have {rank} axes, and a batch of them more than {Shape.MaxRank}. " +
            "Join axes of the sample.", nameof(dataSet));

    [DoesNotReturn]
    internal static void ThrowFeatureCount(string dataSet, long ofShape, int featureCount) =>
        throw new ArgumentException(
            $"DataLoader was given data set '{dataSet}': its FeatureShape has {ofShape} elements, its FeatureCount is {featureCount}. " +
            "Make the two agree.", nameof(dataSet));

    [DoesNotReturn]
    internal static void ThrowBatchSize(string dataSet, int batchSize, long features) =>
        throw new ArgumentOutOfRangeException(nameof(batchSize), batchSize,
            $"DataLoader was given a batch size of {batchSize} for data set '{dataSet}': {features} features a sample make " +
            $"{features * batchSize} elements, and a batch holds at most {int.MaxValue}. Lower it.");
}
