namespace Workspaces.Memory.Passes;

/// <summary>What a caller asks a frame for.</summary>
/// <param name="Bytes">Bytes wanted, 0 or more.</param>
/// <param name="Zeroed">Whether the bytes must be zero.</param>
/// <param name="Tag">Tells requests of equal size apart in a trace; 0 is unknown.</param>
/// <param name="Op">The op or purpose, for messages and traces.</param>
internal readonly record struct BlockRequest(long Bytes, bool Zeroed = false, uint Tag = 0, string? Op = null);
