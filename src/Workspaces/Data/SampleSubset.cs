namespace Workspaces.Data;

/// <summary>Some samples of another data set.</summary>
internal class SampleSubset(IDataSet whole, int[] indices, string name) : IEpochDataSet, IDisposable
{
    public string Name => name;

    /// <summary>The data set that this is a part of.</summary>
    internal IDataSet All => whole;

    public int Count => indices.Length;

    public ReadOnlySpan<long> FeatureShape => whole.FeatureShape;

    public int FeatureCount => whole.FeatureCount;

    public int ClassCount => whole.ClassCount;

    public void CopySample(int index, Span<float> features, out long label) => whole.CopySample(Whole(index), features, out label);

    public void BeginEpoch(int epoch) => (whole as IEpochDataSet)?.BeginEpoch(epoch);

    /// <summary>Parts share the whole: the first one that is disposed closes its file.</summary>
    public void Dispose() => (whole as IDisposable)?.Dispose();

    protected int Whole(int index)
    {
        if ((uint)index >= (uint)indices.Length) DataErrors.ThrowIndex(name, index, indices.Length);
        return indices[index];
    }
}
