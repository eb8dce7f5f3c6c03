namespace Workspaces.Delivery.Tests.Packages;

/// <summary>All packages, packed once from what was built, in a folder that serves as the only source beside the packages that this machine already has.</summary>
public sealed class PackageFeed : IDisposable
{
    internal const string Version = "0.1.0";
    private readonly TemporaryFolder _folder = new();

    /// <summary>Packs.</summary>
    public PackageFeed()
    {
        Directory.CreateDirectory(Feed);
        Pack(Feed);
        Sources = _folder.File("NuGet.config", $"""
            <configuration>
              <packageSources>
                <clear />
                <add key="packed" value="{Feed}" />
                <add key="machine" value="{MachinePackages}" />
              </packageSources>
              <packageSourceMapping>
                <packageSource key="packed"><package pattern="Workspaces" /><package pattern="Workspaces.*" /></packageSource>
                <packageSource key="machine"><package pattern="*" /></packageSource>
              </packageSourceMapping>
            </configuration>
            """);
    }

    /// <summary>The packages that restoring this repository has left on the machine; a folder of packages is a source too, so nothing is fetched.</summary>
    internal static string MachinePackages { get; } =
        Environment.GetEnvironmentVariable("NUGET_PACKAGES") is { Length: > 0 } named
            ? named
            : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".nuget", "packages");

    internal string Feed => Path.Combine(_folder.Path, "feed");

    internal string Sources { get; }

    /// <summary>A package folder of the tests' own, so that no stale package of the same version is picked up and none is left behind.</summary>
    internal string Packages => Path.Combine(_folder.Path, "packages");

    /// <summary>Packs what lies built into a folder.</summary>
    internal static void Pack(string folder) => DotNet.Run(
        TestFolders.Root, null, "pack", "-c", DotNet.Configuration, "--no-build", "-m:1", "-o", folder, Path.Combine(TestFolders.Root, "Workspaces.sln"));

    /// <summary>A new folder with the sources of packages beside its files.</summary>
    internal string Project(string name, string project, params ReadOnlySpan<(string Name, string Text)> files)
    {
        string folder = Path.Combine(_folder.Path, name);
        _folder.File(Path.Combine(name, $"{name}.csproj"), project);
        foreach ((string file, string text) in files) _folder.File(Path.Combine(name, file), text);
        return folder;
    }

    internal string Run(string folder, params IReadOnlyList<string> arguments) => DotNet.Run(folder, Packages, arguments);

    /// <summary>Deletes all of it.</summary>
    public void Dispose() => _folder.Dispose();
}
