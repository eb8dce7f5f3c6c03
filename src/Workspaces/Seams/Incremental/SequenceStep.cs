using Workspaces.Tensors;

namespace Workspaces.Seams.Incremental;

/// <summary>A layer that goes through a sequence one position a call, and what it keeps of those before.</summary>
internal abstract class SequenceStep : IDisposable
{
    /// <summary>Whether it works up to a number of positions only.</summary>
    internal virtual bool IsLimited => false;

    /// <summary>Bytes that it keeps.</summary>
    internal virtual long KeptBytes => 0;

    /// <summary>Runs the layer on one position.</summary>
    /// <param name="input">[1, 1, …].</param>
    /// <param name="position">Its place in the sequence; the layer has been through all before it.</param>
    /// <returns>The output, or the input itself.</returns>
    internal abstract Tensor Run(Tensor input, int position);

    /// <summary>Begins a new sequence.</summary>
    internal virtual void Reset()
    {
    }

    /// <summary>Frees what it keeps, not the layer.</summary>
    public abstract void Dispose();
}
