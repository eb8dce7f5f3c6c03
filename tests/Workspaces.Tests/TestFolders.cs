using System.Runtime.CompilerServices;

namespace Workspaces.Tests;

/// <summary>Where the sources lie.</summary>
internal static class TestFolders
{
    /// <summary>The folder of Workspaces.sln.</summary>
    internal static string Root { get; } = Find();

    private static string Find([CallerFilePath] string here = "")
    {
        DirectoryInfo? folder = new FileInfo(here).Directory;
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "Workspaces.sln"))) folder = folder.Parent;
        return folder?.FullName ?? throw new DirectoryNotFoundException("Workspaces.sln was not found above the tests.");
    }
}
