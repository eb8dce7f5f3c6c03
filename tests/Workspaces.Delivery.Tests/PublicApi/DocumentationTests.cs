using System.Reflection;
using System.Xml.Linq;

namespace Workspaces.Delivery.Tests.PublicApi;

/// <summary>The documentation that travels with each library tells what every public type is. That no member is without is a rule of the compiler, which nothing may silence.</summary>
public sealed class DocumentationTests
{
    [Theory]
    [MemberData(nameof(PublicApiTests.Assemblies), MemberType = typeof(PublicApiTests))]
    public void Every_public_type_is_explained(string assembly)
    {
        HashSet<string> explained =
        [
            .. XDocument.Load(Path.Combine(AppContext.BaseDirectory, $"{assembly}.xml")).Descendants("member")
                .Where(static member => member.Element("summary")?.Value.Trim().Length > 10 || member.Element("inheritdoc") is not null)
                .Select(static member => member.Attribute("name")!.Value),
        ];

        IEnumerable<string> missing = Assembly.Load(assembly).GetExportedTypes().Where(static type => !type.FullName!.Contains('<', StringComparison.Ordinal))
            .Select(static type => $"T:{type.FullName!.Replace('+', '.')}").Where(id => !explained.Contains(id));
        Assert.Empty(missing);
    }

    [Fact]
    public void Nothing_in_the_sources_silences_missing_documentation()
    {
        string[] files = [.. Directory.GetFiles(Path.Combine(TestFolders.Root, "src"), "*.csproj", SearchOption.AllDirectories), Path.Combine(TestFolders.Root, ".editorconfig"),
            Path.Combine(TestFolders.Root, "Directory.Build.props"), Path.Combine(TestFolders.Root, "src", "Directory.Build.props")];
        Assert.DoesNotContain(files, static file => File.ReadAllText(file).Contains("1591", StringComparison.Ordinal));
        Assert.Equal(
            ["Workspaces.Cli.csproj"],
            files.Where(static file => File.ReadAllText(file).Contains("<GenerateDocumentationFile>false", StringComparison.Ordinal)).Select(static file => Path.GetFileName(file)));
    }
}
