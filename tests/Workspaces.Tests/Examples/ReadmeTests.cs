using System.Text.RegularExpressions;

namespace Workspaces.Tests.Examples;

/// <summary>The commands of the README name things that exist, and the two that matter come first.</summary>
public sealed partial class ReadmeTests
{
    private static readonly string Readme = File.ReadAllText(Path.Combine(TestFolders.Root, "README.md"));

    private static readonly string[] Verbs = [.. Workspaces.Cli.CommandLine.Create().Subcommands.Select(static command => command.Name)];

    public static TheoryData<string> Commands => [.. Command().Matches(Readme).Select(match => match.Value.TrimEnd()).Distinct()];

    [Fact]
    public void The_first_command_trains_and_the_second_tests()
    {
        string[] blocks = [.. Block().Matches(Readme).Select(match => match.Groups["line"].Value)];

        Assert.Equal("dotnet run -c Release --project src/Workspaces.Cli -- train configs/mnist-mlp.json", blocks[0]);
        Assert.Equal("dotnet test -c Release", blocks[1]);
    }

    [Theory]
    [MemberData(nameof(Commands))]
    public void Commands_name_projects_and_files_that_exist(string command)
    {
        Match project = Project().Match(command);
        if (project.Success) Assert.Single(Directory.GetFiles(Path.Combine(TestFolders.Root, project.Groups["path"].Value), "*.csproj"));
        Match config = Config().Match(command);
        if (config.Success) Assert.True(File.Exists(Path.Combine(TestFolders.Root, config.Value)), config.Value);
        Match verb = Verb().Match(command);
        if (verb.Success) Assert.Contains(verb.Groups["verb"].Value, Verbs);
    }

    [GeneratedRegex(@"dotnet (run|test)[^`|\n]*")]
    private static partial Regex Command();

    [GeneratedRegex(@"^```\n(?<line>dotnet [^\n]+)\n```", RegexOptions.Multiline)]
    private static partial Regex Block();

    [GeneratedRegex(@"--project (?<path>\S+)")]
    private static partial Regex Project();

    [GeneratedRegex(@"configs/\S+\.json")]
    private static partial Regex Config();

    [GeneratedRegex(@" -- (?<verb>\w+)")]
    private static partial Regex Verb();
}
