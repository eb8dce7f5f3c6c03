using Workspaces.Memory.Passes;

namespace Workspaces.Tensors;

/// <summary>
/// The header of a tensor: the block's header plus data type, layout and tape node. A view has a header of its own without bytes; its
/// <see cref="Root"/> owns them, and a view is alive only while its root is.
/// </summary>
internal sealed class TensorHeader(Frame frame, HeaderFactory factory) : BlockHeader(frame, factory)
{
    internal static readonly HeaderFactory Factory = new TensorHeaderFactory();

    internal Layout Layout;
    internal DType DType;

    /// <summary>Given by the user or by a module, e.g. <c>layers.0.weight</c>.</summary>
    internal string? Name;

    /// <summary>The op that made the tensor when a gradient can flow back through it, or the leaf's gradient.</summary>
    internal TapeNode? Node;

    /// <summary>The owner of the bytes of a view; null for a tensor that owns its own.</summary>
    internal TensorHeader? Root;

    /// <summary>Birth of <see cref="Root"/> when the view was made.</summary>
    internal ulong RootBirth;

    /// <summary>True for a view that was taken, not by <c>Detach</c>, while no op on the root was recorded.</summary>
    internal bool OfPlain;

    /// <summary>The op that wrote to this memory in place last.</summary>
    internal string? Writer;

    /// <summary>True for a view that the tape made of a tensor that it holds: valid while the bytes are kept, even after the user's release.</summary>
    internal bool ThroughHold;

    /// <summary>True once a span was taken while the tape held these bytes; see <see cref="SpanWrites"/>.</summary>
    internal bool IsWatched;

    /// <summary>Of the bytes, when they were looked at last.</summary>
    internal int WatchedHash;

    /// <summary>The version they had then.</summary>
    internal int WatchedVersion;

    /// <inheritdoc/>
    internal override string? ShapeText => Layout.Shape.ToString();

    /// <inheritdoc/>
    internal override string? TypeText => DType.Name;

    /// <inheritdoc/>
    internal override string? NameText => Name;

    /// <summary>The header that owns the bytes: this one, or the root.</summary>
    internal TensorHeader Storage => Root ?? this;

    internal bool IsAlive(ulong generation) => Admits(generation) && (Root is null || RootIsAlive());

    /// <summary>True for a tensor that is alive but for its last recorded use: the header still describes it.</summary>
    internal bool IsDescribed(ulong generation) =>
        Root is null ? AdmitsOrEnded(generation) : Admits(generation) && (ThroughHold ? Root.Keeps(RootBirth) : Root.AdmitsOrEnded(RootBirth));

    /// <summary>Sets what a new tensor in recycled headers must not inherit.</summary>
    internal void Begin(DType dtype, in Layout layout)
    {
        Layout = layout;
        Begin(dtype);
    }

    /// <summary>The same for a contiguous tensor.</summary>
    internal void Begin(DType dtype, in Shape shape)
    {
        Layout.SetContiguous(ref Layout, shape);
        Begin(dtype);
    }

    private void Begin(DType dtype)
    {
        DType = dtype;
        Name = null;
        Node = null;
        Root = null;
        ThroughHold = false;
        IsWatched = false;
        OfPlain = false;
        Writer = null;
    }

    private bool RootIsAlive() => ThroughHold ? Root!.Keeps(RootBirth) : Root!.Admits(RootBirth);

    private sealed class TensorHeaderFactory : HeaderFactory
    {
        internal override BlockHeader Create(Frame frame) => new TensorHeader(frame, this);
    }
}
