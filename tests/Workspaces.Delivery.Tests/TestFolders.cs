namespace Workspaces.Delivery.Tests;

/// <summary>Where the sources lie.</summary>
internal static class TestFolders
{
    /// <summary>The folder of Workspaces.sln, found above the tests' own program: builds for CI replace source paths by neutral ones.</summary>
    internal static string Root { get; } = Find();

    private static string Find()
    {
        DirectoryInfo? folder = new(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "Workspaces.sln"))) folder = folder.Parent;
        return folder?.FullName ?? throw new DirectoryNotFoundException($"Workspaces.sln was not found above {AppContext.BaseDirectory}.");
    }
}
