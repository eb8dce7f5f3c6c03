namespace Workspaces.Kernels.Attention;

/// <summary>
/// Where a matrix of one batch and head lies in a tensor, in elements from its first one. Columns lie next to each other. Three matrices
/// side by side in one projection differ in their offset only:
/// <code>
///   row t of [batch, t, 3 · width]:   q head 0, q head 1, … | k head 0, … | v head 0, …
/// </code>
/// </summary>
internal readonly record struct HeadLayout(int Offset, int Batch, int Head, int Row)
{
    /// <summary>The first element of a matrix.</summary>
    public int Start(int batch, int head) => Offset + (batch * Batch) + (head * Head);
}
