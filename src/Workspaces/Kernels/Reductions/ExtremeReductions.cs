using System.Numerics;
using TensorPrimitives = System.Numerics.Tensors.TensorPrimitives;

namespace Workspaces.Kernels.Reductions;

/// <summary>The largest element; NaN if any is NaN.</summary>
internal readonly struct Largest<T> : IReduction<T, T, T>
    where T : unmanaged, INumber<T>, IMinMaxValue<T>
{
    /// <inheritdoc/>
    public static bool HasIdentity => false;

    /// <inheritdoc/>
    public static T Identity => T.CreateSaturating(double.NegativeInfinity);

    /// <inheritdoc/>
    public static T Combine(T state, T x) => T.Max(state, x);

    /// <inheritdoc/>
    public static T Combine(T state, ReadOnlySpan<T> run) => T.Max(state, TensorPrimitives.Max(run));

    /// <inheritdoc/>
    public static void CombineEach(Span<T> states, ReadOnlySpan<T> row) => TensorPrimitives.Max(states, row, states);

    /// <inheritdoc/>
    public static T Finish(T state, long count) => state;
}

/// <summary>The smallest element; NaN if any is NaN.</summary>
internal readonly struct Smallest<T> : IReduction<T, T, T>
    where T : unmanaged, INumber<T>, IMinMaxValue<T>
{
    /// <inheritdoc/>
    public static bool HasIdentity => false;

    /// <inheritdoc/>
    public static T Identity => T.CreateSaturating(double.PositiveInfinity);

    /// <inheritdoc/>
    public static T Combine(T state, T x) => T.Min(state, x);

    /// <inheritdoc/>
    public static T Combine(T state, ReadOnlySpan<T> run) => T.Min(state, TensorPrimitives.Min(run));

    /// <inheritdoc/>
    public static void CombineEach(Span<T> states, ReadOnlySpan<T> row) => TensorPrimitives.Min(states, row, states);

    /// <inheritdoc/>
    public static T Finish(T state, long count) => state;
}
