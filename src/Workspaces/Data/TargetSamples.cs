namespace Workspaces.Data;

/// <summary>Samples labelled with numbers, from arrays, a CSV file or NumPy's arrays; <see cref="DataSets"/> makes them.</summary>
public sealed class TargetSamples : ITargetDataSet, IDisposable
{
    private readonly SampleSource _source;

    internal TargetSamples(SampleSource source, int targetCount)
    {
        _source = source;
        TargetCount = targetCount;
    }

    /// <inheritdoc/>
    public string Name => _source.Name;

    /// <summary>How the features were written; null when they are not from CSV.</summary>
    internal CsvForm? Form => _source.Form;

    /// <inheritdoc/>
    public int Count => _source.Count;

    /// <inheritdoc/>
    public ReadOnlySpan<long> FeatureShape => _source.FeatureShape;

    /// <inheritdoc/>
    public int FeatureCount => _source.FeatureCount;

    /// <summary>Always 1.</summary>
    public int ClassCount => 1;

    /// <inheritdoc/>
    public int TargetCount { get; }

    /// <inheritdoc/>
    public void CopySample(int index, Span<float> features, Span<float> targets)
    {
        if ((uint)index >= (uint)Count) DataErrors.ThrowIndex(Name, index, Count);
        if (features.Length != FeatureCount) DataErrors.ThrowFeatureLength(Name, FeatureCount, features.Length);
        if (targets.Length != TargetCount) DataErrors.ThrowFeatureLength(Name, TargetCount, targets.Length);
        _source.Copy(index, features, targets, out _);
    }

    /// <summary>Copies the features of one sample.</summary>
    /// <param name="index">The sample.</param>
    /// <param name="features">Receives the features.</param>
    /// <param name="label">Always 0.</param>
    public void CopySample(int index, Span<float> features, out long label)
    {
        label = 0;
        float[] targets = System.Buffers.ArrayPool<float>.Shared.Rent(TargetCount);
        try
        {
            CopySample(index, features, targets.AsSpan(0, TargetCount));
        }
        finally
        {
            System.Buffers.ArrayPool<float>.Shared.Return(targets);
        }
    }

    /// <summary>Closes the file, if there is one.</summary>
    public void Dispose() => _source.Dispose();
}
