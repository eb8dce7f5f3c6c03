using System.Text.Json;
using System.Text.Json.Serialization;

namespace Workspaces.Tests.Golden;

/// <summary>Reads the fixtures that tests/golden/make_golden.py writes; unknown or missing members are errors.</summary>
public sealed record GoldenFile(string Torch, GoldenCase[] Cases)
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        RespectRequiredConstructorParameters = true,
        RespectNullableAnnotations = true,
    };

    /// <summary>The files of operations, without extension; <see cref="LoadTraining"/> reads the other one.</summary>
    public static string[] OperationFiles => ["binary", "matmul", "reduce", "softmax", "unary", "views"];

    /// <summary>Reads a file of operations, for example "binary".</summary>
    public static GoldenFile Load(string file) => Read<GoldenFile>(file);

    /// <summary>All cases of one operation, for <c>MemberData</c>.</summary>
    public static TheoryData<GoldenCase> CasesOf(string file, string op) =>
        [.. Load(file).Cases.Where(golden => golden.Op == op)];

    /// <summary>Reads mlp_sgd: 20 steps of five optimizers.</summary>
    public static GoldenTraining LoadTraining() => Read<GoldenTraining>("mlp_sgd");

    private static T Read<T>(string file)
    {
        using var stream = File.OpenRead(Path.Combine(AppContext.BaseDirectory, "golden", file + ".json"));
        return JsonSerializer.Deserialize<T>(stream, Json) ?? throw new InvalidDataException($"{file}.json holds null");
    }
}
