using System.ComponentModel.DataAnnotations;

/// <summary>The section "Service" of the run file.</summary>
internal sealed record ServiceOptions
{
    /// <summary>0 for any free one.</summary>
    [Range(0, 65_535)]
    public int Port { get; init; } = 5080;

    /// <summary>Where the weights are kept, relative to the run file; none to train at every start.</summary>
    public string? Weights { get; init; }
}
