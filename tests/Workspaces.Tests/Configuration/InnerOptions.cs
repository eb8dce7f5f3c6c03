using System.ComponentModel.DataAnnotations;

namespace Workspaces.Tests.Configuration;

/// <summary>Options inside of others.</summary>
public sealed class InnerOptions
{
    [Range(0.0, 1.0)]
    public double Momentum { get; set; } = 0.9;

    [MinLength(2)]
    public string Code { get; set; } = "ab";
}
