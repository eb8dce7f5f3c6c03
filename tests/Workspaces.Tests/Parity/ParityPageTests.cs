using System.Reflection;
using System.Text.RegularExpressions;

namespace Workspaces.Tests.Parity;

/// <summary>The page of parity: each row shows its behaviour by tests that exist and run, or says why ours differs.</summary>
public sealed partial class ParityPageTests
{
    /// <summary>Behaviours that DL4J's own tests check.</summary>
    private const int Behaviours = 82;

    private static readonly string Page = File.ReadAllText(Path.Combine(TestFolders.Root, "docs", "parity.md"));

    private static readonly ILookup<string, Type> Types =
        typeof(ParityPageTests).Assembly.GetTypes().ToLookup(static type => type.Name.Split('`')[0], StringComparer.Ordinal);

    public static TheoryData<string> Names => [.. TestName().Matches(Page).Select(static name => name.Groups["name"].Value).Distinct()];

    [Theory]
    [MemberData(nameof(Names))]
    public void Every_test_that_is_named_exists_and_is_not_skipped(string name)
    {
        string[] parts = name.Split('.');
        FactAttribute? fact = Types[parts[0]]
            .SelectMany(static type => type.GetMethods())
            .Where(method => method.Name == parts[1])
            .Select(static method => method.GetCustomAttribute<FactAttribute>())
            .FirstOrDefault(static attribute => attribute is not null);
        Assert.True(fact is { Skip: null }, $"the page names {name}, and no such test runs");
    }

    [Fact]
    public void Every_behaviour_has_its_row_once() =>
        Assert.Equal(Enumerable.Range(1, Behaviours), NumberedRow().Matches(Page).Select(static row => int.Parse(row.Groups["number"].ValueSpan, null)));

    [Fact]
    public void Every_row_names_a_test_or_says_why_ours_differs()
    {
        List<string> bare = [.. Rows().Where(static row => !TestName().IsMatch(row) && !row.Contains("differs: ", StringComparison.Ordinal))];
        Assert.Empty(bare);
        Assert.True(Rows().Count() > Behaviours + 70, "whole tables are missing");
    }

    [Theory]
    [InlineData('K', 18)]
    [InlineData('A', 13)]
    public void Every_case_of_the_checking_pool_and_the_checked_arrays_has_its_row_once(char kind, int cases) =>
        Assert.Equal(
            Enumerable.Range(1, cases), CaseRow().Matches(Page).Where(row => row.Groups["kind"].Value[0] == kind).Select(static row => int.Parse(row.Groups["number"].ValueSpan, null)));

    [Fact]
    public void Every_weakness_and_complaint_names_a_test()
    {
        string section = Page[Page.IndexOf("## Weaknesses", StringComparison.Ordinal)..];
        Assert.DoesNotContain(Rows(section), static row => !TestName().IsMatch(row));
        Assert.Equal(Enumerable.Range(1, 18), WeaknessRow().Matches(section).Select(static row => int.Parse(row.Groups["number"].ValueSpan, null)));
    }

    /// <summary>The rows of all tables, without their heads.</summary>
    private static IEnumerable<string> Rows(string? text = null)
    {
        string[] lines = (text ?? Page).Split('\n');
        return lines.Where((line, at) =>
            line.StartsWith('|') && !line.StartsWith("|---", StringComparison.Ordinal) && !(at + 1 < lines.Length && lines[at + 1].StartsWith("|---", StringComparison.Ordinal)));
    }

    [GeneratedRegex(@"`(?<name>\w+(Tests|Conformance)\.\w+)`")]
    private static partial Regex TestName();

    [GeneratedRegex(@"^\| (?<number>\d+) \|", RegexOptions.Multiline)]
    private static partial Regex NumberedRow();

    [GeneratedRegex(@"^\| (?<kind>[KA])(?<number>\d+) \|", RegexOptions.Multiline)]
    private static partial Regex CaseRow();

    [GeneratedRegex(@"^\| W(?<number>\d+) \|", RegexOptions.Multiline)]
    private static partial Regex WeaknessRow();
}
