using System.Diagnostics;
using System.Runtime.CompilerServices;
using Workspaces.Memory.Passes;

namespace Workspaces.Tensors;

/// <summary>
/// A typed, shaped view of workspace memory: a value of 16 bytes (header reference and generation). Copies name the same tensor and become stale
/// together: after <see cref="Dispose"/>, or when the pass that made it has ended, every member throws. Ops are extension members declared in the layers above.
/// </summary>
[DebuggerDisplay("{DebugText,nq}")]
public readonly partial struct Tensor : IDisposable, IEquatable<Tensor>
{
    private readonly TensorHeader? _header;
    private readonly ulong _generation;

    internal Tensor(TensorHeader header, ulong generation)
    {
        _header = header;
        _generation = generation;
    }

    /// <summary>True while the tensor may be used; never throws.</summary>
    public bool IsAlive => _header is not null && _header.IsAlive(_generation);

    /// <summary>Sizes of the axes; rank 0 is a scalar.</summary>
    /// <exception cref="Memory.StaleAccessException">The tensor is stale or a default value.</exception>
    public Shape Shape => Described("read the shape").Layout.Shape;

    /// <summary>Shape, strides and offset, in elements.</summary>
    /// <exception cref="Memory.StaleAccessException">The tensor is stale or a default value.</exception>
    public Layout Layout => Described("read the layout").Layout;

    /// <summary>Number of axes.</summary>
    /// <exception cref="Memory.StaleAccessException">The tensor is stale or a default value.</exception>
    public int Rank => Described("read the rank").Layout.Rank;

    /// <summary>Number of elements.</summary>
    /// <exception cref="Memory.StaleAccessException">The tensor is stale or a default value.</exception>
    public long Length => Described("read the length").Layout.Length;

    /// <summary>Type of the elements.</summary>
    /// <exception cref="Memory.StaleAccessException">The tensor is stale or a default value.</exception>
    public DType DType => Described("read the data type").DType;

    /// <summary>True when the tensor shares the memory of another one.</summary>
    /// <exception cref="Memory.StaleAccessException">The tensor is stale or a default value.</exception>
    public bool IsView => Described("ask whether it is a view").Root is not null;

    /// <summary>Counts the writes in place to this tensor's memory, through any view.</summary>
    /// <exception cref="Memory.StaleAccessException">The tensor is stale or a default value.</exception>
    public int Version => Described("read the version").Storage.Version;

    /// <summary>The workspace whose pass made the tensor; null for persistent memory.</summary>
    /// <exception cref="Memory.StaleAccessException">The tensor is stale or a default value.</exception>
    public Memory.Workspace? Workspace => Described("ask for the workspace").Storage.Frame.Workspace;

    /// <summary>
    /// The allocator that the bytes came from, which lives until they are freed: of a workspace with <c>WorkspaceMode: None</c>, or in force when the tensor
    /// was made outside every workspace (<see cref="Memory.Allocators.AllocatorScope"/>). Null for bytes of an arena. Views answer for their owner.
    /// </summary>
    /// <exception cref="Memory.StaleAccessException">The tensor is stale or a default value.</exception>
    public Memory.Allocators.IAllocator? Allocator => Described("ask for the allocator").Storage.Own.Allocator;

    /// <summary>The name given with <see cref="Named"/>, or null.</summary>
    /// <exception cref="Memory.StaleAccessException">The tensor is stale or a default value.</exception>
    public string? Name => Described("read the name").Name;

    /// <summary>True when a gradient flows to this tensor: a leaf that asked for one, or the result of an op on such a tensor.</summary>
    /// <exception cref="Memory.StaleAccessException">The tensor is stale or a default value.</exception>
    public bool RequiresGrad => Described("ask whether it requires a gradient").Node is not null;

    /// <summary>Generation of the handle.</summary>
    internal ulong Generation => _generation;

    /// <summary>The header without any check; null for a default value.</summary>
    internal TensorHeader? HeaderOrNull => _header;

    private string DebugText => _header is null ? "default tensor"
        : IsAlive ? $"{_header.DType} {_header.Layout.Shape}{(_header.Name is { } name ? " " + name : "")}" : "stale tensor";

    /// <summary>Gives the tensor a name for messages and reports.</summary>
    /// <param name="name">The name.</param>
    /// <returns>The same tensor.</returns>
    /// <exception cref="Memory.StaleAccessException">The tensor is stale or a default value.</exception>
    public Tensor Named(string name)
    {
        Described("name it").Name = name;
        return this;
    }

    /// <summary>
    /// Releases the tensor before its pass ends: handles are stale at once; the bytes are free as soon as the tape does not need them. Does nothing on a
    /// view, the second time, and on a stale or default handle. The gradient of a leaf dies with it.
    /// </summary>
    public void Dispose()
    {
        if (_header is not { Root: null } header) return;
        if (header.Node is { IsLeaf: true } leaf && header.IsAlive(_generation)) leaf.OnDispose();
        header.Frame.Release(header, _generation);
    }

    /// <summary>Same header and generation; elementwise comparison is <c>a.Equal(b)</c>.</summary>
    /// <param name="other">The other handle.</param>
    /// <returns>True when both handles name the same tensor.</returns>
    /// <exception cref="Memory.StaleAccessException">One of the two is stale or a default value.</exception>
    public bool Equals(Tensor other) => ReferenceEquals(Described("compare handles"), other.Described("compare handles")) && _generation == other._generation;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is Tensor other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(_header is null ? 0 : RuntimeHelpers.GetHashCode(_header), _generation);

    /// <summary>Same header and generation.</summary>
    /// <param name="left">One handle.</param>
    /// <param name="right">Another.</param>
    /// <returns>True when both handles name the same tensor.</returns>
    public static bool operator ==(Tensor left, Tensor right) => left.Equals(right);

    /// <summary>Another header or generation.</summary>
    /// <param name="left">One handle.</param>
    /// <param name="right">Another.</param>
    /// <returns>False when both handles name the same tensor.</returns>
    public static bool operator !=(Tensor left, Tensor right) => !left.Equals(right);

    /// <summary>
    /// The liveness check of what is asked about a tensor apart from its elements: shape, name, place on the tape. A tensor that its last recorded use has
    /// ended still answers, because such questions are not counted as uses; its header serves no other tensor in this pass.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal TensorHeader Described(string asked)
    {
        TensorHeader? header = _header;
        if (header is null || !(header.IsAlive(_generation) || header.IsDescribed(_generation))) TensorThrow.Stale(header, _generation, asked);
        return header!;
    }

    /// <summary>The one liveness check that every access to elements goes through.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal TensorHeader Checked(string asked)
    {
        TensorHeader? header = _header;
        if (header is null || !header.IsAlive(_generation)) TensorThrow.Stale(header, _generation, asked);
        return header!;
    }
}
