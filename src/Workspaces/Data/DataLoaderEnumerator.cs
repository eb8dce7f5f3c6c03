namespace Workspaces.Data;

/// <summary>Walks the batches of an epoch.</summary>
public struct DataLoaderEnumerator
{
    private readonly DataLoader _loader;
    private readonly int _enumeration;
    private int _next;

    internal DataLoaderEnumerator(DataLoader loader, int enumeration)
    {
        _loader = loader;
        _enumeration = enumeration;
    }

    /// <summary>The batch that was loaded last.</summary>
    public Batch Current { get; private set; }

    /// <summary>Loads the next batch. After an exception a further call goes on with the batch that follows.</summary>
    /// <returns>False at the end of the epoch.</returns>
    /// <exception cref="InvalidDataException">The data set has failed; the message names the sample.</exception>
    /// <exception cref="InvalidOperationException">Another enumeration has begun.</exception>
    /// <exception cref="ObjectDisposedException">The loader was disposed.</exception>
    /// <exception cref="Workspaces.Memory.OutOfWorkspaceException">Memory is refused.</exception>
    public bool MoveNext()
    {
        Current = default;
        if (_next >= _loader.BatchCount) return false;
        Current = _loader.Load(_next++, _enumeration);
        return true;
    }
}
