namespace Workspaces.Data;

/// <summary>Where the samples of <see cref="LabeledSamples"/> and <see cref="TargetSamples"/> come from. Reading is safe from several threads and makes no garbage.</summary>
/// <param name="name">What messages call it.</param>
/// <param name="count">Samples.</param>
/// <param name="featureShape">Shape of one sample.</param>
internal abstract class SampleSource(string name, int count, long[] featureShape) : IDisposable
{
    internal string Name => name;

    internal int Count => count;

    internal long[] FeatureShape => featureShape;

    /// <summary>How the features were written; null when they are not from CSV.</summary>
    internal CsvForm? Form { get; init; }

    internal int FeatureCount { get; } = (int)Product(featureShape);

    /// <summary>Copies a sample whose number and lengths were checked: into targets, or where there are none into the label.</summary>
    internal abstract void Copy(int index, Span<float> features, Span<float> targets, out long label);

    /// <summary>Closes the file, if there is one.</summary>
    public abstract void Dispose();

    /// <summary>Elements of a sample; refuses what no span holds.</summary>
    internal static long Product(ReadOnlySpan<long> shape)
    {
        long product = 1;
        foreach (long size in shape)
        {
            if (size < 1 || product > int.MaxValue / size) DataErrors.ThrowSampleShape(shape);
            product *= size;
        }

        return product;
    }
}
