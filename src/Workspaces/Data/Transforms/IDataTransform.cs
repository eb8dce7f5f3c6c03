namespace Workspaces.Data.Transforms;

/// <summary>
/// Changes the features of a sample on their way into a batch. Called on several threads at once, so it keeps no state, and makes no garbage; what is random
/// comes from the number that it is given.
/// </summary>
public interface IDataTransform
{
    /// <summary>Shape of the result for samples of a shape.</summary>
    /// <param name="shape">Shape of a sample, without the batch axis.</param>
    /// <returns>Shape of the result, at least 1 everywhere.</returns>
    /// <exception cref="ArgumentException">Samples of that shape cannot be changed so.</exception>
    long[] ShapeOf(ReadOnlySpan<long> shape);

    /// <summary>Changes one sample.</summary>
    /// <param name="shape">Shape of the sample.</param>
    /// <param name="source">Its features.</param>
    /// <param name="destination">Receives the result; of the length that <see cref="ShapeOf"/> has, and apart from the source.</param>
    /// <param name="draw">A random number: the same one for the same seed, epoch and sample.</param>
    void Apply(ReadOnlySpan<long> shape, ReadOnlySpan<float> source, Span<float> destination, ulong draw);

    /// <summary>True when the result depends on the random number: such a transform is for training only.</summary>
    bool IsRandom { get; }
}
