using Workspaces.Data;

namespace Workspaces.Tests.Data;

/// <summary>Samples of shape [2, 2] that hold their own number, with class number mod 3; some may be broken.</summary>
internal sealed class Countdown(int count) : IDataSet
{
    private readonly long[] _shape = [2, 2];

    public string Name => "countdown";

    public int Count => count;

    public ReadOnlySpan<long> FeatureShape => _shape;

    public int FeatureCount { get; init; } = 4;

    public int ClassCount => 3;

    /// <summary>The sample that cannot be read, or -1.</summary>
    public int Broken { get; set; } = -1;

    /// <summary>The sample whose class is out of range, or -1.</summary>
    public int Mislabelled { get; set; } = -1;

    public void CopySample(int index, Span<float> features, out long label)
    {
        if (index == Broken) throw new IOException("the disk is gone");
        features.Fill(index);
        label = index == Mislabelled ? 3 : index % 3;
    }
}
