namespace Workspaces.Data;

/// <summary>
/// Labelled samples with random access, without tensors: a loader copies samples straight into the memory of a batch.
/// Reading is safe from several threads at once and makes no garbage.
/// </summary>
public interface IDataSet
{
    /// <summary>What error messages and logs call the data set.</summary>
    string Name { get; }

    /// <summary>The number of samples, at least 1.</summary>
    int Count { get; }

    /// <summary>The shape of one sample's features, without the batch dimension; row-major.</summary>
    ReadOnlySpan<long> FeatureShape { get; }

    /// <summary>The number of features of one sample, the product of <see cref="FeatureShape"/>.</summary>
    int FeatureCount { get; }

    /// <summary>The number of classes; labels lie in 0 to <see cref="ClassCount"/> − 1.</summary>
    int ClassCount { get; }

    /// <summary>Copies one sample.</summary>
    /// <param name="index">The sample, 0 to <see cref="Count"/> − 1.</param>
    /// <param name="features">Receives the features; its length is exactly <see cref="FeatureCount"/>.</param>
    /// <param name="label">The class of the sample.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="index"/> is not a sample.</exception>
    /// <exception cref="ArgumentException"><paramref name="features"/> has another length.</exception>
    void CopySample(int index, Span<float> features, out long label);
}
