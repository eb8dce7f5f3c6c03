namespace Workspaces.Data;

/// <summary>
/// Cuts the indices of a data set into batches, epoch by epoch. The permutation depends on seed, epoch and count alone: any epoch
/// can be drawn again by itself, on every version of .NET. Allocates its index array once and no garbage afterwards.
/// </summary>
/// <remarks>
/// The permutation is the Fisher–Yates shuffle in R. Durstenfeld's form (1964), fed by SplitMix64. Not safe for several threads:
/// <see cref="StartEpoch"/> rewrites the indices that <see cref="Batch"/> shows.
/// </remarks>
internal sealed class IndexSampler
{
    private readonly int[] _indices;

    /// <summary>Makes a sampler and starts epoch 0.</summary>
    /// <param name="count">The number of samples, at least 1.</param>
    /// <param name="batchSize">Samples in a batch, at least 1; may exceed <paramref name="count"/> unless the tail is dropped.</param>
    /// <param name="order">Sequential or shuffled.</param>
    /// <param name="seed">The seed of the shuffle; ignored in sequential order.</param>
    /// <param name="dropLast">Leave out the last batch of an epoch when it would be smaller than <paramref name="batchSize"/>.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is out of range, or no batch would be left.</exception>
    public IndexSampler(int count, int batchSize, SamplingOrder order, ulong seed = 0, bool dropLast = false)
    {
        if (count < 1)
            DataErrors.ThrowSampler(nameof(count), count, "at least 1", "load the data set first");
        if (batchSize < 1)
            DataErrors.ThrowSampler(nameof(batchSize), batchSize, "at least 1", "choose a batch size");
        if (order is not (SamplingOrder.Sequential or SamplingOrder.Shuffled))
            DataErrors.ThrowSampler(nameof(order), (int)order, "Sequential or Shuffled", "choose one of them");
        if (dropLast && batchSize > count)
            DataErrors.ThrowSampler(nameof(batchSize), batchSize, $"at most {count} when the tail is dropped", "lower it or keep the tail");
        BatchSize = batchSize;
        Order = order;
        Seed = seed;
        DropLast = dropLast;
        BatchCount = dropLast ? count / batchSize : (int)(((long)count + batchSize - 1) / batchSize);
        _indices = new int[count];
        StartEpoch(0);
    }

    /// <summary>The number of samples.</summary>
    public int Count => _indices.Length;

    /// <summary>The size of every batch but perhaps the last.</summary>
    public int BatchSize { get; }

    /// <summary>The number of batches in an epoch, at least 1.</summary>
    public int BatchCount { get; }

    /// <summary>Sequential or shuffled.</summary>
    public SamplingOrder Order { get; }

    /// <summary>The seed of the shuffle.</summary>
    public ulong Seed { get; }

    /// <summary>Whether a smaller last batch is left out.</summary>
    public bool DropLast { get; }

    /// <summary>The epoch whose batches are shown, from 0.</summary>
    public int Epoch { get; private set; }

    /// <summary>Draws the order of an epoch; spans from <see cref="Batch"/> show the new one from then on.</summary>
    /// <param name="epoch">Any epoch from 0, in any order.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="epoch"/> is negative.</exception>
    public void StartEpoch(int epoch)
    {
        if (epoch < 0)
            DataErrors.ThrowSampler(nameof(epoch), epoch, "at least 0", "epochs count from 0");
        Epoch = epoch;
        for (var i = 0; i < _indices.Length; i++)
            _indices[i] = i;
        if (Order == SamplingOrder.Sequential)
            return;
        var random = SplitMix64.ForEpoch(Seed, epoch);
        for (var last = _indices.Length - 1; last > 0; last--)
        {
            var other = (int)random.Below((uint)last + 1);
            (_indices[last], _indices[other]) = (_indices[other], _indices[last]);
        }
    }

    /// <summary>The samples of one batch of the current epoch, in order; valid until the next <see cref="StartEpoch"/>.</summary>
    /// <param name="batch">The batch, 0 to <see cref="BatchCount"/> − 1.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="batch"/> is not a batch of the epoch.</exception>
    public ReadOnlySpan<int> Batch(int batch)
    {
        if ((uint)batch >= (uint)BatchCount)
            DataErrors.ThrowSampler(nameof(batch), batch, $"0 to {BatchCount - 1}", $"ask for one of the {BatchCount} batches of an epoch");
        var start = batch * BatchSize;
        return _indices.AsSpan(start, Math.Min(BatchSize, _indices.Length - start));
    }
}
