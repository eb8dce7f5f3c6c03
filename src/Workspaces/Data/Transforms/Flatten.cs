namespace Workspaces.Data.Transforms;

/// <summary>Makes one axis of all.</summary>
public sealed class Flatten : IDataTransform
{
    /// <inheritdoc/>
    public bool IsRandom => false;

    /// <inheritdoc/>
    public long[] ShapeOf(ReadOnlySpan<long> shape) => [SampleSource.Product(shape)];

    /// <inheritdoc/>
    public void Apply(ReadOnlySpan<long> shape, ReadOnlySpan<float> source, Span<float> destination, ulong draw) => source.CopyTo(destination);
}
