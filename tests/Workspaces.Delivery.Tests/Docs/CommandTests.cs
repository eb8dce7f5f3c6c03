using System.CommandLine;
using System.Text.RegularExpressions;

namespace Workspaces.Delivery.Tests.Docs;

/// <summary>Every command that a page gives is one that the tool takes, with its verbs and options, and names projects that exist.</summary>
public sealed partial class CommandTests
{
    public static TheoryData<string, string> Commands
    {
        get
        {
            var table = new TheoryData<string, string>();
            foreach (string page in Pages.All)
                foreach (string command in In(Pages.Text(page)).Distinct()) table.Add(page, command);
            return table;
        }
    }

    [Theory]
    [MemberData(nameof(Commands))]
    public void A_command_is_taken(string page, string command)
    {
        string[] words = [.. Word().Matches(Comment().Replace(command, "")).Select(static word => word.Value.Trim('\'', '"'))];
        int project = Array.IndexOf(words, "--project");
        if (project > 0 && Placeholder().IsMatch(Path.GetFileName(words[project + 1]))) return; // examples/NAME
        if (project > 0) Assert.Single(Directory.GetFiles(Path.Combine(TestFolders.Root, words[project + 1]), "*.csproj"));
        string[]? arguments = ArgumentsOfTool(words, project);
        if (arguments is null) return;
        if (arguments is [string verb]) // a sentence about a verb
        {
            Assert.Contains(verb, Cli.CommandLine.Create().Subcommands.Select(static command => command.Name));
            return;
        }

        ParseResult parsed = Cli.CommandLine.Create().Parse([.. arguments.Select(static word => Placeholder().IsMatch(word) ? "1" : word)]);
        Assert.True(parsed.Errors.Count == 0, $"{page}: {command}: {string.Join(' ', parsed.Errors.Select(static error => error.Message))}");
        foreach (string file in arguments.Where(static word => word.StartsWith("configs/", StringComparison.Ordinal)))
            Assert.True(File.Exists(Path.Combine(TestFolders.Root, file)), file);
    }

    [Fact]
    public void Commands_are_found_where_they_stand()
    {
        Assert.Contains("workspaces resume runs/digits --epochs 20", In(Pages.Text("src/Workspaces.Cli/README.md")));
        Assert.Contains("dotnet run -c Release --project src/Workspaces.Cli -- train configs/mnist-mlp.json", In(Pages.Text("README.md")));
        Assert.True(Commands.Count > 40);
    }

    /// <summary>Lines of fenced blocks, and code within lines.</summary>
    private static IEnumerable<string> In(string text) =>
        Line().Matches(text.ReplaceLineEndings("\n").Replace("\\\n", " ", StringComparison.Ordinal)).Select(static match => match.Groups["command"].Value.Trim());

    private static string[]? ArgumentsOfTool(string[] words, int project)
    {
        if (words[0] == "workspaces") return words[1..];
        int end = Array.IndexOf(words, "--");
        return project > 0 && end > 0 && words[project + 1] == "src/Workspaces.Cli" ? words[(end + 1)..] : null;
    }

    [GeneratedRegex(@"(?:^(?:\$ )?|`)(?<command>(?:workspaces (?=[a-z]+( |$|`))|dotnet run )[^`\n]*)", RegexOptions.Multiline)]
    private static partial Regex Line();

    [GeneratedRegex(@"'[^']*'|""[^""]*""|\S+")]
    private static partial Regex Word();

    [GeneratedRegex(@"\s#\s.*$|\s+….*$")]
    private static partial Regex Comment();

    [GeneratedRegex(@"^[A-Z]+$")]
    private static partial Regex Placeholder();
}
