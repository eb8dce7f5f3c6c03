using System.Runtime.CompilerServices;
using Workspaces.Memory;

namespace Workspaces.Tensors;

/// <summary>Reading and writing elements from outside: spans, items, copies.</summary>
public readonly partial struct Tensor
{
    /// <summary>
    /// The elements of a contiguous tensor as a span. A span cannot be revoked, so from now on the bytes stay untouched to the end of the pass, even when the
    /// tensor is disposed. A span of what the tape has saved is watched: the bytes are hashed here and in <c>Backward</c>, which throws when they were written to;
    /// writes through a span that was taken before are not seen. Prefer <see cref="CopyTo{T}(Span{T})"/>, <see cref="CopyFrom{T}(ReadOnlySpan{T})"/> and
    /// <see cref="Read{T}(TensorReader{T})"/>, which do not have that price.
    /// </summary>
    /// <typeparam name="T">The element type: float, double, int, long, byte or bool.</typeparam>
    /// <returns>The span; do not keep it beyond the pass.</returns>
    /// <exception cref="StaleAccessException">The tensor is stale or a default value.</exception>
    /// <exception cref="ArgumentException">The elements have another type.</exception>
    /// <exception cref="InvalidOperationException">Not contiguous, or more than 2³¹-1 elements.</exception>
    public Span<T> AsSpan<T>()
        where T : unmanaged
    {
        Span<T> span = ContiguousSpan<T>("take a span");
        TensorHeader storage = _header!.Storage;
        ulong birth = _header.Root is null ? _generation : _header.RootBirth;
        if (!storage.Frame.TryExpose(storage, birth)) Checked("take a span");
        SpanWrites.Watch(storage);
        return span;
    }

    /// <summary>
    /// The elements one by one, whatever the strides. Checked here, and with <c>Checks: Element</c> at each access again; keeps the bytes to the end of the pass
    /// as <see cref="AsSpan{T}"/> does.
    /// </summary>
    /// <typeparam name="T">The element type.</typeparam>
    /// <returns>The elements.</returns>
    /// <exception cref="StaleAccessException">The tensor is stale or a default value.</exception>
    /// <exception cref="ArgumentException">The elements have another type.</exception>
    /// <exception cref="InvalidOperationException">More than 2³¹-1 elements from the first to the last.</exception>
    public TensorElements<T> Elements<T>()
        where T : unmanaged
    {
        RequireType<T>("take the elements");
        return new TensorElements<T>(this);
    }

    /// <summary>Lets code read the elements of a contiguous tensor without exposing them beyond the call.</summary>
    /// <typeparam name="T">The element type.</typeparam>
    /// <param name="reader">Reads the span; must not keep it.</param>
    /// <exception cref="StaleAccessException">The tensor is stale, or became so during the call.</exception>
    /// <exception cref="ArgumentException">The elements have another type.</exception>
    /// <exception cref="InvalidOperationException">Not contiguous, or more than 2³¹-1 elements.</exception>
    public void Read<T>(TensorReader<T> reader)
        where T : unmanaged
    {
        ArgumentNullException.ThrowIfNull(reader);
        using var op = new OpScope("Read", this);
        reader(ContiguousSpan<T>("read"));
        op.CompleteRead();
    }

    /// <summary>The value of a float32 tensor of one element.</summary>
    /// <returns>The value.</returns>
    /// <exception cref="StaleAccessException">The tensor is stale or a default value.</exception>
    /// <exception cref="ArgumentException">Not float32: use <see cref="Item{T}"/>.</exception>
    /// <exception cref="InvalidOperationException">Not exactly one element.</exception>
    public float Item() => Item<float>();

    /// <summary>The value of a tensor of one element, in its own type.</summary>
    /// <typeparam name="T">The element type.</typeparam>
    /// <returns>The value.</returns>
    /// <exception cref="StaleAccessException">The tensor is stale or a default value.</exception>
    /// <exception cref="ArgumentException">The elements have another type.</exception>
    /// <exception cref="InvalidOperationException">Not exactly one element.</exception>
    public T Item<T>()
        where T : unmanaged
    {
        using var op = new OpScope("Item", this);
        RequireType<T>("read the item");
        if (Length != 1) TensorThrow.NotAScalar(this);
        T value = op.ReadSpan<T>(this)[0];
        op.CompleteRead();
        return value;
    }

    /// <summary>Copies all elements out in row-major order, whatever the strides.</summary>
    /// <typeparam name="T">The element type.</typeparam>
    /// <param name="destination">Receives exactly <see cref="Length"/> elements.</param>
    /// <exception cref="StaleAccessException">The tensor is stale or a default value.</exception>
    /// <exception cref="ArgumentException">Another type or length.</exception>
    public void CopyTo<T>(Span<T> destination)
        where T : unmanaged
    {
        using var op = new OpScope("CopyTo", this);
        RequireType<T>("copy out");
        if (destination.Length != Length) TensorThrow.WrongLength("copy out", this, destination.Length);
        Layout layout = Layout;
        TensorCopy.Run(op.ReadSpan<T>(this), layout, destination, Layout.Contiguous(layout.Shape));
        op.CompleteRead();
    }

    /// <summary>Overwrites all elements in row-major order, whatever the strides; counts as a write in place.</summary>
    /// <typeparam name="T">The element type.</typeparam>
    /// <param name="source">Exactly <see cref="Length"/> elements.</param>
    /// <exception cref="StaleAccessException">The tensor is stale or a default value.</exception>
    /// <exception cref="ArgumentException">Another type or length.</exception>
    /// <exception cref="InvalidOperationException">A broadcast view, or the result of a recorded op.</exception>
    public void CopyFrom<T>(ReadOnlySpan<T> source)
        where T : unmanaged
    {
        using var op = new OpScope("CopyFrom", this);
        RequireType<T>("copy in");
        if (source.Length != Length) TensorThrow.WrongLength("copy in", this, source.Length);
        op.BeginLoad(this);
        Layout layout = Layout;
        if (op.Computes) TensorCopy.Run(source, Layout.Contiguous(layout.Shape), op.WriteSpan<T>(this), layout);
        op.Complete();
    }

    /// <summary>All elements in row-major order as a new array.</summary>
    /// <typeparam name="T">The element type.</typeparam>
    /// <returns>The array.</returns>
    /// <exception cref="StaleAccessException">The tensor is stale or a default value.</exception>
    /// <exception cref="ArgumentException">The elements have another type.</exception>
    public T[] ToArray<T>()
        where T : unmanaged
    {
        var array = new T[checked((int)Length)];
        CopyTo<T>(array);
        return array;
    }

    /// <summary>The values as NumPy prints them; long tensors are shortened in the middle.</summary>
    /// <returns>The text.</returns>
    /// <exception cref="StaleAccessException">The tensor is stale or a default value.</exception>
    public override string ToString()
    {
        using var op = new OpScope("ToString", this);
        string text = TensorText.Of(this, op);
        op.CompleteRead();
        return text;
    }

    /// <summary>
    /// Keeps the tensor to its release or the end of its pass. With <c>Lifetimes: LastUse</c> a planned pass ends each tensor with its last recorded use; what
    /// was kept once, or read on the host, is left alone. Without it this does nothing.
    /// </summary>
    /// <returns>The same tensor.</returns>
    /// <exception cref="StaleAccessException">The tensor is stale or a default value.</exception>
    public Tensor Keep()
    {
        TensorHeader storage = Checked("keep").Storage;
        ulong birth = _header!.Root is null ? _generation : _header.RootBirth;
        if (!storage.Frame.TryKeep(storage, birth)) Checked("keep");
        return this;
    }

    /// <summary>
    /// The value of a tensor of one element, or the default value in a pass that is traced on shapes alone: for steps of ours whose memory does not
    /// depend on the number that they report.
    /// </summary>
    internal T ItemUnlessTraced<T>()
        where T : unmanaged
    {
        if (!Checked("read the item").Storage.Frame.ShapesOnly) return Item<T>();
        using var op = new OpScope("Item", this);
        op.CompleteRead();
        return default;
    }

    private Span<T> ContiguousSpan<T>(string what)
        where T : unmanaged
    {
        TensorHeader header = Checked(what);
        RequireType<T>(what);
        if (!header.Layout.IsContiguous) TensorThrow.NotContiguous(this, what);
        if (header.Layout.Length > int.MaxValue) TensorThrow.TooLongForSpan(this, what);
        return TensorMemory.Span<T>(header);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void RequireType<T>(string what)
        where T : unmanaged
    {
        DType asked = DTypes.Of<T>();
        if (asked != Checked(what).DType) TensorThrow.WrongType(this, asked, what);
    }
}
