using Workspaces.IO;

namespace Workspaces.Data;

/// <summary>
/// Images of bytes with one class each, the pair of IDX files of the MNIST family. The pixels stay bytes in memory, a quarter
/// of their size as f32, and are scaled when a sample is copied.
/// </summary>
public sealed class LabeledImages : IDataSet
{
    private readonly IdxArray _images;
    private readonly IdxArray _labels;
    private readonly long[] _featureShape;

    /// <summary>Joins images and labels and checks that they belong together.</summary>
    /// <param name="name">What errors and logs call the data set.</param>
    /// <param name="images">UInt8, of shape (count, rows, columns) or (count, channels, rows, columns).</param>
    /// <param name="labels">UInt8, of shape (count).</param>
    /// <param name="classCount">The number of classes, 1 to 256.</param>
    /// <param name="scaling">How pixels become features; <see cref="PixelScaling.Unit"/> when absent.</param>
    /// <exception cref="InvalidDataException">
    /// A type or rank is another, the counts differ, or a label is not below <paramref name="classCount"/>; the message names the
    /// file and, for labels, the index.
    /// </exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="classCount"/> is out of range.</exception>
    public LabeledImages(string name, IdxArray images, IdxArray labels, int classCount, PixelScaling? scaling = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        ArgumentNullException.ThrowIfNull(images);
        ArgumentNullException.ThrowIfNull(labels);
        CheckHeaders(name, images.Header, labels.Header, classCount);
        var outside = classCount == 256 ? -1 : labels.Bytes.IndexOfAnyInRange((byte)classCount, byte.MaxValue);
        if (outside >= 0)
            DataErrors.ThrowLabel(name, labels, outside, classCount);

        Name = name;
        Count = (int)images.Shape[0];
        ClassCount = classCount;
        Scaling = scaling ?? PixelScaling.Unit;
        _images = images;
        _labels = labels;
        _featureShape = FeatureShapeOf(images.Header);
        FeatureCount = (int)(images.Count / Count);
    }

    /// <inheritdoc/>
    public string Name { get; }

    /// <inheritdoc/>
    public int Count { get; }

    /// <summary>The shape of one image: (channels, rows, columns); grey images have one channel.</summary>
    public ReadOnlySpan<long> FeatureShape => _featureShape;

    /// <inheritdoc/>
    public int FeatureCount { get; }

    /// <inheritdoc/>
    public int ClassCount { get; }

    /// <summary>How pixels become features.</summary>
    public PixelScaling Scaling { get; }

    /// <summary>The raw bytes of one image, without a copy.</summary>
    /// <param name="index">The sample, 0 to <see cref="Count"/> − 1.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="index"/> is not a sample.</exception>
    public ReadOnlySpan<byte> Pixels(int index)
    {
        CheckIndex(index);
        return _images.Bytes.Slice(index * FeatureCount, FeatureCount);
    }

    /// <summary>The class of one image.</summary>
    /// <param name="index">The sample, 0 to <see cref="Count"/> − 1.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="index"/> is not a sample.</exception>
    public long Label(int index)
    {
        CheckIndex(index);
        return _labels.Bytes[index];
    }

    /// <inheritdoc/>
    public void CopySample(int index, Span<float> features, out long label)
    {
        var pixels = Pixels(index);
        if (features.Length != FeatureCount)
            DataErrors.ThrowFeatureLength(Name, FeatureCount, features.Length);
        Scaling.Apply(pixels, features);
        label = _labels.Bytes[index];
    }

    /// <summary>Checks that types, ranks and counts of the two files belong together.</summary>
    internal static void CheckHeaders(string name, IdxHeader images, IdxHeader labels, int classCount)
    {
        if (classCount is < 1 or > 256)
            DataErrors.ThrowClassCount(name, classCount);
        if (images.Type != IdxType.UInt8 || images.Shape.Length is not (3 or 4))
            DataErrors.ThrowKind(name, images, "UInt8 images of 3 or 4 dimensions");
        if (labels.Type != IdxType.UInt8 || labels.Shape.Length != 1)
            DataErrors.ThrowKind(name, labels, "UInt8 labels of 1 dimension");
        if (images.Shape[0] != labels.Shape[0])
            DataErrors.ThrowCounts(name, images, labels);
    }

    /// <summary>(channels, rows, columns) of one image.</summary>
    internal static long[] FeatureShapeOf(IdxHeader images) =>
        images.Shape.Length == 3 ? [1, images.Shape[1], images.Shape[2]] : images.Shape[1..].ToArray();

    private void CheckIndex(int index)
    {
        if ((uint)index >= (uint)Count)
            DataErrors.ThrowIndex(Name, index, Count);
    }
}
