using System.Text.Json;
using System.Text.Json.Serialization;

namespace Workspaces.Tests.Optim;

/// <summary>What tests/golden/make_optimizers.py writes; missing members are errors.</summary>
public sealed record OptimizerGolden(
    string Torch, double[] Start, double[][] Gradients, double[][] Groups, OptimizerGolden.Run[] Runs, OptimizerGolden.Curve[] Schedules,
    OptimizerGolden.Plateau[] Plateaus, OptimizerGolden.Clip[] Clips)
{
    /// <summary>The first elements, those of the first parameter.</summary>
    public const int Split = 11;

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        RespectRequiredConstructorParameters = true,
    };

    internal static OptimizerGolden File { get; } = Load();

    private static OptimizerGolden Load()
    {
        using FileStream stream = System.IO.File.OpenRead(Path.Combine(AppContext.BaseDirectory, "golden", "optimizers.json"));
        return JsonSerializer.Deserialize<OptimizerGolden>(stream, Json)!;
    }

    internal static double Option(Dictionary<string, JsonElement> options, string name, double otherwise = 0) =>
        options.TryGetValue(name, out JsonElement value) ? value.GetDouble() : otherwise;

    internal static bool Flag(Dictionary<string, JsonElement> options, string name) => options.TryGetValue(name, out JsonElement value) && value.GetBoolean();

    public sealed record Run(string Name, Dictionary<string, JsonElement> Options, double[][] Values);

    public sealed record Curve(string Name, Dictionary<string, JsonElement> Options, double[] Rates);

    public sealed record Plateau(string Name, Dictionary<string, JsonElement> Options, double[] Metrics, double[] Rates);

    public sealed record Clip(string Name, double Limit, double[] Gradient, double Norm, double[] Clipped);
}
