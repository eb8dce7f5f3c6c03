using System.Diagnostics;
using System.IO.Compression;
using System.Reflection;
using Microsoft.CodeAnalysis;

namespace Workspaces.Analyzers.Tests;

/// <summary>What comes with each rule: a page, and a place in the package.</summary>
public sealed class RuleTests
{
    internal static readonly string Root = FindRoot();

    public static TheoryData<string> Ids => [.. Descriptors.Select(static rule => rule.Id)];

    private static IEnumerable<DiagnosticDescriptor> Descriptors => typeof(Rules).GetFields(BindingFlags.Public | BindingFlags.Static)
        .Where(static constant => constant.FieldType == typeof(DiagnosticDescriptor)).Select(static constant => (DiagnosticDescriptor)constant.GetValue(null)!);

    [Theory]
    [MemberData(nameof(Ids))]
    public void Every_rule_has_a_page_with_wrong_and_right_code_and_the_way_to_silence_it(string id)
    {
        DiagnosticDescriptor rule = Descriptors.Single(rule => rule.Id == id);
        Assert.Equal(DiagnosticSeverity.Warning, rule.DefaultSeverity);
        string page = File.ReadAllText(Path.Combine(Root, rule.HelpLinkUri));
        Assert.StartsWith($"# {id}: {rule.Title}", page, StringComparison.Ordinal);
        Assert.All(["## What it finds", "## Wrong", "## Right", "## What it does not see", "## Silencing"], part => Assert.Contains(part, page, StringComparison.Ordinal));
        Assert.Contains($"dotnet_diagnostic.{id}.severity", page, StringComparison.Ordinal);
    }

    [Fact]
    public void There_are_five_rules() => Assert.Equal(["WS0001", "WS0002", "WS0003", "WS0004", "WS0005"], Descriptors.Select(static rule => rule.Id).Order());

    /// <summary>Needs the build that the test itself came from.</summary>
    [Fact]
    [Trait("Category", "Slow")]
    public async Task The_package_of_the_memory_core_brings_the_rules_and_no_dependency_on_them()
    {
        string configuration = AppContext.BaseDirectory.Contains($"{Path.DirectorySeparatorChar}Debug{Path.DirectorySeparatorChar}", StringComparison.Ordinal) ? "Debug" : "Release";
        DirectoryInfo folder = Directory.CreateTempSubdirectory("workspaces-pack-");
        try
        {
            using Process pack = Process.Start(new ProcessStartInfo("dotnet", ["pack", "--no-build", "-c", configuration, "-o", folder.FullName, "src/Workspaces.Memory/Workspaces.Memory.csproj"])
            {
                WorkingDirectory = Root,
                RedirectStandardOutput = true,
            })!;
            string output = await pack.StandardOutput.ReadToEndAsync();
            await pack.WaitForExitAsync();
            Assert.True(pack.ExitCode == 0, output);
            await using ZipArchive package = await ZipFile.OpenReadAsync(folder.GetFiles("Workspaces.Memory.*.nupkg").Single().FullName);
            string[] files = [.. package.Entries.Select(static entry => entry.FullName)];
            Assert.Contains("analyzers/dotnet/cs/Workspaces.Analyzers.dll", files);
            Assert.Contains("analyzers/dotnet/cs/Workspaces.Analyzers.CodeFixes.dll", files);
            Assert.Contains("docs/analyzers/WS0001.md", files);
            Assert.Contains("lib/net10.0/Workspaces.Memory.dll", files);
            using var specification = new StreamReader(await package.GetEntry("Workspaces.Memory.nuspec")!.OpenAsync());
            Assert.DoesNotContain("dependency id", await specification.ReadToEndAsync(), StringComparison.Ordinal);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static string FindRoot()
    {
        DirectoryInfo? folder = new(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "Workspaces.sln"))) folder = folder.Parent;
        return folder?.FullName ?? throw new DirectoryNotFoundException($"Workspaces.sln was not found above {AppContext.BaseDirectory}.");
    }
}
