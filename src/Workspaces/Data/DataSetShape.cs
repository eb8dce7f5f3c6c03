using Workspaces.Memory;

namespace Workspaces.Data;

/// <summary>A data set of which only the numbers are known: enough for batches' shapes, as predictions of memory want them. It has no samples to copy.</summary>
public sealed class DataSetShape : IDataSet
{
    private readonly long[] _featureShape;

    /// <summary>Describes a data set.</summary>
    /// <param name="name">What errors call it.</param>
    /// <param name="count">The number of samples, at least 1.</param>
    /// <param name="featureShape">The shape of one sample's features.</param>
    /// <param name="classCount">The number of classes, at least 1.</param>
    /// <exception cref="ArgumentException">A number is below 1, or a sample has more features than a span holds.</exception>
    public DataSetShape(string name, int count, ReadOnlySpan<long> featureShape, int classCount)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(classCount, 1);
        long features = 1;
        foreach (long size in featureShape)
        {
            if (size < 1 || features > int.MaxValue / size)
                throw new ArgumentException(WorkspaceException.Compose(
                    $"describe data set '{name}'", nameof(DataSetShape), $"a sample has the shape ({string.Join(", ", featureShape.ToArray())})",
                    $"give sizes of at least 1 whose product is at most {int.MaxValue}"), nameof(featureShape));
            features *= size;
        }

        Name = name;
        Count = count;
        ClassCount = classCount;
        FeatureCount = (int)features;
        _featureShape = featureShape.ToArray();
    }

    /// <inheritdoc/>
    public string Name { get; }

    /// <inheritdoc/>
    public int Count { get; }

    /// <inheritdoc/>
    public ReadOnlySpan<long> FeatureShape => _featureShape;

    /// <inheritdoc/>
    public int FeatureCount { get; }

    /// <inheritdoc/>
    public int ClassCount { get; }

    /// <summary>Always refuses: there are no samples.</summary>
    /// <param name="index">The sample.</param>
    /// <param name="features">Not written.</param>
    /// <param name="label">Not set.</param>
    /// <exception cref="ShapesOnlyException">Always.</exception>
    public void CopySample(int index, Span<float> features, out long label) => throw new ShapesOnlyException(
        $"copy sample {index}", $"data set '{Name}'", $"only its numbers were read ({Count} samples of {FeatureCount} features)", "load the data set itself");
}
