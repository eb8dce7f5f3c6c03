namespace Workspaces.Data.Transforms;

/// <summary>
/// <c>(x − mean) / deviation</c>, with one pair of numbers for all features, one for each index of the first axis (the channels of images), or one for each
/// feature.
/// </summary>
public sealed class Normalize : IDataTransform
{
    private readonly float[] _mean;
    private readonly float[] _deviation;

    /// <summary>Makes the transform.</summary>
    /// <param name="mean">What is subtracted; finite.</param>
    /// <param name="deviation">What is divided by; finite, above 0, as many as means.</param>
    /// <exception cref="ArgumentException">Other numbers of them, or one out of range.</exception>
    public Normalize(ReadOnlySpan<float> mean, ReadOnlySpan<float> deviation)
    {
        if (mean.Length == 0 || mean.Length != deviation.Length)
            TransformErrors.ThrowNumber(nameof(Normalize), nameof(deviation), deviation.Length, $"as many numbers as means, which are {mean.Length}, and at least one");
        foreach (float value in mean)
        {
            if (!float.IsFinite(value)) TransformErrors.ThrowNumber(nameof(Normalize), nameof(mean), value, "finite");
        }

        foreach (float value in deviation)
        {
            if (!(value > 0) || !float.IsFinite(value)) TransformErrors.ThrowNumber(nameof(Normalize), nameof(deviation), value, "finite and above 0");
        }

        _mean = mean.ToArray();
        _deviation = deviation.ToArray();
    }

    /// <summary>What is subtracted.</summary>
    public ReadOnlySpan<float> Mean => _mean;

    /// <summary>What is divided by.</summary>
    public ReadOnlySpan<float> Deviation => _deviation;

    /// <inheritdoc/>
    public bool IsRandom => false;

    /// <summary>
    /// The transform that brings every feature of a training set to mean 0 and standard deviation 1. A feature that is the same everywhere is only centred.
    /// </summary>
    /// <param name="training">What the statistics are taken of, in one walk over it (B. P. Welford, 1962; in double precision).</param>
    /// <returns>The transform, for training and test data alike.</returns>
    public static Normalize StandardizeBy(IDataSet training)
    {
        ArgumentNullException.ThrowIfNull(training);
        int width = training.FeatureCount;
        double[] mean = new double[width], squares = new double[width];
        var features = new float[width];
        for (int i = 0; i < training.Count; i++)
        {
            training.CopySample(i, features, out _);
            for (int k = 0; k < width; k++)
            {
                double off = features[k] - mean[k];
                mean[k] += off / (i + 1);
                squares[k] += off * (features[k] - mean[k]);
            }
        }

        float[] centre = new float[width], spread = new float[width];
        for (int k = 0; k < width; k++)
        {
            double deviation = Math.Sqrt(squares[k] / training.Count);
            centre[k] = (float)mean[k];
            spread[k] = deviation > 1e-7 * Math.Max(1e-7, Math.Abs(mean[k])) ? (float)deviation : 1f;
        }

        return new Normalize(centre, spread);
    }

    /// <inheritdoc/>
    public long[] ShapeOf(ReadOnlySpan<long> shape)
    {
        long length = SampleSource.Product(shape);
        if (_mean.Length != 1 && _mean.Length != length && (shape.Length == 0 || _mean.Length != shape[0]))
            TransformErrors.ThrowShape(nameof(Normalize), shape, $"{_mean.Length} means are neither 1, nor the first size, nor the {length} features");
        return shape.ToArray();
    }

    /// <inheritdoc/>
    public void Apply(ReadOnlySpan<long> shape, ReadOnlySpan<float> source, Span<float> destination, ulong draw)
    {
        if (_mean.Length == source.Length)
        {
            for (int i = 0; i < source.Length; i++) destination[i] = (source[i] - _mean[i]) / _deviation[i];
            return;
        }

        int plane = source.Length / _mean.Length;
        for (int c = 0; c < _mean.Length; c++)
        {
            float mean = _mean[c], deviation = _deviation[c];
            ReadOnlySpan<float> from = source.Slice(c * plane, plane);
            Span<float> to = destination.Slice(c * plane, plane);
            for (int i = 0; i < plane; i++) to[i] = (from[i] - mean) / deviation;
        }
    }
}
