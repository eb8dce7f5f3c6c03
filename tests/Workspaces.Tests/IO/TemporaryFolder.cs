using System.Text;

namespace Workspaces.Tests.IO;

/// <summary>A fresh folder that goes with its test.</summary>
internal sealed class TemporaryFolder : IDisposable
{
    internal string Path { get; } = Directory.CreateTempSubdirectory("workspaces-tests-").FullName;

    internal string Write(string name, ReadOnlySpan<byte> content)
    {
        var path = System.IO.Path.Combine(Path, name);
        File.WriteAllBytes(path, content);
        return path;
    }

    /// <summary>Writes a run file and the table beside it that it trains on.</summary>
    /// <returns>The run file.</returns>
    internal string WriteRun(string json, string table)
    {
        Write("table.csv", Encoding.UTF8.GetBytes(table));
        return Write("run.json", Encoding.UTF8.GetBytes(json));
    }

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
