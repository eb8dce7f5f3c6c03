using System.Globalization;
using Workspaces.Ops;
using Workspaces.Tensors;

namespace Workspaces.NN;

/// <summary>x above 0, slope · x below, elementwise.</summary>
/// <param name="slope">0 or more.</param>
public sealed class LeakyReLU(double slope = 0.01) : Module
{
    /// <summary>The slope below 0.</summary>
    public double Slope { get; } = NNErrors.AtLeast(slope, 0, nameof(LeakyReLU), nameof(slope));

    /// <summary>Computes it.</summary>
    /// <param name="input">Any shape of a float type.</param>
    /// <returns>A new tensor of the same shape.</returns>
    public override Tensor Forward(Tensor input) => input.LeakyRelu(Slope);

    /// <inheritdoc/>
    protected internal override string Describe() => string.Create(CultureInfo.InvariantCulture, $"LeakyReLU({Slope})");
}
