using System.IO.Compression;
using System.Xml.Linq;

namespace Workspaces.Delivery.Tests.Packages;

/// <summary>What is inside the packages.</summary>
[Trait("Category", "Slow")]
[Collection(nameof(PackageCollection))]
public sealed class PackageContentTests(PackageFeed feed)
{
    private static readonly string[] Libraries = ["Workspaces", "Workspaces.Hosting", "Workspaces.Interop", "Workspaces.Memory", "Workspaces.Testing"];

    private static readonly string[] Ids = [.. Libraries, "Workspaces.Cli"];

    public static TheoryData<string> Packages => [.. Ids];

    [Fact]
    public void There_are_six_packages_and_their_symbols()
    {
        Assert.Equal(Ids.Select(static id => $"{id}.{PackageFeed.Version}.nupkg").Order(), Files("*.nupkg"));
        Assert.Equal(Ids.Select(static id => $"{id}.{PackageFeed.Version}.snupkg").Order(), Files("*.snupkg"));
    }

    [Theory]
    [MemberData(nameof(Packages))]
    public void A_package_says_what_it_is(string id)
    {
        using ZipArchive package = Open(id, "nupkg");
        XElement metadata = XDocument.Load(package.GetEntry($"{id}.nuspec")!.Open()).Root!.Elements().First(static one => one.Name.LocalName == "metadata");
        string Value(string name) => metadata.Elements().Single(one => one.Name.LocalName == name).Value;

        Assert.Equal("MIT", Value("license"));
        Assert.Equal("README.md", Value("readme"));
        Assert.NotNull(package.GetEntry("README.md"));
        Assert.True(Value("description").Length > 40);
        Assert.Contains("workspace", Value("tags").Split(' '));
        Assert.DoesNotContain(package.Entries, static entry => entry.FullName.Contains("Test.dll", StringComparison.Ordinal));
        Assert.DoesNotContain(package.Entries, static entry => entry.FullName.StartsWith("lib/", StringComparison.Ordinal) && entry.FullName.EndsWith(".pdb", StringComparison.Ordinal));
    }

    [Fact]
    public void Libraries_bring_their_documentation_and_symbols()
    {
        foreach (string id in Libraries)
        {
            using ZipArchive package = Open(id, "nupkg"), symbols = Open(id, "snupkg");
            Assert.NotNull(package.GetEntry($"lib/net10.0/{id}.dll"));
            Assert.NotNull(package.GetEntry($"lib/net10.0/{id}.xml"));
            Assert.NotNull(symbols.GetEntry($"lib/net10.0/{id}.pdb"));
        }
    }

    [Fact]
    public void The_rules_lie_where_compilers_look_for_them_and_only_there()
    {
        using ZipArchive package = Open("Workspaces.Memory", "nupkg");
        Assert.Equal(
            ["analyzers/dotnet/cs/Workspaces.Analyzers.CodeFixes.dll", "analyzers/dotnet/cs/Workspaces.Analyzers.dll"],
            package.Entries.Select(static entry => entry.FullName).Where(static name => name.Contains("Analyzers", StringComparison.Ordinal)).Order(StringComparer.Ordinal));
    }

    /// <summary>The same build packed again is the same file, so whoever builds the same sources can compare; an older SDK writes the time of packing into it.</summary>
    [Fact]
    public void Packing_again_gives_the_same_bytes()
    {
        using var again = new TemporaryFolder();
        PackageFeed.Pack(again.Path);
        string[] files = [.. Files("*.nupkg"), .. Files("*.snupkg")];
        using ZipArchive package = Open("Workspaces", "nupkg");
        if (package.GetEntry("README.md")!.LastWriteTime.Date != new DateTime(2026, 1, 1)) files = [];

        Assert.DoesNotContain(files, file => !File.ReadAllBytes(Path.Combine(feed.Feed, file)).AsSpan().SequenceEqual(File.ReadAllBytes(Path.Combine(again.Path, file))));
    }

    private string[] Files(string pattern) => [.. Directory.GetFiles(feed.Feed, pattern).Select(static file => Path.GetFileName(file)).Order()];

    private ZipArchive Open(string id, string extension) => ZipFile.OpenRead(Path.Combine(feed.Feed, $"{id}.{PackageFeed.Version}.{extension}"));
}
