using System.Buffers;

namespace Workspaces.Data.Transforms;

/// <summary>Samples labelled with numbers, with transforms between.</summary>
internal sealed class TransformedTargets(ITargetDataSet source, IDataTransform[] transforms, ulong seed)
    : TransformedDataSet(source, transforms, seed), ITargetDataSet
{
    public int TargetCount => source.TargetCount;

    public void CopySample(int index, Span<float> features, Span<float> targets)
    {
        float[] buffer = Rent(features);
        try
        {
            source.CopySample(index, buffer.AsSpan(0, source.FeatureCount), targets);
            Apply(index, buffer, features);
        }
        finally
        {
            ArrayPool<float>.Shared.Return(buffer);
        }
    }
}
