using System.Text.Json;

namespace Workspaces.Tests.Golden;

/// <summary>One call of an operation in PyTorch: inputs, attributes, output, and where they exist gradients.</summary>
public sealed record GoldenCase(
    string Name,
    string Op,
    GoldenTensor[] Inputs,
    Dictionary<string, JsonElement> Attributes,
    GoldenTensor Output,
    GoldenTensor? Upstream = null,
    GoldenTensor?[]? Gradients = null)
{
    public int Int(string attribute) => Attributes[attribute].GetInt32();

    public double Double(string attribute) => Attributes[attribute].GetDouble();

    public bool Bool(string attribute) => Attributes[attribute].GetBoolean();

    public string Text(string attribute) => Attributes[attribute].GetString()!;

    public int[] Ints(string attribute) => [.. Attributes[attribute].EnumerateArray().Select(element => element.GetInt32())];

    /// <summary>Test explorers show the case by this.</summary>
    public override string ToString() => Name;
}
