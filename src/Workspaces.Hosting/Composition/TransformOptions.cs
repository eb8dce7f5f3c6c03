using System.ComponentModel.DataAnnotations;

namespace Workspaces.Hosting.Composition;

/// <summary>Options of a normalisation by given numbers.</summary>
internal sealed record NormalizeOptions
{
    [Required]
    public double[]? Mean { get; init; }

    [Required]
    public double[]? Deviation { get; init; }
}

/// <summary>Options of a feature that becomes several.</summary>
internal sealed record OneHotOptions
{
    [Range(0, int.MaxValue)]
    public int Column { get; init; }

    [Range(1, 1 << 16)]
    public int Values { get; init; }
}

/// <summary>Options of windows at random places.</summary>
internal sealed record CropOptions
{
    [Range(1, 1 << 15)]
    public int Rows { get; init; }

    [Range(1, 1 << 15)]
    public int Columns { get; init; }

    [Range(0, 1 << 15)]
    public int Padding { get; init; }
}

/// <summary>Options of mirroring by chance.</summary>
internal sealed record FlipOptions
{
    [Range(0.0, 1.0)]
    public double Probability { get; init; } = 0.5;

    public bool Vertical { get; init; }
}
