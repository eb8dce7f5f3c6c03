using Workspaces.NN;
using Xunit.Abstractions;

namespace Workspaces.Tests.NN;

/// <summary>The modules that a perceptron is made of.</summary>
public sealed class BasicModuleTests(ITestOutputHelper output) : ModuleConformance<BasicModuleTests>(output), IModuleTable
{
    public static string GoldenFile => "sequence";

    public static ModuleCase[] Cases =>
    [
        new("linear", (dtype, manager) => new Linear(5, 7, dtype: dtype, manager: manager), [1, 5], [0, 5], [6, 5], [16, 9, 5]) { Golden = "nn.Linear" },
        new("mish", (_, _) => new Mish(), [4], [0, 3], [64, 96]),
        new("dropout", (_, _) => new Dropout(0.5, 3), [4], [0, 3], [64, 96]) { IsRandom = true },
        new(
            "chain",
            (dtype, manager) => new Sequential(new Linear(5, 32, dtype: dtype, manager: manager), new Tanh(), new Linear(32, 3, dtype: dtype, manager: manager)),
            [1, 5], [96, 5]),
    ];
}
