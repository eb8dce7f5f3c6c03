using System.Globalization;
using Workspaces.IO;
using Workspaces.Memory;
using Workspaces.Memory.Files;

namespace Workspaces.Train;

/// <summary>The checkpoints of one run in a folder: numbered by their steps, the newest few, and the best one.</summary>
public static class CheckpointFolder
{
    /// <summary>Name of the best one.</summary>
    public const string BestName = "best.safetensors";
    private const string Prefix = "checkpoint-";
    private const string Suffix = ".safetensors";

    /// <summary>The file of a step.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="step">The step.</param>
    /// <returns>Its path.</returns>
    public static string PathOf(string folder, long step) =>
        Path.Combine(folder, string.Create(CultureInfo.InvariantCulture, $"{Prefix}{step:D10}{Suffix}"));

    /// <summary>The numbered checkpoints of a folder.</summary>
    /// <param name="folder">The folder.</param>
    /// <returns>Steps and paths, oldest first; empty when the folder does not exist.</returns>
    public static IReadOnlyList<(long Step, string Path)> List(string folder)
    {
        ArgumentNullException.ThrowIfNull(folder);
        if (!Directory.Exists(folder)) return [];
        var found = new List<(long Step, string Path)>();
        foreach (string path in Directory.EnumerateFiles(folder, Prefix + "*" + Suffix))
        {
            ReadOnlySpan<char> name = Path.GetFileName(path.AsSpan());
            if (name.StartsWith(Prefix, StringComparison.Ordinal) && name.EndsWith(Suffix, StringComparison.Ordinal)
                && long.TryParse(name[Prefix.Length..^Suffix.Length], NumberStyles.None, CultureInfo.InvariantCulture, out long step)) found.Add((step, path));
        }

        found.Sort(static (a, b) => a.Step.CompareTo(b.Step));
        return found;
    }

    /// <summary>The newest checkpoint of a folder; a file is taken as it is.</summary>
    /// <param name="path">A folder, or a checkpoint.</param>
    /// <returns>The checkpoint.</returns>
    /// <exception cref="FileNotFoundException">The folder has none.</exception>
    public static string Newest(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        if (!Directory.Exists(path)) return path;
        IReadOnlyList<(long Step, string Path)> all = List(path);
        if (all.Count == 0)
            throw new FileNotFoundException(WorkspaceException.Compose(
                $"find a checkpoint in '{path}'", nameof(CheckpointFolder), $"the folder has 0 files {Prefix}*{Suffix}", "name another folder, or a file"), path);
        return all[^1].Path;
    }

    /// <summary>Deletes what a killed process has left of checkpoints that it was writing; a run that begins or goes on in the folder is the only one in it.</summary>
    /// <param name="folder">The folder.</param>
    /// <returns>Files deleted.</returns>
    internal static int DeleteLeftovers(string folder) => AtomicFile.DeleteLeftovers(folder, IsCheckpoint, TimeSpan.Zero);

    private static bool IsCheckpoint(string name) =>
        name == BestName || (name.StartsWith(Prefix, StringComparison.Ordinal) && name.EndsWith(Suffix, StringComparison.Ordinal));

    /// <summary>Takes all but the newest away. Those of later steps are of another run and stay.</summary>
    internal static void Thin(string folder, long step, int keep)
    {
        (long Step, string Path)[] mine = [.. List(folder).Where(file => file.Step <= step)];
        for (int i = 0; i < mine.Length - keep; i++) File.Delete(mine[i].Path);
    }
}
