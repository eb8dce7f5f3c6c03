namespace Workspaces.Kernels.Attention;

/// <summary>Sizes of an attention to a kept prefix.</summary>
/// <param name="Batches">Sequences.</param>
/// <param name="Heads">Heads.</param>
/// <param name="Width">Elements of a query, key or value of a head.</param>
/// <param name="Room">Positions that there is room for.</param>
/// <param name="Position">The new position, less than <paramref name="Room"/>.</param>
/// <param name="Scale">What scores are multiplied by.</param>
internal readonly record struct PrefixSettings(int Batches, int Heads, int Width, int Room, int Position, double Scale);
