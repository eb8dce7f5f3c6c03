using System.Numerics;

namespace Workspaces.Kernels.Reductions;

/// <summary>The largest exponent so far, and the sum of exponentials relative to it, in f64.</summary>
internal readonly record struct ExponentialSum(double Largest, double Sum)
{
    /// <summary>One more exponent.</summary>
    public ExponentialSum With(double x)
    {
        if (x == double.NegativeInfinity || x == Largest) return x == Largest && double.IsFinite(x) ? this with { Sum = Sum + 1 } : this;
        return x > Largest
            ? new ExponentialSum(x, (Sum * Math.Exp(Largest - x)) + 1)
            : this with { Sum = Sum + Math.Exp(x - Largest) };
    }
}

/// <summary>log Σ exp(x), in one pass without overflow; -inf of no elements. NaN and inf go through.</summary>
internal readonly struct LogSumExp<T> : IReduction<T, ExponentialSum, T>
    where T : unmanaged, IFloatingPointIeee754<T>
{
    /// <inheritdoc/>
    public static bool HasIdentity => true;

    /// <inheritdoc/>
    public static ExponentialSum Identity => new(double.NegativeInfinity, 0);

    /// <inheritdoc/>
    public static ExponentialSum Combine(ExponentialSum state, T x) => state.With(double.CreateTruncating(x));

    /// <inheritdoc/>
    public static ExponentialSum Combine(ExponentialSum state, ReadOnlySpan<T> run)
    {
        foreach (T x in run) state = state.With(double.CreateTruncating(x));
        return state;
    }

    /// <inheritdoc/>
    public static void CombineEach(Span<ExponentialSum> states, ReadOnlySpan<T> row)
    {
        for (int i = 0; i < row.Length; i++) states[i] = states[i].With(double.CreateTruncating(row[i]));
    }

    /// <inheritdoc/>
    public static T Finish(ExponentialSum state, long count) => T.CreateTruncating(
        double.IsInfinity(state.Largest) && !double.IsNaN(state.Sum) ? state.Largest : state.Largest + Math.Log(state.Sum));
}
