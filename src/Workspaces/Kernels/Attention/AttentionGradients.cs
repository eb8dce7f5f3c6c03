namespace Workspaces.Kernels.Attention;

/// <summary>Where the gradients of an attention go, and how they lie there; an empty span where none is wanted.</summary>
internal readonly ref struct AttentionGradients<T>
    where T : unmanaged
{
    /// <summary>Of the queries.</summary>
    public Span<T> Query { get; init; }

    /// <summary>Of the keys.</summary>
    public Span<T> Key { get; init; }

    /// <summary>Of the values.</summary>
    public Span<T> Value { get; init; }

    /// <summary>Layout of <see cref="Query"/>.</summary>
    public HeadLayout QueryLayout { get; init; }

    /// <summary>Layout of <see cref="Key"/>.</summary>
    public HeadLayout KeyLayout { get; init; }

    /// <summary>Layout of <see cref="Value"/>.</summary>
    public HeadLayout ValueLayout { get; init; }
}
