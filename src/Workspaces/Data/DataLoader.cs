using Workspaces.Memory;
using Workspaces.Memory.Passes;
using Workspaces.Memory.Tracking;
using Workspaces.Tensors;

namespace Workspaces.Data;

/// <summary>
/// Turns a data set into batches of tensors, epoch by epoch: <c>foreach (var (x, y) in loader.Epoch(epoch))</c>. Batches lie in two slots of a
/// workspace of the loader's own, which is not ambient anywhere, and are filled in turn:
/// <code>
///   batch    0   1   2   3   4          batch 2 takes the slot of batch 0, whose tensors are stale from then on
///   slot     A   B   A   B   A
/// </code>
/// When both slots have been filled once, batches make no managed garbage and no call to the system.
/// </summary>
/// <remarks>The order depends on seed and epoch alone. One enumeration at a time: a new one ends the one before. Not safe for several threads.</remarks>
public sealed class DataLoader : IDisposable
{
    private const int Slots = 2;
    private static readonly WorkspaceConfiguration DefaultWorkspace = new() { Name = "data" };
    private readonly IndexSampler _sampler;
    private readonly Workspace _workspace;
    private readonly Frame[] _slots = new Frame[Slots];
    private readonly Shape _sampleShape;
    private int _nextSlot;
    private bool _disposed;

    /// <summary>Makes a loader and leases its workspace.</summary>
    /// <param name="dataSet">The samples.</param>
    /// <param name="batchSize">Samples in a batch, at least 1.</param>
    /// <param name="shuffle">Whether each epoch has a new random order.</param>
    /// <param name="seed">Seed of the orders.</param>
    /// <param name="dropLast">Whether a smaller last batch is left out.</param>
    /// <param name="workspace">Configuration of the loader's workspace; null for the default one of the name <c>data</c>.</param>
    /// <param name="manager">Owner of the workspace; null for the ambient pass's manager, or the process-wide one.</param>
    /// <exception cref="ArgumentException">The data set contradicts itself, or a batch would be too large for a span.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A batch size below 1, or no batch would be left.</exception>
    /// <exception cref="WorkspaceException">The workspace cannot be leased.</exception>
    public DataLoader(
        IDataSet dataSet, int batchSize, bool shuffle = false, ulong seed = 0, bool dropLast = false,
        WorkspaceConfiguration? workspace = null, WorkspaceManager? manager = null)
    {
        ArgumentNullException.ThrowIfNull(dataSet);
        DataSet = dataSet;
        _sampleShape = CheckShape(dataSet, Math.Min(batchSize, dataSet.Count));
        _sampler = new IndexSampler(dataSet.Count, batchSize, shuffle ? SamplingOrder.Shuffled : SamplingOrder.Sequential, seed, dropLast);
        _workspace = (manager ?? Ambient.Current?.Manager ?? WorkspaceManager.Default).LeaseDetached(workspace ?? DefaultWorkspace);
        for (int i = 0; i < Slots; i++) _slots[i] = _workspace.NewDetachedFrame();
    }

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

    /// <summary>The memory kinds of the loader's workspace.</summary>
    public MemoryReport Memory => _workspace.Memory;

    /// <summary>The workspace that the batches lie in.</summary>
    internal Workspace Workspace => _workspace;

    /// <summary>Samples of the batches of an epoch, each number once: the full batch and perhaps a smaller last one.</summary>
    internal IReadOnlyList<int> DistinctBatchSizes
    {
        get
        {
            int count = DataSet.Count, full = Math.Min(BatchSize, count), last = count % full;
            return last == 0 || _sampler.DropLast ? [full] : [full, last];
        }
    }

    /// <summary>Type and shape of the features of a batch.</summary>
    internal (DType DType, Shape Shape) FeaturesOf(int samples) => (DType.F32, _sampleShape.WithSize(0, samples));

    /// <summary>Type and shape of the labels of a batch.</summary>
    internal static (DType DType, Shape Shape) LabelsOf(int samples) => (DType.I64, new Shape(samples));

    /// <summary>Rises with every enumeration, so that an older one notices.</summary>
    internal int Enumerations { get; private set; }

    /// <summary>The batches of one epoch.</summary>
    /// <param name="epoch">Any number from 0, in any order; the same one gives the same batches.</param>
    /// <returns>The batches, for <c>foreach</c>.</returns>
    /// <exception cref="ArgumentOutOfRangeException">Negative.</exception>
    /// <exception cref="ObjectDisposedException">The loader was disposed.</exception>
    public DataLoaderEpoch Epoch(int epoch)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        if (epoch < 0) DataErrors.ThrowEpoch(DataSet.Name, epoch);
        return new DataLoaderEpoch(this, epoch);
    }

    /// <summary>Frees the batches, which are stale from then on, and ends the lease of the workspace. A second call does nothing.</summary>
    public void Dispose()
    {
        if (_disposed) return;
        _disposed = true;
        _workspace.Dispose();
    }

    internal int BeginEpoch(int epoch)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        _sampler.StartEpoch(epoch);
        return ++Enumerations;
    }

    /// <summary>Fills the next slot.</summary>
    internal Batch Load(int number, int enumeration)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        if (enumeration != Enumerations) DataErrors.ThrowEnumeration(DataSet.Name, number);
        ReadOnlySpan<int> indices = _sampler.Batch(number);
        Frame slot = _slots[_nextSlot];
        _nextSlot = (_nextSlot + 1) % Slots;
        _workspace.Restart(slot);
        using var op = new OpScope(nameof(DataLoader), slot);
        (DType DType, Shape Shape) x = FeaturesOf(indices.Length), y = LabelsOf(indices.Length);
        Tensor features = op.Allocate(x.DType, x.Shape), labels = op.Allocate(y.DType, y.Shape);
        if (op.Computes) Fill(number, indices, op.WriteSpan<float>(features), op.WriteSpan<long>(labels));
        op.Complete();
        return new Batch(number, features, labels);
    }

    private void Fill(int number, ReadOnlySpan<int> indices, Span<float> features, Span<long> labels)
    {
        int size = DataSet.FeatureCount, done = 0;
        try
        {
            for (; done < indices.Length; done++)
            {
                DataSet.CopySample(indices[done], features.Slice(done * size, size), out labels[done]);
                if ((ulong)labels[done] >= (ulong)DataSet.ClassCount) DataErrors.ThrowClass(labels[done], DataSet.ClassCount);
            }
        }
        catch (Exception exception)
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
        if (shape.Length * batchSize > int.MaxValue) DataErrors.ThrowBatchSize(dataSet.Name, batchSize, shape.Length);
        return shape;
    }
}
