using MathNet.Numerics.Distributions;
using Workspaces.Tensors;

namespace Workspaces.NN.Init;

/// <summary>
/// Normal with standard deviation gain · √(2 / (fan-in + fan-out)),
/// a balance of activations and gradients (Glorot and Bengio 2010). Weights are [out, in, kernel…].
/// </summary>
public sealed record XavierNormal : Initializer
{
    /// <summary>Makes the initialiser.</summary>
    /// <param name="gain">
    /// Factor that fits the activation that follows: 1 for sigmoid and none, 5/3 for tanh; finite, at least 0.
    /// </param>
    /// <exception cref="ArgumentOutOfRangeException">The gain is out of range.</exception>
    public XavierNormal(double gain = 1) => Gain = NNErrors.AtLeast(gain, 0, nameof(XavierNormal), nameof(gain));

    /// <summary>Factor that fits the activation that follows.</summary>
    public double Gain { get; }

    private protected override IContinuousDistribution Distribution(in Shape shape, System.Random random)
    {
        double deviation = Gain * Math.Sqrt(2.0 / (FanIn(shape) + FanOut(shape)));
        return new MathNet.Numerics.Distributions.Normal(0, deviation, random);
    }
}
