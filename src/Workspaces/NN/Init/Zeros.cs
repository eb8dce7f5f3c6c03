using MathNet.Numerics.Distributions;
using Workspaces.Tensors;

namespace Workspaces.NN.Init;

/// <summary>0 everywhere.</summary>
public sealed record Zeros : Initializer
{
    private protected override IContinuousDistribution? Distribution(in Shape shape, System.Random random) => null;
}
