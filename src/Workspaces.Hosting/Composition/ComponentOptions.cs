using System.ComponentModel.DataAnnotations;

namespace Workspaces.Hosting.Composition;

/// <summary>Options of a component that has none.</summary>
internal sealed record NoOptions;

/// <summary>Options of a linear layer.</summary>
internal sealed record LinearOptions
{
    [Range(1L, 1L << 40)]
    public long InFeatures { get; init; }

    [Range(1L, 1L << 40)]
    public long OutFeatures { get; init; }

    public bool Bias { get; init; } = true;
}

/// <summary>Options of dropout.</summary>
internal sealed record DropoutOptions
{
    [Range(0.0, 1.0)]
    public double Probability { get; init; } = 0.5;
}

/// <summary>Options of stochastic gradient descent.</summary>
internal sealed record SgdOptions
{
    [Range(0.0, 1e6)]
    public double LearningRate { get; init; } = 0.01;

    [Range(0.0, 1.0)]
    public double Momentum { get; init; }

    [Range(0.0, 1e6)]
    public double WeightDecay { get; init; }

    public bool Nesterov { get; init; }
}

/// <summary>Options of Adam.</summary>
internal record AdamOptions
{
    [Range(0.0, 1e6)]
    public double LearningRate { get; init; } = 0.001;

    [Range(0.0, 1.0)]
    public double Beta1 { get; init; } = 0.9;

    [Range(0.0, 1.0)]
    public double Beta2 { get; init; } = 0.999;

    [Range(0.0, 1.0)]
    public double Epsilon { get; init; } = 1e-8;

    [Range(0.0, 1e6)]
    public virtual double WeightDecay { get; init; }
}

/// <summary>Options of AdamW, which decays weights by 0.01 unless told otherwise.</summary>
internal sealed record AdamWOptions : AdamOptions
{
    [Range(0.0, 1e6)]
    public override double WeightDecay { get; init; } = 0.01;
}
