using System.Reflection;
using System.Text.RegularExpressions;

namespace Workspaces.Tests.Parity;

/// <summary>The page of scenarios: each of the 32 has its row, and each test that a row names exists and runs.</summary>
public sealed partial class ScenarioPageTests
{
    private const int Scenarios = 32;

    private static readonly string Page = File.ReadAllText(Path.Combine(TestFolders.Root, "docs", "scenarios.md"));

    private static readonly ILookup<string, Type> Types =
        typeof(ScenarioPageTests).Assembly.GetTypes().ToLookup(static type => type.Name.Split('`')[0], StringComparer.Ordinal);

    public static TheoryData<int> Numbers => [.. Enumerable.Range(1, Scenarios)];

    [Theory]
    [MemberData(nameof(Numbers))]
    public void Each_scenario_is_shown_by_tests_that_exist_and_are_not_skipped(int number)
    {
        string row = Assert.Single(Page.Split('\n'), line => line.StartsWith($"| {number} |", StringComparison.Ordinal));
        string[] names = [.. TestName().Matches(row).Select(static name => name.Value.Trim('`'))];
        Assert.NotEmpty(names);
        Assert.Equal([], names.Where(static name => !Runs(name)));
    }

    [Fact]
    public void Each_test_that_carries_the_number_of_a_scenario_is_in_the_row_of_that_number()
    {
        foreach (Type type in typeof(ScenarioPageTests).Assembly.GetTypes())
        {
            foreach (MethodInfo method in type.GetMethods(BindingFlags.Public | BindingFlags.Instance | BindingFlags.DeclaredOnly))
            {
                if (Number().Match(method.Name) is not { Success: true } match || method.GetCustomAttribute<FactAttribute>() is null) continue;
                string row = Assert.Single(Page.Split('\n'), line => line.StartsWith($"| {match.Groups[1].Value} |", StringComparison.Ordinal));
                Assert.Contains($"`{type.Name}.{method.Name}`", row, StringComparison.Ordinal);
            }
        }
    }

    private static bool Runs(string name)
    {
        string[] parts = name.Split('.');
        return Types[parts[0]].SelectMany(static type => type.GetMethods()).Any(method =>
            method.Name == parts[1] && method.GetCustomAttribute<FactAttribute>() is { Skip: null });
    }

    [GeneratedRegex(@"`\w+(Tests|Conformance)\.\w+`")]
    private static partial Regex TestName();

    [GeneratedRegex(@"^Scenario_(\d+)_")]
    private static partial Regex Number();
}
