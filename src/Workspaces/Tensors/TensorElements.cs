using Workspaces.Memory;
using Workspaces.Memory.Passes;

namespace Workspaces.Tensors;

/// <summary>
/// The elements of a tensor one by one, whatever its strides: <c>e[1, 2]</c>, <c>foreach</c>. The handle is checked when it is taken; with <c>Checks: Element</c>
/// and <c>Protect</c> each access checks it again, so that a use after <c>Dispose</c> or after the pass throws where it happens.
/// </summary>
/// <remarks>
/// Like a raw span it keeps the bytes to the end of the pass, even when the tensor is disposed; and as with a raw span, <c>Backward</c> notices writes to what
/// the tape had saved before the elements were taken.
/// </remarks>
/// <typeparam name="T">The element type.</typeparam>
public readonly ref struct TensorElements<T>
    where T : unmanaged
{
    private readonly Span<T> _elements;
    private readonly TensorHeader _header;
    private readonly ulong _generation;
    private readonly bool _checksEach;

    internal TensorElements(Tensor tensor)
    {
        _header = tensor.Checked("take the elements");
        _generation = tensor.Generation;
        _elements = TensorMemory.Span<T>(_header);
        TensorHeader storage = _header.Storage;
        if (!storage.Frame.TryExpose(storage, _header.Root is null ? _generation : _header.RootBirth)) tensor.Checked("take the elements");
        SpanWrites.Watch(storage);
        _checksEach = storage.Frame.ChecksElements || _header.Frame.ChecksElements;
    }

    /// <summary>Number of elements.</summary>
    public long Length => _header is null ? 0 : _header.Layout.Length;

    /// <summary>One element.</summary>
    /// <param name="index">One position an axis, none for a scalar; negative ones count from the end.</param>
    /// <exception cref="StaleAccessException">Each access is checked, and the tensor is stale.</exception>
    /// <exception cref="ShapeException">Another number of positions than axes, or one out of range.</exception>
    /// <exception cref="InvalidOperationException">A write to a broadcast view, whose elements share memory.</exception>
    public T this[params ReadOnlySpan<long> index]
    {
        get
        {
            int at = PositionOf(index);
            return _checksEach ? Read(at) : _elements[at];
        }

        set
        {
            int at = PositionOf(index);
            if (_header.Layout.IsBroadcast)
                TensorThrow.InPlaceRefused(
                    _header, "an element", "it is a broadcast view, whose elements share memory", "write to the tensor it was broadcast from, or copy it with Contiguous() first");
            if (_checksEach) Write(at, value);
            else _elements[at] = value;
        }
    }

    /// <summary>All elements in row-major order.</summary>
    /// <returns>The enumerator.</returns>
    /// <exception cref="StaleAccessException">Each access is checked, and the tensor is stale.</exception>
    public Enumerator GetEnumerator() => new(this);

    private int PositionOf(ReadOnlySpan<long> index)
    {
        if (_header is null) TensorThrow.Stale(null, 0, "read an element");
        return (int)(_header!.Layout.OffsetOf(index, "an element") - _header.Layout.Offset);
    }

    private T Read(int at)
    {
        Frame frame = Begin();
        T value = _elements[at];
        frame.EndOp();
        return value;
    }

    private void Write(int at, T value)
    {
        Frame frame = Begin();
        _elements[at] = value;
        frame.EndOp();
    }

    /// <summary>Registers the access, so that no byte is reused under it, and checks the handle after that.</summary>
    private Frame Begin()
    {
        Frame frame = TensorFrames.BeginUse(_header.Storage.Frame);
        if (_header.IsAlive(_generation)) return frame;
        frame.EndOp();
        TensorThrow.Stale(_header, _generation, "use an element");
        return frame;
    }

    /// <summary>Walks the elements in row-major order.</summary>
    public ref struct Enumerator
    {
        private readonly TensorElements<T> _owner;
        private readonly long _first;
        private LayoutOffsets _offsets;

        internal Enumerator(TensorElements<T> owner)
        {
            if (owner._header is null) TensorThrow.Stale(null, 0, "walk the elements");
            _owner = owner;
            _first = owner._header!.Layout.Offset;
            _offsets = owner._header.Layout.Offsets;
        }

        /// <summary>The element reached.</summary>
        /// <exception cref="StaleAccessException">Each access is checked, and the tensor is stale.</exception>
        public readonly T Current
        {
            get
            {
                int at = (int)(_offsets.Current - _first);
                return _owner._checksEach ? _owner.Read(at) : _owner._elements[at];
            }
        }

        /// <summary>Goes on to the next element.</summary>
        /// <returns>False after the last one.</returns>
        public bool MoveNext() => _offsets.MoveNext();
    }
}
