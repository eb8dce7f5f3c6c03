using System.Buffers;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Workspaces.Memory;
using Workspaces.Tensors;
using Numerics = System.Numerics.Tensors;

namespace Workspaces.Seams;

/// <summary>
/// A tensor as generic code over <c>ITensor&lt;TSelf, T&gt;</c> sees it: what such code creates with <c>TSelf.CreateFromShape</c> lies in the ambient workspace, dies with
/// its pass, and throws when it is used after that.
/// </summary>
/// <remarks>
/// Members behave as those of the library's own <c>Tensor&lt;T&gt;</c>, whose spans do the work. Memory is native, so every instance counts as pinned. Spans and references
/// taken from it cannot be revoked; its bytes stay untouched to the end of the pass. Each instance is an object of managed memory: for hot paths use <see cref="Tensor"/>.
/// </remarks>
/// <typeparam name="T">float, double, int, long, byte or bool.</typeparam>
public sealed partial class WorkspaceTensor<T> : Numerics.ITensor<WorkspaceTensor<T>, T>, IDisposable
    where T : unmanaged
{
    private readonly Tensor _tensor;
    private readonly nint[] _lengths;
    private readonly nint[] _strides;

    /// <summary>Shows a tensor to such code; both share elements and life.</summary>
    /// <param name="tensor">A living tensor with elements of type <typeparamref name="T"/>.</param>
    /// <exception cref="StaleAccessException">The tensor is stale or a default value.</exception>
    /// <exception cref="ArgumentException">The elements have another type.</exception>
    public WorkspaceTensor(Tensor tensor)
    {
        DType wanted = DTypes.Of<T>();
        if (tensor.Checked("show it to generic code").DType != wanted) TensorThrow.WrongType(tensor, wanted, "show it to generic code");
        Span<nint> lengths = stackalloc nint[Shape.MaxRank], strides = stackalloc nint[Shape.MaxRank];
        int rank = SpanLayout.Write(tensor.Layout, lengths, strides);
        _tensor = tensor;
        _lengths = lengths[..rank].ToArray();
        _strides = strides[..rank].ToArray();
    }

    /// <summary>An empty tensor of one axis, in the ambient pass.</summary>
    public static WorkspaceTensor<T> Empty => Create([0], zeroed: false);

    /// <summary>The tensor, for the ops of this library.</summary>
    /// <exception cref="StaleAccessException">It is stale.</exception>
    public Tensor Tensor
    {
        get
        {
            _tensor.Checked("use it");
            return _tensor;
        }
    }

    /// <summary>True while it may be used; never throws.</summary>
    public bool IsAlive => _tensor.IsAlive;

    /// <inheritdoc/>
    public nint FlattenedLength => (nint)_tensor.Length;

    /// <inheritdoc/>
    public bool HasAnyDenseDimensions => ReadOnly().HasAnyDenseDimensions;

    /// <inheritdoc/>
    public bool IsDense => ReadOnly().IsDense;

    /// <inheritdoc/>
    public bool IsEmpty => _tensor.Length == 0;

    /// <summary>Always true: the memory is native.</summary>
    public bool IsPinned => true;

    /// <summary>False: elements can be written, unless it shows a broadcast view.</summary>
    public bool IsReadOnly => _tensor.Layout.IsBroadcast;

    /// <inheritdoc/>
    public ReadOnlySpan<nint> Lengths => _lengths;

    /// <inheritdoc/>
    public int Rank => _lengths.Length;

    /// <inheritdoc/>
    public ReadOnlySpan<nint> Strides => _strides;

    /// <summary>A tensor of zeros in the ambient pass.</summary>
    /// <param name="lengths">Its sizes.</param>
    /// <param name="pinned">Without meaning: the memory is native.</param>
    /// <returns>The tensor.</returns>
    /// <exception cref="ShapeException">A negative size, or more than eight axes.</exception>
    /// <exception cref="OutOfWorkspaceException">Memory is refused.</exception>
    public static WorkspaceTensor<T> CreateFromShape(scoped ReadOnlySpan<nint> lengths, bool pinned = false) => Create(lengths, zeroed: true);

    /// <summary>A tensor of zeros with given strides in the ambient pass.</summary>
    /// <param name="lengths">Its sizes.</param>
    /// <param name="strides">As many strides, in elements; empty for contiguous ones.</param>
    /// <param name="pinned">Without meaning: the memory is native.</param>
    /// <returns>The tensor.</returns>
    /// <exception cref="ShapeException">Elements would overlap, or the lengths are wrong.</exception>
    /// <exception cref="OutOfWorkspaceException">Memory is refused.</exception>
    public static WorkspaceTensor<T> CreateFromShape(scoped ReadOnlySpan<nint> lengths, scoped ReadOnlySpan<nint> strides, bool pinned = false) =>
        Create(lengths, strides, zeroed: true);

    /// <inheritdoc cref="CreateFromShape(ReadOnlySpan{nint}, bool)"/>
    public static WorkspaceTensor<T> CreateFromShapeUninitialized(scoped ReadOnlySpan<nint> lengths, bool pinned = false) => Create(lengths, zeroed: false);

    /// <inheritdoc cref="CreateFromShape(ReadOnlySpan{nint}, ReadOnlySpan{nint}, bool)"/>
    public static WorkspaceTensor<T> CreateFromShapeUninitialized(scoped ReadOnlySpan<nint> lengths, scoped ReadOnlySpan<nint> strides, bool pinned = false) =>
        Create(lengths, strides, zeroed: false);

    /// <summary>Releases the tensor before the end of its pass; does nothing on a view and the second time.</summary>
    public void Dispose() => _tensor.Dispose();

    /// <inheritdoc/>
    public override string ToString() => _tensor.IsAlive ? $"{_tensor.DType.Name}{_tensor.Shape} in a workspace" : "stale tensor";

    private static WorkspaceTensor<T> Create(scoped ReadOnlySpan<nint> lengths, bool zeroed) =>
        new(TensorFrames.Allocate(TensorFrames.Current, DTypes.Of<T>(), SpanLayout.ShapeOf(lengths), nameof(WorkspaceTensor<>), zeroed));

    private static WorkspaceTensor<T> Create(scoped ReadOnlySpan<nint> lengths, scoped ReadOnlySpan<nint> strides, bool zeroed)
    {
        if (strides.IsEmpty) return Create(lengths, zeroed);
        Shape shape = SpanLayout.ShapeOf(lengths);
        if (strides.Length != lengths.Length)
            throw new ShapeException(
                $"make a tensor of shape {shape}", nameof(WorkspaceTensor<>), $"{strides.Length} strides do not fit {lengths.Length} axes", "give as many strides as lengths");
        Layout layout = SpanLayout.Of(shape, lengths, strides);
        Tensor whole = TensorFrames.Allocate(TensorFrames.Current, DTypes.Of<T>(), new Shape(layout.Extent), nameof(WorkspaceTensor<>), zeroed);
        return new(TensorFrames.View(whole, layout, nameof(WorkspaceTensor<>)));
    }

    private Numerics.TensorSpan<T> Writable() => _tensor.AsTensorSpan<T>();

    private Numerics.ReadOnlyTensorSpan<T> ReadOnly() => _tensor.AsReadOnlyTensorSpan<T>();

    /// <summary>A view of the part that a span shows: the library's own slicing decides what that is.</summary>
    private WorkspaceTensor<T> Part(scoped in Numerics.ReadOnlyTensorSpan<T> part)
    {
        Shape shape = SpanLayout.ShapeOf(part.Lengths);
        long offset = 0;
        if (shape.Length > 0)
        {
            ref T first = ref Unsafe.AsRef(in TensorMarshal.GetReference(ReadOnly())), begin = ref Unsafe.AsRef(in TensorMarshal.GetReference(part));
            offset = Unsafe.ByteOffset(ref first, ref begin) / Unsafe.SizeOf<T>();
        }

        return new(TensorFrames.View(_tensor, SpanLayout.Of(shape, part.Lengths, part.Strides, _tensor.Layout.Offset + offset), "Slice"));
    }
}
