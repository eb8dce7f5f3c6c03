using System.Numerics;
using System.Runtime.InteropServices;

namespace Workspaces.Kernels.Reductions;

/// <summary>Number, mean and sum of squared deviations of what has been seen, in f64.</summary>
internal readonly record struct Moments(long Count, double Mean, double Squares)
{
    /// <summary>One more element (Welford 1962).</summary>
    public Moments With(double x)
    {
        double difference = x - Mean, mean = Mean + (difference / (Count + 1));
        return new Moments(Count + 1, mean, Squares + (difference * (x - mean)));
    }

    /// <summary>Two sets together (Chan, Golub and LeVeque 1979).</summary>
    public Moments With(Moments other)
    {
        if (Count == 0) return other;
        double difference = other.Mean - Mean, total = Count + other.Count;
        return new Moments(
            Count + other.Count, Mean + (difference * other.Count / total),
            Squares + other.Squares + (difference * difference * Count * other.Count / total));
    }
}

/// <summary>What is told from the sum of squared deviations.</summary>
internal interface ISpreadForm
{
    /// <summary>The result of count elements.</summary>
    static abstract double Finish(double squares, long count);
}

/// <summary>Over n.</summary>
internal readonly struct PopulationVariance : ISpreadForm
{
    /// <inheritdoc/>
    public static double Finish(double squares, long count) => squares / count;
}

/// <summary>Over n - 1; NaN of one element.</summary>
internal readonly struct SampleVariance : ISpreadForm
{
    /// <inheritdoc/>
    public static double Finish(double squares, long count) => count < 2 ? double.NaN : squares / (count - 1);
}

/// <summary>The square root of <see cref="PopulationVariance"/>.</summary>
internal readonly struct PopulationDeviation : ISpreadForm
{
    /// <inheritdoc/>
    public static double Finish(double squares, long count) => Math.Sqrt(PopulationVariance.Finish(squares, count));
}

/// <summary>The square root of <see cref="SampleVariance"/>.</summary>
internal readonly struct SampleDeviation : ISpreadForm
{
    /// <inheritdoc/>
    public static double Finish(double squares, long count) => Math.Sqrt(SampleVariance.Finish(squares, count));
}

/// <summary>Variance or standard deviation in one pass, stable however far the mean is from 0; NaN of no elements.</summary>
internal readonly struct Spread<T, TForm> : IReduction<T, Moments, T>
    where T : unmanaged, IFloatingPointIeee754<T>
    where TForm : ISpreadForm
{
    /// <inheritdoc/>
    public static bool HasIdentity => true;

    /// <inheritdoc/>
    public static Moments Identity => default;

    /// <inheritdoc/>
    public static Moments Combine(Moments state, T x) => state.With(double.CreateTruncating(x));

    /// <inheritdoc/>
    public static Moments Combine(Moments state, ReadOnlySpan<T> run)
    {
        double sum = typeof(T) == typeof(float) ? SumKernel.Sum(MemoryMarshal.Cast<T, float>(run)) : SumKernel.Sum(MemoryMarshal.Cast<T, double>(run));
        double mean = sum / run.Length, squares = 0, rest = 0;
        foreach (T x in run)
        {
            double difference = double.CreateTruncating(x) - mean;
            squares += difference * difference;
            rest += difference; // 0 but for the rounding of the mean
        }

        return state.With(new Moments(run.Length, mean + (rest / run.Length), Math.Max(0, squares - (rest * rest / run.Length))));
    }

    /// <inheritdoc/>
    public static void CombineEach(Span<Moments> states, ReadOnlySpan<T> row)
    {
        for (int i = 0; i < row.Length; i++) states[i] = states[i].With(double.CreateTruncating(row[i]));
    }

    /// <inheritdoc/>
    public static T Finish(Moments state, long count) => T.CreateTruncating(TForm.Finish(count == 0 ? double.NaN : state.Squares, count));
}
