using MathNet.Numerics.Distributions;
using Workspaces.Tensors;

namespace Workspaces.NN.Init;

/// <summary>Normally distributed.</summary>
public sealed record Normal : Initializer
{
    /// <summary>Makes the initialiser.</summary>
    /// <param name="mean">Mean; finite.</param>
    /// <param name="standardDeviation">Standard deviation; finite, at least 0.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is out of range.</exception>
    public Normal(double mean = 0, double standardDeviation = 1)
    {
        Mean = NNErrors.Finite(mean, nameof(Normal), nameof(mean));
        StandardDeviation = NNErrors.AtLeast(standardDeviation, 0, nameof(Normal), nameof(standardDeviation));
    }

    /// <summary>The mean.</summary>
    public double Mean { get; }

    /// <summary>The standard deviation.</summary>
    public double StandardDeviation { get; }

    private protected override IContinuousDistribution Distribution(in Shape shape, System.Random random) =>
        new MathNet.Numerics.Distributions.Normal(Mean, StandardDeviation, random);
}
