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

    public InitializerOptions? Initializer { get; init; }

    public InitializerOptions? BiasInitializer { get; init; }
}

/// <summary>Options of dropout.</summary>
internal sealed record DropoutOptions
{
    [Range(0.0, 1.0)]
    public double Probability { get; init; } = 0.5;
}
