using MathNet.Numerics.Distributions;
using Workspaces.Tensors;

namespace Workspaces.NN.Init;

/// <summary>The same value everywhere.</summary>
public sealed record Constant : Initializer
{
    private readonly double _value;

    /// <summary>Makes the initialiser.</summary>
    /// <param name="value">The value; finite.</param>
    /// <exception cref="ArgumentOutOfRangeException">Not finite.</exception>
    public Constant(double value) => _value = NNErrors.Finite(value, nameof(Constant), nameof(value));

    private protected override double Value => _value;

    private protected override IContinuousDistribution? Distribution(in Shape shape, System.Random random) => null;
}
