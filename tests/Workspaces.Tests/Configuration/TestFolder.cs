namespace Workspaces.Tests.Configuration;

/// <summary>A folder of its own for the files of one test.</summary>
internal sealed class TestFolder : IDisposable
{
    internal string Root { get; } = Directory.CreateTempSubdirectory("workspaces-test-").FullName;

    internal string Write(string name, string text)
    {
        var file = Path.Combine(Root, name);
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        File.WriteAllText(file, text);
        return file;
    }

    public void Dispose() => Directory.Delete(Root, recursive: true);
}
