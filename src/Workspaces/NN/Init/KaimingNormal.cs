using MathNet.Numerics.Distributions;
using Workspaces.Tensors;

namespace Workspaces.NN.Init;

/// <summary>
/// Normal with standard deviation gain / √fan-in,
/// which keeps the variance of activations (He, Zhang, Ren and Sun 2015). Weights are [out, in, kernel…].
/// </summary>
public sealed record KaimingNormal : Initializer
{
    /// <summary>Makes the initialiser.</summary>
    /// <param name="gain">
    /// Factor that fits the activation that follows: √2 for ReLU, 1 for none, 1/√3 for the default of PyTorch's Linear; finite, at least 0.
    /// </param>
    /// <exception cref="ArgumentOutOfRangeException">The gain is out of range.</exception>
    public KaimingNormal(double gain = 1.4142135623730951) => Gain = NNErrors.AtLeast(gain, 0, nameof(KaimingNormal), nameof(gain));

    /// <summary>Factor that fits the activation that follows.</summary>
    public double Gain { get; }

    private protected override IContinuousDistribution Distribution(in Shape shape, System.Random random)
    {
        double deviation = Gain / Math.Sqrt(FanIn(shape));
        return new MathNet.Numerics.Distributions.Normal(0, deviation, random);
    }
}
