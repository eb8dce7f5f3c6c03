using System.ComponentModel.DataAnnotations;
using Workspaces.Ops;

namespace Workspaces.Hosting.Composition;

/// <summary>Options of GELU.</summary>
internal sealed record GeluOptions
{
    public GeluApproximation Approximation { get; init; }
}

/// <summary>Options of ELU.</summary>
internal sealed record EluOptions
{
    [Range(0.0, 1e6)]
    public double Alpha { get; init; } = 1;
}

/// <summary>Options of the leaky ReLU.</summary>
internal sealed record LeakyReluOptions
{
    [Range(0.0, 1e6)]
    public double Slope { get; init; } = 0.01;
}

/// <summary>Options of softplus.</summary>
internal sealed record SoftplusOptions
{
    [Range(0.0, 1e6)]
    public double Beta { get; init; } = 1;

    [Range(-1e6, 1e6)]
    public double Threshold { get; init; } = 20;
}

/// <summary>Options of the hard tanh.</summary>
internal sealed record HardTanhOptions
{
    [Range(-1e6, 1e6)]
    public double Low { get; init; } = -1;

    [Range(-1e6, 1e6)]
    public double High { get; init; } = 1;
}

/// <summary>Options of layers along one axis.</summary>
internal sealed record AxisOptions
{
    [Range(-8, 7)]
    public int Axis { get; init; } = -1;
}
