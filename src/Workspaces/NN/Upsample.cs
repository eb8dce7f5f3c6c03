using System.Globalization;
using Workspaces.Memory;
using Workspaces.Ops;
using Workspaces.Tensors;

namespace Workspaces.NN;

/// <summary>Brings the planes of [n, channels, height, width] to another size.</summary>
public sealed class Upsample : Module
{
    /// <summary>Makes the layer; either a size or a factor.</summary>
    /// <param name="size">Height and width of the result, at least 1.</param>
    /// <param name="scaleFactor">By which both are multiplied and then rounded down; above 0.</param>
    /// <param name="mode">Nearest or linear.</param>
    /// <param name="alignCorners">Linear only: corner elements keep their values.</param>
    /// <exception cref="ArgumentException">Both or none of size and factor, a number out of range, or corners aligned with the nearest element.</exception>
    public Upsample(Size2? size = null, double? scaleFactor = null, UpsampleMode mode = UpsampleMode.Nearest, bool alignCorners = false)
    {
        if (size is null == scaleFactor is null)
            throw new ArgumentException(WorkspaceException.Compose(
                "choose a size", nameof(Upsample), size is null ? "neither size nor scaleFactor is given" : "both size and scaleFactor are given", "give one of them"));
        if (alignCorners && mode == UpsampleMode.Nearest)
            throw new ArgumentException(WorkspaceException.Compose(
                "align corners", nameof(Upsample), "the nearest element has no corners to align", "use UpsampleMode.Bilinear, or leave alignCorners out"));
        if (size is { } given) NNErrors.Positive(Math.Min(given.Height, given.Width), nameof(Upsample), nameof(size));
        if (scaleFactor is { } factor && !(factor > 0 && double.IsFinite(factor)))
            throw new ArgumentOutOfRangeException(nameof(scaleFactor), WorkspaceException.Compose(
                string.Create(CultureInfo.InvariantCulture, $"use scaleFactor = {factor}"), nameof(Upsample), "it must be finite and above 0", "give a number in range"));
        Size = size;
        ScaleFactor = scaleFactor;
        Mode = mode;
        AlignCorners = alignCorners;
    }

    /// <summary>Height and width of the result, or null.</summary>
    public Size2? Size { get; }

    /// <summary>By which both are multiplied, or null.</summary>
    public double? ScaleFactor { get; }

    /// <summary>Nearest or linear.</summary>
    public UpsampleMode Mode { get; }

    /// <summary>Whether corner elements keep their values.</summary>
    public bool AlignCorners { get; }

    /// <summary>Resamples.</summary>
    /// <param name="input">[n, channels, height, width].</param>
    /// <returns>[n, channels, height', width'].</returns>
    /// <exception cref="ShapeException">The input has other axes, or no elements.</exception>
    /// <exception cref="ArgumentException">Not a float type.</exception>
    public override Tensor Forward(Tensor input)
    {
        if (Size is { } size) return input.Upsample(size, Mode, AlignCorners);
        double factor = ScaleFactor ?? 1;
        bool isPlane = input.Rank == 4;
        Size2 scaled = isPlane ? (Scaled(input.Shape[2], factor), Scaled(input.Shape[3], factor)) : 1;
        return input.Upsample(scaled, Mode, AlignCorners);
    }

    /// <inheritdoc/>
    protected internal override string Describe() => string.Create(
        CultureInfo.InvariantCulture, $"Upsample({(Size is { } size ? $"to {size}" : $"by {ScaleFactor}")}, {(Mode == UpsampleMode.Nearest ? "nearest" : "linear")})");

    private static int Scaled(long size, double factor) => (int)Math.Min(int.MaxValue, Math.Floor(size * factor));
}
