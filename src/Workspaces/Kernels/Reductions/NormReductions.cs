using System.Numerics;

namespace Workspaces.Kernels.Reductions;

/// <summary>What is summed, and what becomes of the sum.</summary>
internal interface INormForm
{
    /// <summary>What one element adds to the state.</summary>
    static abstract double Add(double state, double x);

    /// <summary>The result.</summary>
    static abstract double Finish(double state);
}

/// <summary>Σ |x|.</summary>
internal readonly struct AbsoluteSum : INormForm
{
    /// <inheritdoc/>
    public static double Add(double state, double x) => state + Math.Abs(x);

    /// <inheritdoc/>
    public static double Finish(double state) => state;
}

/// <summary>√Σ x².</summary>
internal readonly struct EuclideanLength : INormForm
{
    /// <inheritdoc/>
    public static double Add(double state, double x) => state + (x * x);

    /// <inheritdoc/>
    public static double Finish(double state) => Math.Sqrt(state);
}

/// <summary>The largest |x|; NaN if any is.</summary>
internal readonly struct LargestMagnitude : INormForm
{
    /// <inheritdoc/>
    public static double Add(double state, double x) => Math.Max(state, Math.Abs(x));

    /// <inheritdoc/>
    public static double Finish(double state) => state;
}

/// <summary>The number of elements that are 0.</summary>
internal readonly struct Zeros : INormForm
{
    /// <inheritdoc/>
    public static double Add(double state, double x) => x == 0 ? state + 1 : state;

    /// <inheritdoc/>
    public static double Finish(double state) => state;
}

/// <summary>A norm of f32 or f64 elements, carried in f64, in order; 0 of no elements.</summary>
internal readonly struct Norm<T, TForm> : IReduction<T, double, T>
    where T : unmanaged, IFloatingPointIeee754<T>
    where TForm : INormForm
{
    /// <inheritdoc/>
    public static bool HasIdentity => true;

    /// <inheritdoc/>
    public static double Identity => 0;

    /// <inheritdoc/>
    public static double Combine(double state, T x) => TForm.Add(state, double.CreateTruncating(x));

    /// <inheritdoc/>
    public static double Combine(double state, ReadOnlySpan<T> run)
    {
        foreach (T x in run) state = TForm.Add(state, double.CreateTruncating(x));
        return state;
    }

    /// <inheritdoc/>
    public static void CombineEach(Span<double> states, ReadOnlySpan<T> row)
    {
        for (int i = 0; i < row.Length; i++) states[i] = TForm.Add(states[i], double.CreateTruncating(row[i]));
    }

    /// <inheritdoc/>
    public static T Finish(double state, long count) => T.CreateTruncating(TForm.Finish(state));
}

/// <summary>The product of the elements that are not 0, carried in f64, in order.</summary>
internal readonly struct NonzeroProduct<T> : IReduction<T, double, T>
    where T : unmanaged, IFloatingPointIeee754<T>
{
    /// <inheritdoc/>
    public static bool HasIdentity => true;

    /// <inheritdoc/>
    public static double Identity => 1;

    /// <inheritdoc/>
    public static double Combine(double state, T x) => T.IsZero(x) ? state : state * double.CreateTruncating(x);

    /// <inheritdoc/>
    public static double Combine(double state, ReadOnlySpan<T> run)
    {
        foreach (T x in run) state = Combine(state, x);
        return state;
    }

    /// <inheritdoc/>
    public static void CombineEach(Span<double> states, ReadOnlySpan<T> row)
    {
        for (int i = 0; i < row.Length; i++) states[i] = Combine(states[i], row[i]);
    }

    /// <inheritdoc/>
    public static T Finish(double state, long count) => T.CreateTruncating(state);
}
