using System.Numerics;
using Workspaces.Kernels.Team;

namespace Workspaces.Kernels.Normalization;

/// <summary>
/// (x - mean) / √(variance + ε) · scale + shift: batch norm (Ioffe and Szegedy 2015) and group norm (Wu and He 2018). Statistics are summed in f64.
/// Sets are independent, so the bits are the same for every number of threads.
/// </summary>
internal static unsafe class Normalization
{
    /// <summary>Mean and 1 / √(variance + ε) of each set, variance over the number of elements.</summary>
    /// <param name="shape">The sizes.</param>
    /// <param name="x">The elements.</param>
    /// <param name="mean">Takes the means.</param>
    /// <param name="inverse">Takes the inverse deviations.</param>
    /// <param name="epsilon">Added to the variance.</param>
    /// <param name="variance">Takes the variances themselves, or empty.</param>
    /// <param name="team">Threads, or null.</param>
    public static void Statistics<T>(
        in NormalizationShape shape, ReadOnlySpan<T> x, Span<T> mean, Span<T> inverse, double epsilon, Span<double> variance, KernelTeam? team = null)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        shape.Check(x.Length, x.Length, mean.Length, inverse.Length);
        fixed (T* px = x, pm = mean, pi = inverse)
        fixed (double* pv = variance)
        {
            var work = new StatisticsWork<T> { Shape = shape, X = px, Mean = pm, Inverse = pi, Variance = pv, Epsilon = epsilon };
            PlaneJob<StatisticsWork<T>>.Run(work, shape.Sets, team);
        }
    }

    /// <summary>y = (x - mean) · inverse · scale + shift, or the larger of that and 0.</summary>
    /// <param name="shape">The sizes.</param>
    /// <param name="x">The elements.</param>
    /// <param name="mean">A mean a set.</param>
    /// <param name="inverse">An inverse deviation a set.</param>
    /// <param name="scale">A factor a channel, or empty for 1.</param>
    /// <param name="shift">An addend a channel, or empty for 0.</param>
    /// <param name="y">Takes the result.</param>
    /// <param name="rectified">True for the larger of each result and 0; not a number stays one.</param>
    /// <param name="team">Threads, or null.</param>
    public static void Apply<T>(
        in NormalizationShape shape, ReadOnlySpan<T> x, ReadOnlySpan<T> mean, ReadOnlySpan<T> inverse, ReadOnlySpan<T> scale, ReadOnlySpan<T> shift, Span<T> y,
        bool rectified, KernelTeam? team = null)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        shape.Check(x.Length, y.Length, mean.Length, inverse.Length);
        fixed (T* px = x, pm = mean, pi = inverse, ps = scale, pb = shift, py = y)
        {
            var work = new ApplyWork<T> { Shape = shape, X = px, Mean = pm, Inverse = pi, Scale = ps, Shift = pb, Y = py, Floor = rectified ? T.Zero : T.NegativeInfinity };
            PlaneJob<ApplyWork<T>>.Run(work, shape.Sets, team);
        }
    }

    /// <summary>The number of f64 elements of scratch that <see cref="NormalizationBackward"/> needs: two sums a run.</summary>
    public static int BackwardScratch(in NormalizationShape shape) => checked(2 * shape.Batch * shape.Channels);

    private struct StatisticsWork<T> : IPlaneWork where T : unmanaged, IFloatingPointIeee754<T>
    {
        public NormalizationShape Shape;
        public T* X;
        public T* Mean;
        public T* Inverse;
        public double* Variance;
        public double Epsilon;

        public readonly void Run(int first, int end)
        {
            for (int set = first; set < end; set++)
            {
                double sum = 0, squares = 0;
                for (int run = 0; run < Shape.Runs; run++) sum += RunSums.Sum<T>(Elements(set, run));
                double mean = sum / Shape.SetLength;
                for (int run = 0; run < Shape.Runs; run++) squares += RunSums.SquaredDeviations<T>(Elements(set, run), mean);
                double variance = squares / Shape.SetLength;
                Mean[set] = T.CreateTruncating(mean);
                Inverse[set] = T.CreateTruncating(1 / Math.Sqrt(variance + Epsilon));
                if (Variance != null) Variance[set] = variance;
            }
        }

        private readonly ReadOnlySpan<T> Elements(int set, int run) => new(X + ((long)Shape.RunOf(set, run) * Shape.Inner), Shape.Inner);
    }

    private struct ApplyWork<T> : IPlaneWork where T : unmanaged, IFloatingPointIeee754<T>
    {
        public NormalizationShape Shape;
        public T* X;
        public T* Mean;
        public T* Inverse;
        public T* Scale;
        public T* Shift;
        public T* Y;

        /// <summary>Every result is at least this.</summary>
        public T Floor;

        public readonly void Run(int first, int end)
        {
            for (int set = first; set < end; set++)
            {
                for (int run = 0; run < Shape.Runs; run++)
                {
                    int number = Shape.RunOf(set, run), channel = number % Shape.Channels;
                    T factor = Scale == null ? Inverse[set] : Inverse[set] * Scale[channel], shift = Shift == null ? T.Zero : Shift[channel];
                    Line(X + ((long)number * Shape.Inner), Y + ((long)number * Shape.Inner), Mean[set], factor, shift);
                }
            }
        }

        private readonly void Line(T* x, T* y, T mean, T factor, T shift)
        {
            int i = 0;
            Vector<T> means = new(mean), factors = new(factor), shifts = new(shift), floors = new(Floor);
            for (; i <= Shape.Inner - Vector<T>.Count; i += Vector<T>.Count)
            {
                Vector<T> value = new(new ReadOnlySpan<T>(x + i, Vector<T>.Count));
                Vector.Max(((value - means) * factors) + shifts, floors).CopyTo(new Span<T>(y + i, Vector<T>.Count));
            }

            for (; i < Shape.Inner; i++) y[i] = T.Max(((x[i] - mean) * factor) + shift, Floor);
        }
    }
}
