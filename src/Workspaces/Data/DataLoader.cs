using Workspaces.Memory;
using Workspaces.Memory.Passes;
using Workspaces.Memory.Rings;
using Workspaces.Memory.Tracking;
using Workspaces.Tensors;

namespace Workspaces.Data;

/// <summary>
/// Turns a data set into batches of tensors, epoch by epoch: <c>foreach (var (x, y) in loader.Epoch(epoch))</c>. Batches lie in the slots of a
/// <see cref="Ring"/> in a workspace of the loader's own, which is not ambient anywhere. The last two batches can be read; with workers, threads of the loader
/// fill the next ones meanwhile, and wait when <see cref="Prefetch"/> batches are ready:
/// <code>
///   batch    0   1   2   3   4   5      when batch 2 comes, batch 0 is stale, and its slot is filled again
///   slot     A   B   C   D   A   B      2 slots without workers, 2 + Prefetch with them
/// </code>
/// When every slot has been filled once, batches make no managed garbage and no call to the system.
/// </summary>
/// <remarks>
/// Batches depend on seed and epoch alone, whatever the number of workers. One enumeration at a time: a new one ends the one before. Not safe for several
/// threads, apart from the loader's own, which read the data set at the same time.
/// </remarks>
public sealed class DataLoader : IDisposable
{
    /// <summary>Batches that can be read: the current one and the one before.</summary>
    private const int Readable = 2;
    private const int MostWorkers = 1024;
    private static readonly WorkspaceConfiguration DefaultWorkspace = new() { Name = "data" };
    private readonly IndexSampler _sampler;
    private readonly Workspace _workspace;
    private readonly Ring _ring;
    private readonly BatchPrefetcher? _prefetcher;
    private readonly RingLease[] _held = new RingLease[Readable];
    private readonly Batch[] _batches;
    private readonly Shape _sampleShape;
    private int _nextHeld;
    private bool _disposed;

    /// <summary>Makes a loader and leases its workspace.</summary>
    /// <param name="dataSet">The samples.</param>
    /// <param name="batchSize">Samples in a batch, at least 1.</param>
    /// <param name="shuffle">Whether each epoch has a new random order.</param>
    /// <param name="seed">Seed of the orders.</param>
    /// <param name="dropLast">Whether a smaller last batch is left out.</param>
    /// <param name="workspace">Configuration of the loader's workspace; null for the default one of the name <c>data</c>.</param>
    /// <param name="manager">Owner of the workspace; null for the ambient pass's manager, or the process-wide one.</param>
    /// <param name="workers">Threads that fill batches ahead, 0 to 1024; with 0 the caller's thread fills each batch when it is asked for.</param>
    /// <param name="prefetch">Batches that may be ready or in work before they are asked for, 1 to 1022; without workers it is idle.</param>
    /// <exception cref="ArgumentException">The data set contradicts itself, or a batch would be too large for a span.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A batch size below 1, no batch would be left, or workers or prefetch out of range.</exception>
    /// <exception cref="WorkspaceException">The workspace cannot be leased.</exception>
    public DataLoader(
        IDataSet dataSet, int batchSize, bool shuffle = false, ulong seed = 0, bool dropLast = false,
        WorkspaceConfiguration? workspace = null, WorkspaceManager? manager = null, int workers = 0, int prefetch = DefaultPrefetch)
    {
        ArgumentNullException.ThrowIfNull(dataSet);
        if (workers is < 0 or > MostWorkers) DataErrors.ThrowWorkers(nameof(workers), workers, 0, MostWorkers);
        if (prefetch is < 1 or > MostPrefetch) DataErrors.ThrowWorkers(nameof(prefetch), prefetch, 1, MostPrefetch);
        DataSet = dataSet;
        Workers = workers;
        Prefetch = workers == 0 ? 0 : prefetch;
        _sampleShape = CheckShape(dataSet, Math.Min(batchSize, dataSet.Count));
        _sampler = new IndexSampler(dataSet.Count, batchSize, shuffle ? SamplingOrder.Shuffled : SamplingOrder.Sequential, seed, dropLast);
        _workspace = (manager ?? Ambient.Current?.Manager ?? WorkspaceManager.Default).LeaseDetached(workspace ?? DefaultWorkspace);
        _ring = _workspace.RingOf(Readable + Prefetch);
        _batches = new Batch[_ring.SlotCount];
        if (workers > 0) _prefetcher = new BatchPrefetcher(_ring, workers, FillSlot, $"{dataSet.Name} batches");
    }

    /// <summary>Batches prepared ahead when nothing else is said.</summary>
    public const int DefaultPrefetch = 2;

    /// <summary>Most batches that can be prepared ahead: a ring has at most 1024 slots.</summary>
    public const int MostPrefetch = 1022;

    /// <summary>The samples.</summary>
    public IDataSet DataSet { get; }

    /// <summary>Samples of every batch but perhaps the last.</summary>
    public int BatchSize => _sampler.BatchSize;

    /// <summary>Batches of an epoch, at least 1.</summary>
    public int BatchCount => _sampler.BatchCount;

    /// <summary>Whether each epoch has a new random order.</summary>
    public bool Shuffle => _sampler.Order == SamplingOrder.Shuffled;

    /// <summary>Seed of the orders.</summary>
    public ulong Seed => _sampler.Seed;

    /// <summary>Whether a smaller last batch is left out.</summary>
    public bool DropLast => _sampler.DropLast;

    /// <summary>Threads that fill batches ahead; 0 when the caller's thread fills them.</summary>
    public int Workers { get; }

    /// <summary>Batches that may be ready before they are asked for; 0 without workers.</summary>
    public int Prefetch { get; }

    /// <summary>The memory kinds of the loader's workspace.</summary>
    public MemoryReport Memory => _workspace.Memory;

    /// <summary>The workspace that the batches lie in.</summary>
    internal Workspace Workspace => _workspace;

    /// <summary>The slots of the batches.</summary>
    internal Ring Ring => _ring;

    /// <summary>Samples of the batches of an epoch, each number once: the full batch and perhaps a smaller last one.</summary>
    internal IReadOnlyList<int> DistinctBatchSizes
    {
        get
        {
            int count = DataSet.Count, full = Math.Min(BatchSize, count), last = count % full;
            return last == 0 || _sampler.DropLast ? [full] : [full, last];
        }
    }

    /// <summary>Samples of a batch of any epoch.</summary>
    internal int SamplesOf(int batch) => (int)Math.Min(BatchSize, DataSet.Count - ((long)batch * BatchSize));

    /// <summary>Type and shape of the features of a batch.</summary>
    internal (DType DType, Shape Shape) FeaturesOf(int samples) => (DataSet is ITokenDataSet ? DType.I64 : DType.F32, _sampleShape.WithSize(0, samples));

    /// <summary>Type and shape of the labels of a batch: one class a sample, or one a token, or numbers.</summary>
    internal (DType DType, Shape Shape) LabelsOf(int samples) => DataSet switch
    {
        ITokenDataSet => (DType.I64, _sampleShape.WithSize(0, samples)),
        ITargetDataSet targets => (DType.F32, new Shape(samples, targets.TargetCount)),
        _ => (DType.I64, new Shape(samples)),
    };

    /// <summary>Rises with every enumeration, so that an older one notices.</summary>
    internal int Enumerations { get; private set; }

    /// <summary>The batches of one epoch.</summary>
    /// <param name="epoch">Any number from 0, in any order; the same one gives the same batches.</param>
    /// <param name="cancellationToken">Ends the enumeration with an <see cref="OperationCanceledException"/>, also while it waits for a worker.</param>
    /// <returns>The batches, for <c>foreach</c>.</returns>
    /// <exception cref="ArgumentOutOfRangeException">Negative.</exception>
    /// <exception cref="ObjectDisposedException">The loader was disposed.</exception>
    public DataLoaderEpoch Epoch(int epoch, CancellationToken cancellationToken = default) => Epoch(epoch, 0, cancellationToken);

    /// <summary>The batches of one epoch from one of them on, as a run that was stopped within the epoch goes on.</summary>
    /// <param name="epoch">Any number from 0.</param>
    /// <param name="firstBatch">Batches that are left out at the beginning, 0 to <see cref="BatchCount"/>; they are not read.</param>
    /// <param name="cancellationToken">As above.</param>
    /// <returns>The batches, for <c>foreach</c>.</returns>
    /// <exception cref="ArgumentOutOfRangeException">Negative, or more batches than there are.</exception>
    /// <exception cref="ObjectDisposedException">The loader was disposed.</exception>
    public DataLoaderEpoch Epoch(int epoch, int firstBatch, CancellationToken cancellationToken = default)
    {
        if (_disposed) Throw.UsedAfterDispose($"the loader of data set '{DataSet.Name}'", "load batches", "dispose the loader after the last batch, or make another one");
        if (epoch < 0) DataErrors.ThrowEpoch(DataSet.Name, epoch);
        if ((uint)firstBatch > (uint)BatchCount) DataErrors.ThrowFirstBatch(DataSet.Name, firstBatch, BatchCount);
        return new DataLoaderEpoch(this, epoch, firstBatch, cancellationToken);
    }

    /// <summary>
    /// Stops the workers, each after the sample that it copies, frees the batches, which are stale from then on, and ends the lease of the workspace. A second
    /// call does nothing.
    /// </summary>
    public void Dispose()
    {
        if (_disposed) return;
        _disposed = true;
        _prefetcher?.Dispose();
        foreach (RingLease lease in _held) lease.Dispose();
        _workspace.Dispose();
    }

    internal int BeginEpoch(int epoch, int firstBatch, CancellationToken cancellationToken)
    {
        if (_disposed) Throw.UsedAfterDispose($"the loader of data set '{DataSet.Name}'", "load batches", "dispose the loader after the last batch, or make another one");
        _prefetcher?.Stop(); // nobody reads the order of the epoch before any more
        _sampler.StartEpoch(epoch);
        (DataSet as IEpochDataSet)?.BeginEpoch(epoch);
        if (_prefetcher is not null)
        {
            if (Enumerations == 0) FillSlotsOnce();
            BatchPrefetcher.MakeNode(cancellationToken);
        }

        _prefetcher?.Start(firstBatch, BatchCount);
        return ++Enumerations;
    }

    /// <summary>Ends an enumeration early or in time: what was prepared for it is dropped, and its last two batches stay.</summary>
    internal void EndEpoch(int enumeration)
    {
        if (!_disposed && enumeration == Enumerations) _prefetcher?.Stop();
    }

    /// <summary>The next batch; the one before the last is stale from now on.</summary>
    internal Batch Load(int number, int enumeration, CancellationToken cancellationToken)
    {
        if (_disposed) Throw.UsedAfterDispose($"the loader of data set '{DataSet.Name}'", "load batches", "dispose the loader after the last batch, or make another one");
        if (enumeration != Enumerations) DataErrors.ThrowEnumeration(DataSet.Name, number);
        cancellationToken.ThrowIfCancellationRequested();
        _held[_nextHeld].Dispose();
        if (_prefetcher is null)
        {
            using RingSlot slot = _ring.Acquire(cancellationToken);
            FillSlot(slot, number, CancellationToken.None);
            slot.Publish();
        }

        RingLease lease = _prefetcher is null ? _ring.Take(cancellationToken) : _prefetcher.Take(cancellationToken);
        _held[_nextHeld] = lease;
        _nextHeld = (_nextHeld + 1) % Readable;
        return _batches[lease.Index];
    }

    /// <summary>
    /// Lets every slot of workers have a batch of every size, without samples: which slot gets the small last batch of an epoch is chance, and what a slot keeps of its own
    /// would be made in whatever epoch that happens first.
    /// </summary>
    private void FillSlotsOnce()
    {
        var slots = new RingSlot[_ring.SlotCount];
        foreach (int samples in DistinctBatchSizes)
        {
            int count = 0;
            try
            {
                for (; count < slots.Length && _ring.TryAcquire(out slots[count]); count++)
                {
                    using var op = new OpScope(nameof(DataLoader), slots[count].Frame);
                    (DType DType, Shape Shape) x = FeaturesOf(samples), y = LabelsOf(samples);
                    op.Allocate(x.DType, x.Shape);
                    op.Allocate(y.DType, y.Shape);
                    op.Complete();
                }
            }
            finally
            {
                for (int i = 0; i < Math.Min(count + 1, slots.Length); i++) slots[i].Dispose();
            }
        }
    }

    private void FillSlot(RingSlot slot, int number, CancellationToken stop)
    {
        ReadOnlySpan<int> indices = _sampler.Batch(number);
        using var op = new OpScope(nameof(DataLoader), slot.Frame);
        (DType DType, Shape Shape) x = FeaturesOf(indices.Length), y = LabelsOf(indices.Length);
        Tensor features = op.Allocate(x.DType, x.Shape), labels = op.Allocate(y.DType, y.Shape);
        if (op.Computes && DataSet is ITokenDataSet sequences) Fill(sequences, number, indices, op.WriteSpan<long>(features), op.WriteSpan<long>(labels), stop);
        else if (op.Computes && DataSet is ITargetDataSet targets) Fill(targets, number, indices, op.WriteSpan<float>(features), op.WriteSpan<float>(labels), stop);
        else if (op.Computes) Fill(number, indices, op.WriteSpan<float>(features), op.WriteSpan<long>(labels), stop);
        op.Complete();
        _batches[slot.Index] = new Batch(number, features, labels);
    }

    private void Fill(int number, ReadOnlySpan<int> indices, Span<float> features, Span<long> labels, CancellationToken stop)
    {
        int size = DataSet.FeatureCount, done = 0;
        try
        {
            for (; done < indices.Length; done++)
            {
                stop.ThrowIfCancellationRequested();
                DataSet.CopySample(indices[done], features.Slice(done * size, size), out labels[done]);
                if ((ulong)labels[done] >= (ulong)DataSet.ClassCount) DataErrors.ThrowClass(labels[done], DataSet.ClassCount);
            }
        }
        catch (Exception exception) when (!stop.IsCancellationRequested)
        {
            throw DataErrors.Sample(DataSet.Name, indices[done], number, _sampler.Epoch, exception);
        }
    }

    private void Fill(ITargetDataSet source, int number, ReadOnlySpan<int> indices, Span<float> features, Span<float> targets, CancellationToken stop)
    {
        int size = source.FeatureCount, goals = source.TargetCount, done = 0;
        try
        {
            for (; done < indices.Length; done++)
            {
                stop.ThrowIfCancellationRequested();
                source.CopySample(indices[done], features.Slice(done * size, size), targets.Slice(done * goals, goals));
            }
        }
        catch (Exception exception) when (!stop.IsCancellationRequested)
        {
            throw DataErrors.Sample(DataSet.Name, indices[done], number, _sampler.Epoch, exception);
        }
    }

    private void Fill(ITokenDataSet sequences, int number, ReadOnlySpan<int> indices, Span<long> tokens, Span<long> labels, CancellationToken stop)
    {
        int size = DataSet.FeatureCount, done = 0;
        try
        {
            for (; done < indices.Length; done++)
            {
                stop.ThrowIfCancellationRequested();
                Span<long> own = labels.Slice(done * size, size);
                sequences.CopyTokens(indices[done], tokens.Slice(done * size, size), own);
                foreach (long label in own)
                {
                    if ((ulong)label >= (ulong)DataSet.ClassCount) DataErrors.ThrowClass(label, DataSet.ClassCount);
                }
            }
        }
        catch (Exception exception) when (!stop.IsCancellationRequested)
        {
            throw DataErrors.Sample(DataSet.Name, indices[done], number, _sampler.Epoch, exception);
        }
    }

    private static Shape CheckShape(IDataSet dataSet, int batchSize)
    {
        ReadOnlySpan<long> sample = dataSet.FeatureShape;
        if (sample.Length >= Shape.MaxRank) DataErrors.ThrowRank(dataSet.Name, sample.Length);
        Span<long> dims = [1, .. sample];
        var shape = new Shape(dims);
        if (shape.Length != dataSet.FeatureCount) DataErrors.ThrowFeatureCount(dataSet.Name, shape.Length, dataSet.FeatureCount);
        long labels = dataSet is ITargetDataSet targets ? targets.TargetCount : 1;
        if (Math.Max(shape.Length, labels) * batchSize > int.MaxValue) DataErrors.ThrowBatchSize(dataSet.Name, batchSize, shape.Length);
        return shape;
    }
}
