using Workspaces.Tensors;

namespace Workspaces.Data;

/// <summary>
/// Some samples with their labels; <c>var (x, y) = batch</c> takes it apart. The tensors live in a slot of the loader and are stale when the batch
/// after the next one is asked for.
/// </summary>
public readonly struct Batch
{
    internal Batch(int index, Tensor features, Tensor labels)
    {
        Index = index;
        Features = features;
        Labels = labels;
    }

    /// <summary>Number of the batch in its epoch, from 0.</summary>
    public int Index { get; }

    /// <summary>float32 [n, …shape of a sample]; int64 [n, length] for sequences of tokens.</summary>
    public Tensor Features { get; }

    /// <summary>The classes, int64 [n]; [n, length] for sequences of tokens; the targets, float32 [n, targets], for regression.</summary>
    public Tensor Labels { get; }

    /// <summary>Number of samples.</summary>
    /// <exception cref="Workspaces.Memory.StaleAccessException">The batch after the next one was asked for.</exception>
    public long Count => Labels.Shape[0];

    /// <summary>Takes the batch apart.</summary>
    /// <param name="features">float32 [n, …shape of a sample].</param>
    /// <param name="labels">int64 [n].</param>
    public void Deconstruct(out Tensor features, out Tensor labels)
    {
        features = Features;
        labels = Labels;
    }
}
