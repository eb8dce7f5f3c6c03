namespace Workspaces.Delivery.Tests.Docs;

/// <summary>The pages that users read, and the blocks in them.</summary>
internal static class Pages
{
    /// <summary>Paths from the root, with slashes. The changelog is history and the data's page tells of files, so neither is code to try.</summary>
    internal static IReadOnlyList<string> All { get; } =
    [
        "README.md", "CONTRIBUTING.md", "SECURITY.md", "examples/README.md",
        .. Directory.GetFiles(Path.Combine(TestFolders.Root, "docs"), "*.md", SearchOption.AllDirectories).Select(Relative).Order(StringComparer.Ordinal),
        .. Directory.GetDirectories(Path.Combine(TestFolders.Root, "src")).Select(static folder => Path.Combine(folder, "README.md")).Where(File.Exists)
            .Select(Relative).Order(StringComparer.Ordinal),
    ];

    internal static IReadOnlyList<CodeBlock> Blocks { get; } = [.. All.SelectMany(static page => CodeBlock.Read(page, Text(page)))];

    internal static string Text(string page) => File.ReadAllText(Path.Combine(TestFolders.Root, page));

    /// <summary>Names of blocks in a language, <c>docs/ring.md:17</c>, for tables of tests.</summary>
    internal static TheoryData<string> Named(string language) => [.. Blocks.Where(block => block.Language == language).Select(static block => block.Name)];

    internal static CodeBlock Block(string name) => Blocks.Single(block => block.Name == name);

    private static string Relative(string file) => Path.GetRelativePath(TestFolders.Root, file).Replace('\\', '/');
}
