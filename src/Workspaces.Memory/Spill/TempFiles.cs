using Workspaces.Memory.Allocators;
using Workspaces.Memory.Arenas;
using Workspaces.Memory.Budgets;

namespace Workspaces.Memory.Spill;

/// <summary>Where temporary files of a workspace lie, and arenas in them.</summary>
internal static class TempFiles
{
    /// <summary>The folder of the workspace's files.</summary>
    internal static string Folder(WorkspaceConfiguration configuration) => Path.GetDirectoryName(Prefix(configuration)) is { Length: > 0 } folder ? folder : ".";

    /// <summary>The file of a mapped workspace that stays.</summary>
    internal static string Lasting(WorkspaceConfiguration configuration) =>
        Path.GetFullPath(configuration.TempFilePath ?? Path.Combine(Path.GetTempPath(), $"workspaces-{configuration.Name}.mmap"));

    /// <summary>An arena in a new temporary file, or null and the reason.</summary>
    internal static Arena? TryMap(MappedFiles files, WorkspaceConfiguration configuration, long reserve, MemoryBudget? budget, out string? problem)
    {
        FileStream? file = null;
        string prefix = Prefix(configuration);
        try
        {
            file = files.CreateTemporary($"{prefix}.{Environment.ProcessId}.{Guid.NewGuid():N}.tmp");
            problem = null;
            return new Arena(reserve, Arena.DefaultMinimumReserveBytes, new FileMemory(files, file, fileStart: 0), budget);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or AllocationException or NotSupportedException)
        {
            file?.Dispose();
            problem = $"a temporary file '{prefix}.*.tmp' could not be made and mapped: {error.Message.TrimEnd('.')}";
            return null;
        }
    }

    /// <summary>What temporary names begin with: in the folder that <c>TempFilePath</c> names, else beside the file that it names.</summary>
    private static string Prefix(WorkspaceConfiguration configuration)
    {
        string path = Path.GetFullPath(configuration.TempFilePath ?? Path.GetTempPath());
        return Directory.Exists(path) ? Path.Combine(path, $"workspaces-{configuration.Name ?? "unnamed"}") : path;
    }
}
