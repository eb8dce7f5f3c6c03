using System.ComponentModel.DataAnnotations;
using Workspaces.Ops;

namespace Workspaces.Hosting.Composition;

/// <summary>What every loss can be told.</summary>
internal record LossOptions
{
    [AllowedValues(LossReduction.Mean, LossReduction.Sum, LossReduction.BatchMean)]
    public virtual LossReduction Reduction { get; init; } = LossReduction.Mean;
}

/// <summary>Options of losses of class labels.</summary>
internal record LabelLossOptions
{
    [AllowedValues(LossReduction.Mean, LossReduction.Sum)]
    public LossReduction Reduction { get; init; } = LossReduction.Mean;

    public double[] Weights { get; init; } = [];

    public long IgnoreIndex { get; init; } = -100;

    [Range(-8, 7)]
    public int ClassAxis { get; init; } = -1;
}

/// <summary>Options of the cross-entropy.</summary>
internal sealed record CrossEntropyOptions : LabelLossOptions
{
    [Range(0.0, 1.0)]
    public double LabelSmoothing { get; init; }
}

/// <summary>Options of the Huber loss.</summary>
internal sealed record HuberOptions : LossOptions
{
    [Range(0.0, 1e6)]
    public double Delta { get; init; } = 1;
}

/// <summary>Options of the smooth absolute error.</summary>
internal sealed record SmoothL1Options : LossOptions
{
    [Range(0.0, 1e6)]
    public double Beta { get; init; } = 1;
}

/// <summary>Options of the binary cross-entropy.</summary>
internal sealed record BinaryLossOptions : LossOptions
{
    public double[] PositiveWeights { get; init; } = [];
}

/// <summary>Options of the Kullback-Leibler divergence.</summary>
internal sealed record DivergenceOptions : LossOptions
{
    public override LossReduction Reduction { get; init; } = LossReduction.BatchMean;

    public bool LogTarget { get; init; }
}
