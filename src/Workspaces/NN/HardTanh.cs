using System.Globalization;
using Workspaces.Ops;
using Workspaces.Tensors;

namespace Workspaces.NN;

/// <summary>x brought between two bounds, elementwise.</summary>
/// <param name="low">The lower bound.</param>
/// <param name="high">The upper bound, above the lower one.</param>
public sealed class HardTanh(double low = -1, double high = 1) : Module
{
    /// <summary>The lower bound.</summary>
    public double Low { get; } = NumberChecks.Below(low, high, nameof(HardTanh), nameof(low));

    /// <summary>The upper bound.</summary>
    public double High { get; } = high;

    /// <summary>Computes it.</summary>
    /// <param name="input">Any shape of a float type.</param>
    /// <returns>A new tensor of the same shape.</returns>
    public override Tensor Forward(Tensor input) => input.HardTanh(Low, High);

    /// <inheritdoc/>
    protected internal override string Describe() => string.Create(CultureInfo.InvariantCulture, $"HardTanh({Low} to {High})");
}
