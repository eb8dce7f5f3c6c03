namespace Workspaces.Data;

/// <summary>Walks the batches of an epoch.</summary>
public struct DataLoaderEnumerator : IDisposable
{
    private readonly DataLoader _loader;
    private readonly int _enumeration;
    private readonly CancellationToken _cancellation;
    private int _next;

    internal DataLoaderEnumerator(DataLoader loader, int enumeration, int firstBatch, CancellationToken cancellationToken)
    {
        _loader = loader;
        _enumeration = enumeration;
        _cancellation = cancellationToken;
        _next = firstBatch;
    }

    /// <summary>The batch that was loaded last.</summary>
    public Batch Current { get; private set; }

    /// <summary>Loads the next batch. After an exception a further call goes on with the batch that follows.</summary>
    /// <returns>False at the end of the epoch.</returns>
    /// <exception cref="InvalidDataException">The data set has failed; the message names the sample.</exception>
    /// <exception cref="InvalidOperationException">Another enumeration has begun.</exception>
    /// <exception cref="OperationCanceledException">The epoch's token was cancelled.</exception>
    /// <exception cref="ObjectDisposedException">The loader was disposed.</exception>
    /// <exception cref="Workspaces.Memory.OutOfWorkspaceException">Memory is refused.</exception>
    public bool MoveNext()
    {
        Current = default;
        if (_next >= _loader.BatchCount) return false;
        int number = _next++;
        Current = _loader.Load(number, _enumeration, _cancellation);
        return true;
    }

    /// <summary>Ends the epoch, also in its middle, as <c>foreach</c> does: workers stop preparing batches of it. The last two batches stay readable.</summary>
    public readonly void Dispose() => _loader?.EndEpoch(_enumeration);
}
