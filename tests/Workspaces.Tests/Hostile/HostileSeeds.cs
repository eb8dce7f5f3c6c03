using System.Text;
using Workspaces.Tests.IO;

namespace Workspaces.Tests.Hostile;

/// <summary>Correct files that a writer makes.</summary>
internal static class HostileSeeds
{
    /// <summary>What a writer puts into a file.</summary>
    internal static byte[] Of(Action<string> write)
    {
        using var folder = new TemporaryFolder();
        string path = Path.Combine(folder.Path, "seed");
        write(path);
        return File.ReadAllBytes(path);
    }

    internal static byte[] Of(string text) => Encoding.UTF8.GetBytes(text);
}
