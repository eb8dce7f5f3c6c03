using System.Buffers;
using Workspaces.Tensors;
using Numerics = System.Numerics.Tensors;

namespace Workspaces.Seams;

/// <summary>Reading, writing and slicing, as the interface has it.</summary>
public sealed partial class WorkspaceTensor<T>
{
    /// <inheritdoc/>
    public ref T this[params scoped ReadOnlySpan<nint> indexes] => ref Writable()[indexes];

    /// <inheritdoc/>
    public ref T this[params scoped ReadOnlySpan<NIndex> indexes] => ref Writable()[indexes];

    /// <summary>A part: a view of the same elements when read, a copy into them when written.</summary>
    /// <param name="ranges">One range an axis.</param>
    public WorkspaceTensor<T> this[params scoped ReadOnlySpan<NRange> ranges]
    {
        get => Slice(ranges);
        set
        {
            ArgumentNullException.ThrowIfNull(value);
            value.ReadOnly().CopyTo(Writable().Slice(ranges));
        }
    }

    ref readonly T Numerics.IReadOnlyTensor<WorkspaceTensor<T>, T>.this[params scoped ReadOnlySpan<nint> indexes] => ref ReadOnly()[indexes];

    ref readonly T Numerics.IReadOnlyTensor<WorkspaceTensor<T>, T>.this[params scoped ReadOnlySpan<NIndex> indexes] => ref ReadOnly()[indexes];

    WorkspaceTensor<T> Numerics.IReadOnlyTensor<WorkspaceTensor<T>, T>.this[params scoped ReadOnlySpan<NRange> ranges] => Slice(ranges);

    object? Numerics.ITensor.this[params scoped ReadOnlySpan<nint> indexes]
    {
        get => ReadOnly()[indexes];
        set => Writable()[indexes] = (T)value!;
    }

    object? Numerics.ITensor.this[params scoped ReadOnlySpan<NIndex> indexes]
    {
        get => ReadOnly()[indexes];
        set => Writable()[indexes] = (T)value!;
    }

    object? Numerics.IReadOnlyTensor.this[params scoped ReadOnlySpan<nint> indexes] => ReadOnly()[indexes];

    object? Numerics.IReadOnlyTensor.this[params scoped ReadOnlySpan<NIndex> indexes] => ReadOnly()[indexes];

    /// <inheritdoc/>
    public Numerics.TensorSpan<T> AsTensorSpan() => Writable();

    /// <inheritdoc/>
    public Numerics.TensorSpan<T> AsTensorSpan(params scoped ReadOnlySpan<nint> startIndexes) => Writable().Slice(startIndexes);

    /// <inheritdoc/>
    public Numerics.TensorSpan<T> AsTensorSpan(params scoped ReadOnlySpan<NIndex> startIndexes) => Writable().Slice(startIndexes);

    /// <inheritdoc/>
    public Numerics.TensorSpan<T> AsTensorSpan(params scoped ReadOnlySpan<NRange> ranges) => Writable().Slice(ranges);

    /// <inheritdoc/>
    public Numerics.ReadOnlyTensorSpan<T> AsReadOnlyTensorSpan() => ReadOnly();

    /// <inheritdoc/>
    public Numerics.ReadOnlyTensorSpan<T> AsReadOnlyTensorSpan(params scoped ReadOnlySpan<nint> startIndexes) => ReadOnly().Slice(startIndexes);

    /// <inheritdoc/>
    public Numerics.ReadOnlyTensorSpan<T> AsReadOnlyTensorSpan(params scoped ReadOnlySpan<NIndex> startIndexes) => ReadOnly().Slice(startIndexes);

    /// <inheritdoc/>
    public Numerics.ReadOnlyTensorSpan<T> AsReadOnlyTensorSpan(params scoped ReadOnlySpan<NRange> ranges) => ReadOnly().Slice(ranges);

    /// <inheritdoc/>
    public WorkspaceTensor<T> Slice(params scoped ReadOnlySpan<nint> startIndexes) => Part(ReadOnly().Slice(startIndexes));

    /// <inheritdoc/>
    public WorkspaceTensor<T> Slice(params scoped ReadOnlySpan<NIndex> startIndexes) => Part(ReadOnly().Slice(startIndexes));

    /// <inheritdoc/>
    public WorkspaceTensor<T> Slice(params scoped ReadOnlySpan<NRange> ranges) => Part(ReadOnly().Slice(ranges));

    /// <inheritdoc/>
    public WorkspaceTensor<T> ToDenseTensor() => IsDense ? this : new(Tensor.From(ReadOnly()));

    /// <inheritdoc/>
    public void Clear() => Writable().Clear();

    /// <inheritdoc/>
    public void Fill(T value) => Writable().Fill(value);

    void Numerics.ITensor.Fill(object value) => Fill((T)value);

    /// <inheritdoc/>
    public void CopyTo(scoped in Numerics.TensorSpan<T> destination) => ReadOnly().CopyTo(destination);

    /// <inheritdoc/>
    public bool TryCopyTo(scoped in Numerics.TensorSpan<T> destination) => ReadOnly().TryCopyTo(destination);

    /// <inheritdoc/>
    public void FlattenTo(scoped Span<T> destination) => ReadOnly().FlattenTo(destination);

    /// <inheritdoc/>
    public bool TryFlattenTo(scoped Span<T> destination) => ReadOnly().TryFlattenTo(destination);

    /// <inheritdoc/>
    public Numerics.TensorDimensionSpan<T> GetDimensionSpan(int dimension) => Writable().GetDimensionSpan(dimension);

    Numerics.ReadOnlyTensorDimensionSpan<T> Numerics.IReadOnlyTensor<WorkspaceTensor<T>, T>.GetDimensionSpan(int dimension) => ReadOnly().GetDimensionSpan(dimension);

    /// <inheritdoc/>
    public ref T GetPinnableReference() => ref Writable().GetPinnableReference();

    ref readonly T Numerics.IReadOnlyTensor<WorkspaceTensor<T>, T>.GetPinnableReference() => ref ReadOnly().GetPinnableReference();

    /// <inheritdoc/>
    public Span<T> GetSpan(scoped ReadOnlySpan<nint> startIndexes, int length) => Writable().GetSpan(startIndexes, length);

    /// <inheritdoc/>
    public Span<T> GetSpan(scoped ReadOnlySpan<NIndex> startIndexes, int length) => Writable().GetSpan(startIndexes, length);

    ReadOnlySpan<T> Numerics.IReadOnlyTensor<WorkspaceTensor<T>, T>.GetSpan(scoped ReadOnlySpan<nint> startIndexes, int length) => ReadOnly().GetSpan(startIndexes, length);

    ReadOnlySpan<T> Numerics.IReadOnlyTensor<WorkspaceTensor<T>, T>.GetSpan(scoped ReadOnlySpan<NIndex> startIndexes, int length) => ReadOnly().GetSpan(startIndexes, length);

    /// <inheritdoc/>
    public bool TryGetSpan(scoped ReadOnlySpan<nint> startIndexes, int length, out Span<T> span) => Writable().TryGetSpan(startIndexes, length, out span);

    /// <inheritdoc/>
    public bool TryGetSpan(scoped ReadOnlySpan<NIndex> startIndexes, int length, out Span<T> span) => Writable().TryGetSpan(startIndexes, length, out span);

    bool Numerics.IReadOnlyTensor<WorkspaceTensor<T>, T>.TryGetSpan(scoped ReadOnlySpan<nint> startIndexes, int length, out ReadOnlySpan<T> span) =>
        ReadOnly().TryGetSpan(startIndexes, length, out span);

    bool Numerics.IReadOnlyTensor<WorkspaceTensor<T>, T>.TryGetSpan(scoped ReadOnlySpan<NIndex> startIndexes, int length, out ReadOnlySpan<T> span) =>
        ReadOnly().TryGetSpan(startIndexes, length, out span);
}
