namespace Workspaces.Data;

/// <summary>Samples in arrays: features row by row, and labels or targets.</summary>
internal sealed class ArraySource(string name, int count, long[] featureShape, float[] features, long[]? labels, float[]? targets)
    : SampleSource(name, count, featureShape)
{
    internal override void Copy(int index, Span<float> into, Span<float> goals, out long label)
    {
        features.AsSpan((int)((long)index * FeatureCount), FeatureCount).CopyTo(into);
        label = labels is null ? 0 : labels[index];
        targets?.AsSpan(index * goals.Length, goals.Length).CopyTo(goals);
    }

    public override void Dispose()
    {
    }
}
