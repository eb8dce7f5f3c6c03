namespace Workspaces.Kernels.Attention;

/// <summary>Where the element of a batch, head, query and key lies in a mask, in elements; a step of 0 along axes that the mask does not have.</summary>
internal readonly record struct MaskLayout(int Batch, int Head, int Query, int Key)
{
    /// <summary>The first element of a query.</summary>
    public int Start(int batch, int head, int query) => (batch * Batch) + (head * Head) + (query * Query);
}
