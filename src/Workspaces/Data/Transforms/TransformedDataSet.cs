using System.Buffers;

namespace Workspaces.Data.Transforms;

/// <summary>Samples of another data set with transforms between; random ones draw anew for each epoch and sample, whoever asks and in whatever order.</summary>
internal class TransformedDataSet : IEpochDataSet, IDisposable
{
    /// <summary>Floats up to which no buffer is rented: two images of 28 × 28.</summary>
    protected const int MostOnStack = 2048;

    private readonly IDataSet _source;
    private readonly IDataTransform[] _transforms;
    private readonly long[][] _shapes;
    private readonly ulong _seed;
    private readonly int _largest;
    private int _epoch;

    internal TransformedDataSet(IDataSet source, IDataTransform[] transforms, ulong seed)
    {
        _source = source;
        _transforms = transforms;
        _seed = seed;
        _shapes = new long[transforms.Length + 1][];
        _shapes[0] = source.FeatureShape.ToArray();
        for (int i = 0; i < transforms.Length; i++)
        {
            _shapes[i + 1] = transforms[i].ShapeOf(_shapes[i]);
            _largest = Math.Max(_largest, (int)SampleSource.Product(_shapes[i]));
        }

        FeatureCount = (int)SampleSource.Product(_shapes[^1]);
        if (_largest > int.MaxValue / 2) DataErrors.ThrowSampleShape(_shapes[0]); // two of them share a buffer
    }

    public string Name => _source.Name;

    /// <summary>What the transforms read.</summary>
    internal IDataSet Source => _source;

    /// <summary>The transforms, from the first to the last.</summary>
    internal ReadOnlySpan<IDataTransform> Transforms => _transforms;

    /// <summary>Seed of what is random.</summary>
    internal ulong Seed => _seed;

    public int Count => _source.Count;

    public ReadOnlySpan<long> FeatureShape => _shapes[^1];

    public int FeatureCount { get; }

    public int ClassCount => _source.ClassCount;

    public void BeginEpoch(int epoch)
    {
        _epoch = epoch;
        (_source as IEpochDataSet)?.BeginEpoch(epoch);
    }

    public void CopySample(int index, Span<float> features, out long label)
    {
        Check(features);
        float[]? rented = BufferLength > MostOnStack ? ArrayPool<float>.Shared.Rent(BufferLength) : null;
        Span<float> buffer = rented is null ? stackalloc float[MostOnStack] : rented;
        try
        {
            _source.CopySample(index, buffer[.._source.FeatureCount], out label);
            Apply(index, buffer, features);
        }
        finally
        {
            if (rented is not null) ArrayPool<float>.Shared.Return(rented);
        }
    }

    public void Dispose() => (_source as IDisposable)?.Dispose();

    /// <summary>Room for a sample before and behind a transform.</summary>
    protected int BufferLength => 2 * _largest;

    /// <summary>Refuses a destination of another length.</summary>
    protected void Check(ReadOnlySpan<float> features)
    {
        if (features.Length != FeatureCount) DataErrors.ThrowFeatureLength(Name, FeatureCount, features.Length);
    }

    /// <summary>Runs the transforms on the sample that begins the buffer, to and fro between its halves; the last one writes to the features.</summary>
    protected void Apply(int index, Span<float> buffer, Span<float> features)
    {
        SplitMix64 random = SplitMix64.ForEpoch(_seed ^ ((ulong)(uint)index << 32), _epoch);
        Span<float> now = buffer[.._source.FeatureCount];
        for (int i = 0; i < _transforms.Length; i++)
        {
            bool last = i == _transforms.Length - 1, even = i % 2 == 0;
            Span<float> next = last ? features : buffer.Slice(even ? _largest : 0, (int)SampleSource.Product(_shapes[i + 1]));
            _transforms[i].Apply(_shapes[i], now, next, random.Next());
            now = next;
        }
    }
}
