namespace Workspaces.Memory;

/// <summary>Where the bytes of an arena live.</summary>
public enum LocationPolicy
{
    /// <summary>Anonymous memory.</summary>
    Ram,

    /// <summary>A memory-mapped file, see <see cref="WorkspaceConfiguration.TempFilePath"/>.</summary>
    Mmap,
}
