using System.Numerics;
using System.Runtime.InteropServices;
using TensorPrimitives = System.Numerics.Tensors.TensorPrimitives;

namespace Workspaces.Kernels.Reductions;

/// <summary>The sum of f32 or f64 elements, carried in f64 (bounds: <see cref="SumKernel"/>; across rows and runs one f64 addition
/// each).</summary>
internal readonly struct Sum<T> : IReduction<T, double, T>
    where T : unmanaged, IFloatingPointIeee754<T>
{
    /// <inheritdoc/>
    public static bool HasIdentity => true;

    /// <inheritdoc/>
    public static double Identity => 0;

    /// <inheritdoc/>
    public static double Combine(double state, T x) => state + double.CreateTruncating(x);

    /// <inheritdoc/>
    public static double Combine(double state, ReadOnlySpan<T> run) => state + (typeof(T) == typeof(float)
        ? SumKernel.Sum(MemoryMarshal.Cast<T, float>(run))
        : SumKernel.Sum(MemoryMarshal.Cast<T, double>(run)));

    /// <inheritdoc/>
    public static void CombineEach(Span<double> states, ReadOnlySpan<T> row)
    {
        if (typeof(T) == typeof(float))
            SumKernel.AddEach(states, MemoryMarshal.Cast<T, float>(row));
        else
            TensorPrimitives.Add(states, MemoryMarshal.Cast<T, double>(row), states);
    }

    /// <inheritdoc/>
    public static T Finish(double state, long count) => T.CreateTruncating(state);
}

/// <summary>The mean of f32 or f64 elements: <see cref="Sum{T}"/> divided in f64; NaN of no elements.</summary>
internal readonly struct Mean<T> : IReduction<T, double, T>
    where T : unmanaged, IFloatingPointIeee754<T>
{
    /// <inheritdoc/>
    public static bool HasIdentity => true;

    /// <inheritdoc/>
    public static double Identity => 0;

    /// <inheritdoc/>
    public static double Combine(double state, T x) => Sum<T>.Combine(state, x);

    /// <inheritdoc/>
    public static double Combine(double state, ReadOnlySpan<T> run) => Sum<T>.Combine(state, run);

    /// <inheritdoc/>
    public static void CombineEach(Span<double> states, ReadOnlySpan<T> row) => Sum<T>.CombineEach(states, row);

    /// <inheritdoc/>
    public static T Finish(double state, long count) => T.CreateTruncating(state / count);
}

/// <summary>The sum of integers or bools (as bytes), in i64; wraps around beyond it.</summary>
internal readonly struct IntegerSum<T> : IReduction<T, long, long>
    where T : unmanaged, IBinaryInteger<T>
{
    /// <inheritdoc/>
    public static bool HasIdentity => true;

    /// <inheritdoc/>
    public static long Identity => 0;

    /// <inheritdoc/>
    public static long Combine(long state, T x) => state + long.CreateTruncating(x);

    /// <inheritdoc/>
    public static long Combine(long state, ReadOnlySpan<T> run)
    {
        foreach (T x in run)
            state += long.CreateTruncating(x);
        return state;
    }

    /// <inheritdoc/>
    public static void CombineEach(Span<long> states, ReadOnlySpan<T> row)
    {
        for (int i = 0; i < row.Length; i++)
            states[i] += long.CreateTruncating(row[i]);
    }

    /// <inheritdoc/>
    public static long Finish(long state, long count) => state;
}

/// <summary>The product of f32 or f64 elements, carried in f64, in order.</summary>
internal readonly struct Product<T> : IReduction<T, double, T>
    where T : unmanaged, IFloatingPointIeee754<T>
{
    /// <inheritdoc/>
    public static bool HasIdentity => true;

    /// <inheritdoc/>
    public static double Identity => 1;

    /// <inheritdoc/>
    public static double Combine(double state, T x) => state * double.CreateTruncating(x);

    /// <inheritdoc/>
    public static double Combine(double state, ReadOnlySpan<T> run)
    {
        foreach (T x in run)
            state *= double.CreateTruncating(x);
        return state;
    }

    /// <inheritdoc/>
    public static void CombineEach(Span<double> states, ReadOnlySpan<T> row)
    {
        for (int i = 0; i < row.Length; i++)
            states[i] *= double.CreateTruncating(row[i]);
    }

    /// <inheritdoc/>
    public static T Finish(double state, long count) => T.CreateTruncating(state);
}

/// <summary>The product of integers, in i64; wraps around beyond it.</summary>
internal readonly struct IntegerProduct<T> : IReduction<T, long, long>
    where T : unmanaged, IBinaryInteger<T>
{
    /// <inheritdoc/>
    public static bool HasIdentity => true;

    /// <inheritdoc/>
    public static long Identity => 1;

    /// <inheritdoc/>
    public static long Combine(long state, T x) => state * long.CreateTruncating(x);

    /// <inheritdoc/>
    public static long Combine(long state, ReadOnlySpan<T> run)
    {
        foreach (T x in run)
            state *= long.CreateTruncating(x);
        return state;
    }

    /// <inheritdoc/>
    public static void CombineEach(Span<long> states, ReadOnlySpan<T> row)
    {
        for (int i = 0; i < row.Length; i++)
            states[i] *= long.CreateTruncating(row[i]);
    }

    /// <inheritdoc/>
    public static long Finish(long state, long count) => state;
}
