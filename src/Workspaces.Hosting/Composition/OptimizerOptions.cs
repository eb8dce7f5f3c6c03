using System.ComponentModel.DataAnnotations;

namespace Workspaces.Hosting.Composition;

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

    [Range(0.0, 1.0)]
    public double Dampening { get; init; }
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

    public bool AmsGrad { get; init; }
}

/// <summary>Options of AdamW, which decays weights by 0.01 unless told otherwise.</summary>
internal sealed record AdamWOptions : AdamOptions
{
    [Range(0.0, 1e6)]
    public override double WeightDecay { get; init; } = 0.01;
}

/// <summary>Options of RMSprop.</summary>
internal sealed record RmsPropOptions
{
    [Range(0.0, 1e6)]
    public double LearningRate { get; init; } = 0.01;

    [Range(0.0, 1.0)]
    public double Alpha { get; init; } = 0.99;

    [Range(0.0, 1.0)]
    public double Epsilon { get; init; } = 1e-8;

    [Range(0.0, 1e6)]
    public double WeightDecay { get; init; }

    [Range(0.0, 1.0)]
    public double Momentum { get; init; }

    public bool Centered { get; init; }
}

/// <summary>Options of Adagrad.</summary>
internal sealed record AdagradOptions
{
    [Range(0.0, 1e6)]
    public double LearningRate { get; init; } = 0.01;

    [Range(0.0, 1e6)]
    public double LearningRateDecay { get; init; }

    [Range(0.0, 1e6)]
    public double WeightDecay { get; init; }

    [Range(0.0, 1e6)]
    public double InitialAccumulator { get; init; }

    [Range(0.0, 1.0)]
    public double Epsilon { get; init; } = 1e-10;
}

/// <summary>Options of Lion.</summary>
internal sealed record LionOptions
{
    [Range(0.0, 1e6)]
    public double LearningRate { get; init; } = 1e-4;

    [Range(0.0, 1.0)]
    public double Beta1 { get; init; } = 0.9;

    [Range(0.0, 1.0)]
    public double Beta2 { get; init; } = 0.99;

    [Range(0.0, 1e6)]
    public double WeightDecay { get; init; }
}

/// <summary>One element of <c>Optimizer:Groups</c>: which parameters, and their own numbers.</summary>
internal sealed record GroupOptions : IValidatableObject
{
    /// <summary>Names of parameters, with * for any part of them.</summary>
    public string? Parameters { get; init; }

    /// <summary>Parameters of at most so many dimensions: 1 for biases and the weights of norms.</summary>
    [Range(0, 8)]
    public int? MaxRank { get; init; }

    [Range(0.0, 1e6)]
    public double? LearningRate { get; init; }

    [Range(0.0, 1e6)]
    public double? WeightDecay { get; init; }

    [Range(0.0, 1.0)]
    public double? Momentum { get; init; }

    [Range(0.0, 1.0)]
    public double? Dampening { get; init; }

    [Range(0.0, 1.0)]
    public double? Beta1 { get; init; }

    [Range(0.0, 1.0)]
    public double? Beta2 { get; init; }

    [Range(0.0, 1.0)]
    public double? Alpha { get; init; }

    [Range(0.0, 1.0)]
    public double? Epsilon { get; init; }

    [Range(0.0, 1e6)]
    public double? LearningRateDecay { get; init; }

    /// <summary>Numbers that only some optimizers have.</summary>
    internal Dictionary<string, double> Numbers()
    {
        (string Name, double? Value)[] all =
        [
            (nameof(Momentum), Momentum), (nameof(Dampening), Dampening), (nameof(Beta1), Beta1), (nameof(Beta2), Beta2), (nameof(Alpha), Alpha),
            (nameof(Epsilon), Epsilon), (nameof(LearningRateDecay), LearningRateDecay),
        ];
        return all.Where(static number => number.Value is not null).ToDictionary(static number => number.Name, static number => number.Value!.Value);
    }

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (Parameters is null && MaxRank is null) yield return new ValidationResult("nothing says which parameters; write Parameters (e.g. *.bias) or MaxRank");
        if (LearningRate is null && WeightDecay is null && Numbers().Count == 0)
            yield return new ValidationResult("the group has no numbers of its own; write LearningRate or WeightDecay, or another number of the optimizer");
    }
}
