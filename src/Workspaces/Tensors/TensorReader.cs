namespace Workspaces.Tensors;

/// <summary>Reads the elements of a tensor during one call.</summary>
/// <typeparam name="T">The element type.</typeparam>
/// <param name="elements">The elements in row-major order; must not be kept.</param>
public delegate void TensorReader<T>(ReadOnlySpan<T> elements)
    where T : unmanaged;
