using System.ComponentModel.DataAnnotations;
using Workspaces.NN.Init;

namespace Workspaces.Hosting.Composition;

/// <summary>How the first values of a parameter are drawn; each <c>Type</c> has keys of its own.</summary>
internal sealed record InitializerOptions : IValidatableObject
{
    [Required]
    public InitializerKind? Type { get; init; }

    [Range(0.0, 1e6)]
    public double? Gain { get; init; }

    [Range(-1e6, 1e6)]
    public double? Mean { get; init; }

    [Range(0.0, 1e6)]
    public double? StandardDeviation { get; init; }

    [Range(-1e6, 1e6)]
    public double? Lower { get; init; }

    [Range(-1e6, 1e6)]
    public double? Upper { get; init; }

    [Range(-1e6, 1e6)]
    public double? Value { get; init; }

    /// <summary>The initialiser.</summary>
    /// <exception cref="ArgumentException">The bounds cross.</exception>
    internal Initializer Make() => Type switch
    {
        InitializerKind.Constant => new Constant(Value ?? 0),
        InitializerKind.KaimingNormal => Gain is { } gain ? new KaimingNormal(gain) : new KaimingNormal(),
        InitializerKind.KaimingUniform => Gain is { } gain ? new KaimingUniform(gain) : new KaimingUniform(),
        InitializerKind.Normal => new Normal(Mean ?? 0, StandardDeviation ?? 1),
        InitializerKind.Orthogonal => new Orthogonal(Gain ?? 1),
        InitializerKind.Uniform => new Uniform(Lower ?? 0, Upper ?? 1),
        InitializerKind.XavierNormal => new XavierNormal(Gain ?? 1),
        InitializerKind.XavierUniform => new XavierUniform(Gain ?? 1),
        _ => new Zeros(),
    };

    /// <summary>Keys of another type would be read by nobody.</summary>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (Type is not { } type) yield break;
        string[] own = type switch
        {
            InitializerKind.Constant => [nameof(Value)],
            InitializerKind.Normal => [nameof(Mean), nameof(StandardDeviation)],
            InitializerKind.Uniform => [nameof(Lower), nameof(Upper)],
            InitializerKind.Zeros => [],
            _ => [nameof(Gain)],
        };
        (string Key, double? Number)[] written =
        [
            (nameof(Gain), Gain), (nameof(Mean), Mean), (nameof(StandardDeviation), StandardDeviation), (nameof(Lower), Lower), (nameof(Upper), Upper),
            (nameof(Value), Value),
        ];
        string known = own.Length == 0 ? "no keys" : string.Join(" and ", own);
        foreach ((string key, double? number) in written)
        {
            if (number is not null && !own.Contains(key)) yield return new ValidationResult($"{type} has {known}", [key]);
        }
    }
}
