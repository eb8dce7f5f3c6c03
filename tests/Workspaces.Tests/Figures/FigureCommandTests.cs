using System.Text.RegularExpressions;
using Workspaces.Cli.Bench;

namespace Workspaces.Tests.Figures;

/// <summary>
/// A measured figure in a page has the command that prints it in the same section. The notebook of steps and the decisions tell of code that is gone; blocks and
/// words of code hold settings and commands, and are no figures.
/// </summary>
public sealed partial class FigureCommandTests
{
    private static readonly string[] History = ["docs/performance-steps.md", "docs/decisions/"];

    /// <summary>Sentences with a number that nobody measures.</summary>
    private static readonly string[] Settings = ["collections every 100 ms"];

    private static readonly string[] PageNames =
    [
        "README.md",
        .. Directory.GetFiles(Path.Combine(TestFolders.Root, "docs"), "*.md", SearchOption.AllDirectories)
            .Select(static file => Path.GetRelativePath(TestFolders.Root, file).Replace('\\', '/')).Order(StringComparer.Ordinal),
    ];

    public static TheoryData<string> Pages => [.. PageNames.Where(static page => !History.Any(part => page.StartsWith(part, StringComparison.Ordinal)))];

    public static TheoryData<string> AllPages => [.. PageNames];

    [Theory]
    [MemberData(nameof(Pages))]
    public void A_section_with_a_measured_figure_has_a_command(string page)
    {
        string[] wrong = [.. WithoutCommand(Text(page))];
        Assert.True(wrong.Length == 0, $"{page}: no command prints {string.Join("; ", wrong)}");
    }

    [Theory]
    [MemberData(nameof(AllPages))]
    public void Cases_that_a_page_measures_exist(string page)
    {
        foreach (Match command in BenchLine().Matches(Text(page).Replace("\\\n", " ", StringComparison.Ordinal)))
        {
            foreach (Match word in Case().Matches(Option().Replace(command.Groups["words"].Value, " ")))
            {
                string name = word.Value;
                if (name.StartsWith("gemm:", StringComparison.Ordinal) || name.StartsWith("kernel:", StringComparison.Ordinal)) Assert.True(ProductShape.Parse(name).M > 0);
                else if (!name.StartsWith("pass:", StringComparison.Ordinal)) Assert.Contains(name, BenchCases.Models);
            }
        }
    }

    [Theory]
    [InlineData("# A\n\nIt takes 3.5 µs.\n", "3.5 µs")]
    [InlineData("# A\n\n`workspaces doctor` is here.\n\n## B\n\nIt takes 12 ms.\n", "12 ms")]
    [InlineData("# A\n\nIt reads 31 GB/s, `dotnet run` is not meant.\n\n## B\n\n`dotnet test -c Release`\n", "31 GB/s")]
    [InlineData("# A\n\n| case | median ms |\n|---|---:|\n| `x` | 12 |\n", "median ms")]
    [InlineData("# A\n\nIt is 12.6 times as slow.\n", "12.6 times as slow")]
    [InlineData("# A\n\n1,003 ns\n\n```\nbench x\n```\n", "1,003 ns")]
    public void A_figure_without_a_command_is_found(string page, string figure) => Assert.Contains(figure, Assert.Single(WithoutCommand(page)), StringComparison.Ordinal);

    [Theory]
    [InlineData("# A\n\nIt takes 3.5 µs (`workspaces bench pass:1`).\n")]
    [InlineData("# A\n\nIt takes 3.5 µs: `chrt -f 10 workspaces bench pass:1 --json`.\n")]
    [InlineData("# A\n\n| median ms |\n|---|\n| 1 |\n\n```\nfor c in a b; do workspaces bench $c; done\n```\n")]
    [InlineData("# A\n\n3 ns\n\n```\ndotnet run -c Release --project tests/Workspaces.Benchmarks -- --filter '*X*'\n```\n")]
    [InlineData("# A\n\n`Timeout: 100 ms` is a setting, 64 KiB a size, and 3 times an hour no figure.\n")]
    [InlineData("# A\n\n```text\nepoch 1, 3.5 ms\n```\n\n| field | means |\n|---|---|\n| `ms_median` | median |\n")]
    public void A_figure_beside_its_command_and_a_setting_are_taken(string page) => Assert.Empty(WithoutCommand(page));

    /// <summary>For each section that has figures and no command, its heading and the first of them.</summary>
    private static IEnumerable<string> WithoutCommand(string text)
    {
        foreach (string section in Sections(text))
        {
            string prose = CodeWord().Replace(Block().Replace(section, "\n"), "`");
            foreach (string setting in Settings) prose = prose.Replace(setting, "", StringComparison.Ordinal);
            Match figure = Figure().Match(prose), column = Column().Match(prose);
            if ((figure.Success || column.Success) && !Command().IsMatch(section))
                yield return $"'{(figure.Success ? figure : column).Value.Trim()}' in '{section.Split('\n')[0]}'";
        }
    }

    /// <summary>From each heading, of whatever level, to the next one; a line of a block is none.</summary>
    private static List<string> Sections(string text)
    {
        List<string> sections = [""];
        bool isInBlock = false;
        foreach (string line in text.Split('\n'))
        {
            if (line.StartsWith("```", StringComparison.Ordinal)) isInBlock = !isInBlock;
            if (!isInBlock && Heading().IsMatch(line)) sections.Add("");
            sections[^1] += line + "\n";
        }

        return sections;
    }

    private static string Text(string page) => File.ReadAllText(Path.Combine(TestFolders.Root, page)).ReplaceLineEndings("\n");

    [GeneratedRegex(@"^#{1,6} ")]
    private static partial Regex Heading();

    [GeneratedRegex(@"^```.*?^```", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Block();

    [GeneratedRegex(@"`[^`\n]*`")]
    private static partial Regex CodeWord();

    /// <summary>A number with a unit of time or of work a second, or so many times as slow or as fast.</summary>
    [GeneratedRegex(@"\d[\d.,]*(\s?(ns|µs|ms|GB/s|MB/s|GFLOP/s)\b| times as (slow|fast|long)| % (slower|faster))")]
    private static partial Regex Figure();

    /// <summary>The head of a column of a table that has such a unit, where numbers stand below.</summary>
    [GeneratedRegex(@"^\|.*\b(ns|µs|ms|GB/s|GFLOP/s)\b.*\|\n\|[-:| ]+\|\n\|.*\| [\d.,]+", RegexOptions.Multiline)]
    private static partial Regex Column();

    [GeneratedRegex(@"(^|`)[^`\n]*\b(workspaces (bench|train|plan|replay|report|infer|doctor|top)\b|dotnet (run|test) -)", RegexOptions.Multiline)]
    private static partial Regex Command();

    [GeneratedRegex(@"\bworkspaces bench(?<words>[^`\n;]*)")]
    private static partial Regex BenchLine();

    [GeneratedRegex(@"--(threads|seconds|rounds|ab|checks|lifetimes|sites|workspace|peers|results|trace-out) \S+")]
    private static partial Regex Option();

    [GeneratedRegex(@"(?<= )(gemm|kernel|pass):\d\S*|(?<= )(?!CASE)[a-z]+_[a-z0-9_]+|(?<= )(gpt|lstm|vgg|lenet)(?=\s|$)")]
    private static partial Regex Case();
}
