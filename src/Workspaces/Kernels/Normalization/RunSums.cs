using System.Numerics;
using System.Runtime.InteropServices;
using Workspaces.Kernels.Reductions;

namespace Workspaces.Kernels.Normalization;

/// <summary>Sums over a run of elements in f64.</summary>
internal static class RunSums
{
    /// <summary>Σ x.</summary>
    public static double Sum<T>(ReadOnlySpan<T> x)
        where T : unmanaged => typeof(T) == typeof(float) ? SumKernel.Sum(MemoryMarshal.Cast<T, float>(x)) : SumKernel.Sum(MemoryMarshal.Cast<T, double>(x));

    /// <summary>Σ (x - mean)².</summary>
    public static double SquaredDeviations<T>(ReadOnlySpan<T> x, double mean)
        where T : unmanaged => typeof(T) == typeof(float)
        ? Squares(MemoryMarshal.Cast<T, float>(x), mean)
        : Product(MemoryMarshal.Cast<T, double>(x), MemoryMarshal.Cast<T, double>(x), mean, mean);

    /// <summary>Σ (x - mean) y.</summary>
    public static double Covariance<T>(ReadOnlySpan<T> x, double mean, ReadOnlySpan<T> y)
        where T : unmanaged => typeof(T) == typeof(float)
        ? Product(MemoryMarshal.Cast<T, float>(x), MemoryMarshal.Cast<T, float>(y), mean)
        : Product(MemoryMarshal.Cast<T, double>(x), MemoryMarshal.Cast<T, double>(y), mean, 0);

    private static double Squares(ReadOnlySpan<float> x, double mean)
    {
        Vector<double> s0 = default, s1 = default, means = new(mean);
        int i = 0;
        for (; i <= x.Length - Vector<float>.Count; i += Vector<float>.Count)
        {
            Vector.Widen(new Vector<float>(x[i..]), out Vector<double> a, out Vector<double> b);
            s0 += (a - means) * (a - means);
            s1 += (b - means) * (b - means);
        }

        double sum = Vector.Sum(s0 + s1);
        for (; i < x.Length; i++) sum += (x[i] - mean) * (x[i] - mean);
        return sum;
    }

    private static double Product(ReadOnlySpan<float> x, ReadOnlySpan<float> y, double meanX)
    {
        Vector<double> s0 = default, s1 = default, means = new(meanX);
        int i = 0;
        for (; i <= x.Length - Vector<float>.Count; i += Vector<float>.Count)
        {
            Vector.Widen(new Vector<float>(x[i..]), out Vector<double> a, out Vector<double> b);
            Vector.Widen(new Vector<float>(y[i..]), out Vector<double> c, out Vector<double> d);
            s0 += (a - means) * c;
            s1 += (b - means) * d;
        }

        double sum = Vector.Sum(s0 + s1);
        for (; i < x.Length; i++) sum += (x[i] - meanX) * y[i];
        return sum;
    }

    private static double Product(ReadOnlySpan<double> x, ReadOnlySpan<double> y, double meanX, double meanY)
    {
        Vector<double> s = default, meansX = new(meanX), meansY = new(meanY);
        int i = 0;
        for (; i <= x.Length - Vector<double>.Count; i += Vector<double>.Count)
            s += (new Vector<double>(x[i..]) - meansX) * (new Vector<double>(y[i..]) - meansY);
        double sum = Vector.Sum(s);
        for (; i < x.Length; i++) sum += (x[i] - meanX) * (y[i] - meanY);
        return sum;
    }
}
