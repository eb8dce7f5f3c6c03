using System.Buffers;

namespace Workspaces.Data.Transforms;

/// <summary>Samples of another data set with transforms between; random ones draw anew for each epoch and sample, whoever asks and in whatever order.</summary>
internal class TransformedDataSet : IEpochDataSet, IDisposable
{
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
    }

    public string Name => _source.Name;

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
        float[] buffer = Rent(features);
        try
        {
            _source.CopySample(index, buffer.AsSpan(0, _source.FeatureCount), out label);
            Apply(index, buffer, features);
        }
        finally
        {
            ArrayPool<float>.Shared.Return(buffer);
        }
    }

    public void Dispose() => (_source as IDisposable)?.Dispose();

    /// <summary>Room for a sample before and behind a transform.</summary>
    protected float[] Rent(Span<float> features)
    {
        if (features.Length != FeatureCount) DataErrors.ThrowFeatureLength(Name, FeatureCount, features.Length);
        return ArrayPool<float>.Shared.Rent(2 * _largest);
    }

    /// <summary>Runs the transforms on the sample that begins the buffer, to and fro between its halves; the last one writes to the features.</summary>
    protected void Apply(int index, float[] buffer, Span<float> features)
    {
        SplitMix64 random = SplitMix64.ForEpoch(_seed ^ ((ulong)(uint)index << 32), _epoch);
        Span<float> now = buffer.AsSpan(0, _source.FeatureCount);
        for (int i = 0; i < _transforms.Length; i++)
        {
            bool last = i == _transforms.Length - 1, even = i % 2 == 0;
            Span<float> next = last ? features : buffer.AsSpan(even ? _largest : 0, (int)SampleSource.Product(_shapes[i + 1]));
            _transforms[i].Apply(_shapes[i], now, next, random.Next());
            now = next;
        }
    }
}
