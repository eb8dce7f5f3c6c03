using MathNet.Numerics.Distributions;
using Workspaces.Tensors;

namespace Workspaces.NN.Init;

/// <summary>Uniform between two bounds.</summary>
public sealed record Uniform : Initializer
{
    /// <summary>Makes the initialiser.</summary>
    /// <param name="lower">Least value; finite.</param>
    /// <param name="upper">Greatest value; finite, at least <paramref name="lower"/>.</param>
    /// <exception cref="ArgumentOutOfRangeException">A bound is not finite, or they are the wrong way round.</exception>
    public Uniform(double lower, double upper)
    {
        Lower = NNErrors.Finite(lower, nameof(Uniform), nameof(lower));
        Upper = NNErrors.AtLeast(upper, lower, nameof(Uniform), nameof(upper));
    }

    /// <summary>Least value.</summary>
    public double Lower { get; }

    /// <summary>Greatest value.</summary>
    public double Upper { get; }

    private protected override IContinuousDistribution Distribution(in Shape shape, System.Random random) =>
        new ContinuousUniform(Lower, Upper, random);
}
