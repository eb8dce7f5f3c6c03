namespace Workspaces.Data;

/// <summary>The batches of one epoch. A value, so that <c>foreach</c> makes no garbage.</summary>
public readonly struct DataLoaderEpoch
{
    private readonly DataLoader _loader;
    private readonly int _epoch;
    private readonly int _firstBatch;
    private readonly CancellationToken _cancellation;

    internal DataLoaderEpoch(DataLoader loader, int epoch, int firstBatch, CancellationToken cancellationToken)
    {
        _loader = loader;
        _epoch = epoch;
        _firstBatch = firstBatch;
        _cancellation = cancellationToken;
    }

    /// <summary>Draws the order of the epoch and begins with its first batch; an enumeration that is under way ends.</summary>
    /// <returns>The enumerator.</returns>
    /// <exception cref="ObjectDisposedException">The loader was disposed.</exception>
    public DataLoaderEnumerator GetEnumerator() => new(_loader, _loader.BeginEpoch(_epoch, _firstBatch, _cancellation), _firstBatch, _cancellation);
}
