namespace Workspaces.Seams;

/// <summary>How a <see cref="TokenGenerator"/> chooses the next token.</summary>
public sealed record TokenChoice
{
    /// <summary>
    /// Logits are divided by it before the softmax: below 1 likely tokens become likelier, above 1 the choice is more even. With 0 always the likeliest token
    /// is taken, the first one of several. At least 0 and finite. Default 1.
    /// </summary>
    public double Temperature { get; init; } = 1;

    /// <summary>Only so many of the likeliest tokens are drawn from. Default 0: all.</summary>
    public int TopK { get; init; }

    /// <summary>Seed of the draws. Default 1.</summary>
    public ulong Seed { get; init; } = 1;
}
