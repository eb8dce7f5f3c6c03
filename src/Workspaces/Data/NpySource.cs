using Workspaces.IO;

namespace Workspaces.Data;

/// <summary>Samples of a <c>.npy</c> file, read when they are asked for; labels or targets in arrays.</summary>
internal sealed class NpySource(string name, RegularFile file, NpyHeader header, long[] featureShape, long[]? labels, float[]? targets)
    : SampleSource(name, (int)header.Shape[0], featureShape)
{
    internal override void Copy(int index, Span<float> features, Span<float> goals, out long label)
    {
        var part = new FilePart(file, header.DataOffset + ((long)index * FeatureCount * header.Type.SizeInBytes));
        StoredElements.Fill(ref part, header.Name, header.Type, header.IsBigEndian, features);
        label = labels is null ? 0 : labels[index];
        targets?.AsSpan(index * goals.Length, goals.Length).CopyTo(goals);
    }

    public override void Dispose() => file.Dispose();
}
