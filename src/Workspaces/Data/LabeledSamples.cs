namespace Workspaces.Data;

/// <summary>Samples with one class each, from arrays, a CSV file or NumPy's arrays; <see cref="DataSets"/> makes them.</summary>
public sealed class LabeledSamples : IDataSet, IDisposable
{
    private readonly SampleSource _source;
    private readonly string[] _classes;

    internal LabeledSamples(SampleSource source, int classCount, string[]? classes = null)
    {
        _source = source;
        _classes = classes ?? [];
        ClassCount = classCount;
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

    /// <inheritdoc/>
    public int ClassCount { get; }

    /// <summary>The names of the classes where the file has words for them, in the order of their numbers; else empty.</summary>
    public IReadOnlyList<string> Classes => _classes;

    /// <inheritdoc/>
    public void CopySample(int index, Span<float> features, out long label)
    {
        if ((uint)index >= (uint)Count) DataErrors.ThrowIndex(Name, index, Count);
        if (features.Length != FeatureCount) DataErrors.ThrowFeatureLength(Name, FeatureCount, features.Length);
        _source.Copy(index, features, [], out label);
    }

    /// <summary>Closes the file, if there is one.</summary>
    public void Dispose() => _source.Dispose();
}
