namespace Workspaces.Data;

/// <summary>
/// Sequences of tokens in which every position has a label, as language models are trained on: a loader gives int64 batches [n, length] of both. As a
/// plain <see cref="IDataSet"/> a sample is its tokens as numbers and the label of the last position.
/// </summary>
public interface ITokenDataSet : IDataSet
{
    /// <summary>Copies one sample.</summary>
    /// <param name="index">The sample, 0 to <see cref="IDataSet.Count"/> − 1.</param>
    /// <param name="tokens">Receives the tokens; its length is exactly <see cref="IDataSet.FeatureCount"/>.</param>
    /// <param name="labels">Receives the label of each position; of the same length.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="index"/> is not a sample.</exception>
    /// <exception cref="ArgumentException">A span has another length.</exception>
    void CopyTokens(int index, Span<long> tokens, Span<long> labels);
}
