using System.IO.Compression;
using System.Xml.Linq;

namespace Workspaces.Delivery.Tests.Packages;

/// <summary>
/// Two clones of the last commit, in folders of different names and lengths, are packed: whoever has the sources can make the packages again and compare them with those that are
/// published. The clones have the address of a public host, so that links to sources are part of what is compared. Minutes: everything is compiled twice.
/// </summary>
[Trait("Category", "Long")]
[Collection(nameof(PackageCollection))]
public sealed class ReproducibleBuildTests
{
    private const string Address = "https://github.com/example/workspaces.git";

    [Fact]
    public void Packages_of_two_folders_hold_the_same_bytes()
    {
        using TemporaryFolder one = new(), other = new();
        string first = Pack(one, "a"), second = Pack(other, Path.Combine("somewhere", "deeper", "b"));

        string[] packages = [.. Directory.GetFiles(first).Select(static file => Path.GetFileName(file)).Order(StringComparer.Ordinal)];
        Assert.Equal(packages, Directory.GetFiles(second).Select(static file => Path.GetFileName(file)).Order(StringComparer.Ordinal));
        Assert.Equal(12, packages.Length);
        Assert.Empty(packages.SelectMany(name => Differences(Path.Combine(first, name), Path.Combine(second, name)).Select(entry => $"{name}: {entry}")));
        Assert.All(packages, name => Assert.True(File.ReadAllBytes(Path.Combine(first, name)).AsSpan().SequenceEqual(File.ReadAllBytes(Path.Combine(second, name))), name));
    }

    /// <summary>Clones, packs, and says where the packages lie.</summary>
    private static string Pack(TemporaryFolder folder, string name)
    {
        string sources = Path.Combine(folder.Path, name), packages = Path.Combine(folder.Path, "packages");
        Git(folder.Path, "clone", "--quiet", TestFolders.Root, sources);
        Git(sources, "remote", "set-url", "origin", Address);
        string commit = Git(sources, "rev-parse", "HEAD").Trim();
        foreach (string project in (string[])["Workspaces.Interop", "Workspaces.Testing", "Workspaces.Cli", "Workspaces.Hosting", "Workspaces", "Workspaces.Memory"])
            DotNet.Run(sources, null, "pack", "-c", "Release", "-m:1", "-p:UseSharedCompilation=false", "-o", packages, Path.Combine("src", project));
        foreach (string package in Directory.GetFiles(packages, "*.nupkg"))
        {
            using ZipArchive archive = ZipFile.OpenRead(package);
            XElement repository = XDocument.Load(archive.Entries.Single(static entry => entry.FullName.EndsWith(".nuspec", StringComparison.Ordinal)).Open())
                .Descendants().Single(static one => one.Name.LocalName == "repository");
            Assert.Equal(commit, repository.Attribute("commit")?.Value);
        }

        return packages;
    }

    /// <summary>The entries that differ, or that only one has.</summary>
    private static IEnumerable<string> Differences(string first, string second)
    {
        using ZipArchive one = ZipFile.OpenRead(first), other = ZipFile.OpenRead(second);
        foreach (string name in one.Entries.Concat(other.Entries).Select(static entry => entry.FullName).Distinct().Order(StringComparer.Ordinal))
            if (!Bytes(one, name).AsSpan().SequenceEqual(Bytes(other, name))) yield return name;
    }

    private static byte[] Bytes(ZipArchive archive, string name)
    {
        if (archive.GetEntry(name) is not { } entry) return [];
        using var bytes = new MemoryStream();
        using (Stream stream = entry.Open()) stream.CopyTo(bytes);
        return bytes.ToArray();
    }

    private static string Git(string folder, params IReadOnlyList<string> arguments)
    {
        (int code, string output) = DotNet.Try("git", folder, null, arguments);
        Assert.True(code == 0, output);
        return output;
    }
}
