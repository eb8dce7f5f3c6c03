using Workspaces.Cli;
using static Workspaces.Tests.Cli.InProcess;

namespace Workspaces.Tests.Cli;

/// <summary>Tables for people: what fits a terminal, and what is cut where it does not.</summary>
[Collection(nameof(AloneCollection))]
public sealed class TableTests
{
    private static string Traces => Path.Combine(TestFolders.Root, "tests", "Workspaces.Tests", "Planning", "traces");

    private static string Text(TextTable table, int? columns)
    {
        using var output = new StringWriter();
        table.Write(output, columns);
        return output.ToString().ReplaceLineEndings("\n");
    }

    [Fact]
    public void Cells_are_aligned_and_only_the_first_column_is_cut()
    {
        var table = new TextTable(1, "name", "bytes B");
        table.Add("a-name-that-is-rather-long", "123456789012");
        table.Add("short", "1");

        Assert.Equal("name                             bytes B\na-name-that-is-rather-long  123456789012\nshort                                  1\n", Text(table, null));
        Assert.Equal(Text(table, null), Text(table, 40));
        Assert.Contains("\na-name-t…her-long  123456789012\n", Text(table, 31), StringComparison.Ordinal);
        Assert.All(Text(table, 30).Split('\n'), static line => Assert.InRange(line.Length, 0, 30));
        Assert.Contains("123456789012", Text(table, 3), StringComparison.Ordinal); // a figure is never cut
    }

    [Theory]
    [InlineData("plan", "--seconds", "0")]
    [InlineData("replay", "--cap", "2MiB", "--seconds", "0")]
    [InlineData("train-file")]
    public void Tables_of_plan_and_replay_fit_80_columns(string verb, params string[] options)
    {
        string[] words = verb switch
        {
            "plan" => ["plan", Traces],
            "replay" => ["replay", Path.Combine(Traces, "mlp_b128_train_sgdm.csv")],
            _ => ["plan", Path.Combine(TestFolders.Root, "configs", "mnist-mlp.json")],
        };
        (int code, string output, string errors) = Run([.. words, .. options]);

        Assert.Equal((0, ""), (code, errors));
        Assert.True(output.Split('\n').Length > 5);
        Assert.All(output.Split('\n'), static line => Assert.InRange(line.TrimEnd().Length, 0, 80));
        Assert.Contains(" B", output, StringComparison.Ordinal); // units
        Assert.DoesNotContain("…", output, StringComparison.Ordinal);
    }

    [Fact]
    public void One_trace_says_also_which_planner_it_was_and_how_long_the_first_plan_took()
    {
        (int code, string output, _) = Run("plan", Path.Combine(Traces, "mlp_b128_train_sgdm.csv"), "--seconds", "0");
        Assert.Equal(0, code);
        Assert.Matches(@"planned by \S+; the first time, with compilation, in \d+\.\d\d ms", output);
    }
}
