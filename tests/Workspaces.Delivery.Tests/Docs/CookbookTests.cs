using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using Workspaces.Cli;

namespace Workspaces.Delivery.Tests.Docs;

/// <summary>The figures of the cookbook are what its commands print.</summary>
[Collection(nameof(AloneCollection))]
public sealed partial class CookbookTests
{
    private static readonly string[][] Rows =
    [
        .. Pages.Text("docs/cookbook.md").Split('\n').Select(static line => line.Split('|', StringSplitOptions.TrimEntries))
            .Where(static cells => cells.Length == 5 && cells[2].StartsWith("`workspaces ", StringComparison.Ordinal)),
    ];

    public static TheoryData<string, string> Commands
    {
        get
        {
            var table = new TheoryData<string, string>();
            foreach (string[] row in Rows) table.Add(row[2].Trim('`'), row[3]);
            return table;
        }
    }

    [Theory]
    [MemberData(nameof(Commands))]
    public void A_command_prints_the_figures_beside_it(string command, string said)
    {
        string[] words = command.Split(' ')[1..];
        int file = Array.FindIndex(words, static word => word.StartsWith("configs/", StringComparison.Ordinal));
        words[file] = Path.Combine(TestFolders.Root, words[file]);

        using JsonDocument printed = Print(words);

        MatchCollection figures = Figure().Matches(said);
        Assert.NotEmpty(figures);
        using JsonDocument machine = Print(["doctor", "--json"]);
        bool wide = machine.RootElement.GetProperty("kernel").GetString()!.Contains("512", StringComparison.Ordinal);
        foreach (Match figure in figures)
        {
            long value = printed.RootElement.GetProperty(figure.Groups["key"].Value).GetInt64();
            long written = long.Parse(figure.Groups["value"].Value, NumberStyles.AllowThousands, CultureInfo.InvariantCulture);
            if (wide) Assert.Equal(written, value);
            else Assert.Equal(written == 0, value == 0); // scratch of narrower kernels has other sizes
        }
    }

    [Fact]
    public void The_table_has_its_rows() => Assert.True(Rows.Length >= 8);

    private static JsonDocument Print(string[] words)
    {
        TextWriter console = Console.Out;
        using var output = new StringWriter();
        Console.SetOut(output);
        try
        {
            Assert.Equal(0, CommandLine.Run(words));
        }
        finally
        {
            Console.SetOut(console);
        }

        return JsonDocument.Parse(output.ToString().Trim().Split('\n')[^1]);
    }

    [GeneratedRegex(@"`(?<key>\w+)` (?<value>[\d,]*\d)")]
    private static partial Regex Figure();
}
