using System.Text.Json;

namespace Workspaces.Tests.Golden;

/// <summary>
/// One optimizer's run: the loss before each step and the parameters after the last. <paramref name="DriftFromF64"/> is the largest
/// difference between PyTorch's own f32 and f64 runs, the least that a tolerance may be.
/// </summary>
public sealed record GoldenRun(
    string Name, Dictionary<string, JsonElement> Options, double DriftFromF64, GoldenTensor Losses, GoldenParameter[] Parameters)
{
    /// <summary>A number among the options, or <paramref name="otherwise"/> where the run leaves it out.</summary>
    public double Option(string name, double otherwise = 0) => Options.TryGetValue(name, out var value) ? value.GetDouble() : otherwise;

    /// <summary>Test explorers show the run by this.</summary>
    public override string ToString() => Name;
}
