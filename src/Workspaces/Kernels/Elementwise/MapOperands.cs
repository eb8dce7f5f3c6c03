namespace Workspaces.Kernels.Elementwise;

/// <summary>The inputs of a map: each a span that begins at its first element, and strides in elements, 0 to repeat. Unused ones stay empty.</summary>
internal ref struct MapOperands<T>
{
    public ReadOnlySpan<T> A;
    public ReadOnlySpan<long> AStrides;
    public ReadOnlySpan<T> B;
    public ReadOnlySpan<long> BStrides;
    public ReadOnlySpan<T> C;
    public ReadOnlySpan<long> CStrides;
    public ReadOnlySpan<T> D;
    public ReadOnlySpan<long> DStrides;
}
