using System.Numerics;

namespace Workspaces.Data;

/// <summary>
/// Turns bytes into features: <c>(pixel / 255 − Mean) / StandardDeviation</c>, in f32 and in this order, so that the result is
/// the same bit for bit on every machine and equals the usual "to [0, 1], then normalise" of image pipelines.
/// </summary>
public sealed record PixelScaling
{
    /// <summary>Pixels to [0, 1].</summary>
    public static PixelScaling Unit { get; } = new(0f, 1f);

    /// <summary>
    /// Pixels to about mean 0 and standard deviation 1 with MNIST's customary figures 0.1307 and 0.3081, which are those of
    /// the 60,000 training images after scaling to [0, 1].
    /// </summary>
    public static PixelScaling Mnist { get; } = new(0.1307f, 0.3081f);

    /// <summary>Makes a scaling.</summary>
    /// <param name="mean">Subtracted after scaling to [0, 1]; finite.</param>
    /// <param name="standardDeviation">Divides what is left; finite and above 0.</param>
    /// <exception cref="ArgumentOutOfRangeException">A value is not finite, or the deviation is not positive.</exception>
    public PixelScaling(float mean, float standardDeviation)
    {
        if (!float.IsFinite(mean))
            DataErrors.ThrowScaling(nameof(mean), mean, "a finite number");
        if (!float.IsFinite(standardDeviation) || standardDeviation <= 0f)
            DataErrors.ThrowScaling(nameof(standardDeviation), standardDeviation, "a finite number above 0");
        Mean = mean;
        StandardDeviation = standardDeviation;
    }

    /// <summary>Subtracted after scaling to [0, 1].</summary>
    public float Mean { get; }

    /// <summary>Divides what is left.</summary>
    public float StandardDeviation { get; }

    /// <summary>Scales <paramref name="pixels"/> into <paramref name="features"/>.</summary>
    /// <param name="pixels">The raw bytes.</param>
    /// <param name="features">Receives as many values; must have the same length.</param>
    /// <exception cref="ArgumentException">The lengths differ.</exception>
    public void Apply(ReadOnlySpan<byte> pixels, Span<float> features)
    {
        if (pixels.Length != features.Length)
            DataErrors.ThrowFeatureLength("PixelScaling.Apply", pixels.Length, features.Length);
        var i = 0;
        for (; i <= pixels.Length - Vector<byte>.Count; i += Vector<byte>.Count)
        {
            Vector.Widen(new Vector<byte>(pixels[i..]), out var low, out var high);
            Store(low, features[i..]);
            Store(high, features[(i + Vector<ushort>.Count)..]);
        }
        for (; i < pixels.Length; i++)
            features[i] = ((pixels[i] / 255f) - Mean) / StandardDeviation;
    }

    private void Store(Vector<ushort> pixels, Span<float> features)
    {
        Vector.Widen(pixels, out var low, out var high);
        Scale(low).CopyTo(features);
        Scale(high).CopyTo(features[Vector<float>.Count..]);
    }

    // Divisions, not multiplications by an inverse: vector and scalar code round alike.
    private Vector<float> Scale(Vector<uint> pixels) =>
        ((Vector.ConvertToSingle(Vector.AsVectorInt32(pixels)) / new Vector<float>(255f)) - new Vector<float>(Mean))
        / new Vector<float>(StandardDeviation);
}
