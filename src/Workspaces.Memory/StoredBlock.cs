namespace Workspaces.Memory;

/// <summary>What the file of a mapped workspace holds under a name.</summary>
/// <param name="Name">The name, as given to <see cref="Workspace.OpenStored(string, long)"/>.</param>
/// <param name="Offset">First byte, counted from the start of the data; a multiple of 64.</param>
/// <param name="Bytes">Number of bytes.</param>
public readonly record struct StoredBlock(string Name, long Offset, long Bytes);
