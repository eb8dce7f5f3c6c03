using MathNet.Numerics.Distributions;
using MathNet.Numerics.Random;
using Workspaces.Tensors;

namespace Workspaces.Cli.Bench;

/// <summary>Inputs of measured models: standard normal values and uniform labels from a seed, made in the ambient pass.</summary>
internal static class SyntheticData
{
    internal static Tensor Normal(Shape shape, int seed)
    {
        var values = new double[shape.Length];
        MathNet.Numerics.Distributions.Normal.Samples(new MersenneTwister(seed), values, 0, 1);
        return Tensor.From<float>(Array.ConvertAll(values, static value => (float)value), shape);
    }

    /// <summary>Class numbers or tokens, int64, from 0 to <paramref name="classes"/> - 1.</summary>
    internal static Tensor Labels(Shape shape, int classes, int seed)
    {
        var labels = new int[shape.Length];
        DiscreteUniform.Samples(new MersenneTwister(seed), labels, 0, classes - 1);
        return Tensor.From<long>(Array.ConvertAll(labels, static label => (long)label), shape);
    }
}
