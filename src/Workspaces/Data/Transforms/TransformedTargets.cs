using System.Buffers;

namespace Workspaces.Data.Transforms;

/// <summary>Samples labelled with numbers, with transforms between.</summary>
internal sealed class TransformedTargets(ITargetDataSet source, IDataTransform[] transforms, ulong seed)
    : TransformedDataSet(source, transforms, seed), ITargetDataSet
{
    public int TargetCount => source.TargetCount;

    public void CopySample(int index, Span<float> features, Span<float> targets)
    {
        Check(features);
        float[]? rented = BufferLength > MostOnStack ? ArrayPool<float>.Shared.Rent(BufferLength) : null;
        Span<float> buffer = rented is null ? stackalloc float[MostOnStack] : rented;
        try
        {
            source.CopySample(index, buffer[..source.FeatureCount], targets);
            Apply(index, buffer, features);
        }
        finally
        {
            if (rented is not null) ArrayPool<float>.Shared.Return(rented);
        }
    }
}
