namespace Workspaces.Data;

/// <summary>
/// Samples whose labels are numbers, as regression wants them: a loader gives float32 labels [n, targets]. As a plain <see cref="IDataSet"/> every sample is
/// of the one class 0.
/// </summary>
public interface ITargetDataSet : IDataSet
{
    /// <summary>Numbers that each sample is labelled with, at least 1.</summary>
    int TargetCount { get; }

    /// <summary>Copies one sample.</summary>
    /// <param name="index">The sample, 0 to <see cref="IDataSet.Count"/> − 1.</param>
    /// <param name="features">Receives the features; its length is exactly <see cref="IDataSet.FeatureCount"/>.</param>
    /// <param name="targets">Receives the targets; its length is exactly <see cref="TargetCount"/>.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="index"/> is not a sample.</exception>
    /// <exception cref="ArgumentException">A span has another length.</exception>
    void CopySample(int index, Span<float> features, Span<float> targets);
}
