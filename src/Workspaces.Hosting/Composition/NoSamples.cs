using Workspaces.Data;
using Workspaces.Memory;

namespace Workspaces.Hosting.Composition;

/// <summary>Training data of which only the shape is known, for transforms that are made again where the data is not.</summary>
internal sealed class NoSamples(string name, long[] shape) : IDataSet
{
    public string Name => name;

    /// <summary>One, so that who reads all samples is told that there are none.</summary>
    public int Count => 1;

    public ReadOnlySpan<long> FeatureShape => shape;

    public int FeatureCount => (int)shape.Aggregate(1L, static (product, size) => product * size);

    public int ClassCount => 1;

    public void CopySample(int index, Span<float> features, out long label) => throw new InvalidDataException(WorkspaceException.Compose(
        $"read sample {index} of the training data", name, "it is not here: this transform is made again from a checkpoint",
        "let its factory return a Normalize, whose numbers checkpoints keep, or give samples that are prepared already"));
}
