using System.ComponentModel.DataAnnotations;

namespace Workspaces.Hosting.Configuration;

/// <summary>The section <c>Training:EarlyStopping</c>.</summary>
public sealed record EarlyStoppingOptions
{
    /// <summary>Validations without progress that are waited for. Default 5.</summary>
    [Range(1, 1_000_000)]
    public int Patience { get; init; } = 5;

    /// <summary>A change that is not larger is no progress. Default 0.</summary>
    [Range(0.0, double.MaxValue)]
    public double MinDelta { get; init; }
}
