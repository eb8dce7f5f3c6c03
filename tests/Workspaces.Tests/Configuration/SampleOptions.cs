using System.ComponentModel.DataAnnotations;
using Workspaces.Memory;

namespace Workspaces.Tests.Configuration;

/// <summary>One property of every kind that the binder knows.</summary>
public sealed record SampleOptions : IValidatableObject
{
    public string Title { get; init; } = "none";

    public string? Note { get; init; } = "note";

    [Range(1, 10)]
    public int Count { get; init; } = 3;

    public int? Limit { get; init; } = 7;

    public long Big { get; init; }

    public float Rate { get; init; } = 0.5f;

    public double Decay { get; init; }

    public bool Flag { get; set; }

    public MirroringPolicy Mirror { get; init; }

    [SizeInBytes]
    public long Cap { get; init; }

    public ByteSize Buffer { get; init; }

    public int[] Shape { get; init; } = [1];

    public IReadOnlyList<string> Labels { get; init; } = [];

    [SizeInBytes]
    public IReadOnlyDictionary<string, long> Quotas { get; init; } = new Dictionary<string, long>();

    public InnerOptions Inner { get; init; } = new();

    public InnerOptions? Optional { get; init; }

    public int Computed => Count * 2;

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (Rate > Decay + 1) yield return new ValidationResult("Rate may be at most 1 above Decay.", [nameof(Rate)]);
    }
}
