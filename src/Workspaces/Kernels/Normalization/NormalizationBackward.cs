using System.Numerics;
using Workspaces.Kernels.Team;

namespace Workspaces.Kernels.Normalization;

/// <summary>
/// The backward half of <see cref="Normalization"/>. With x̂ = (x - mean) · inverse and means over a set:
/// dx = inverse · (scale · dy - mean(scale · dy) - x̂ · mean(scale · dy · x̂)), dScale = Σ dy · x̂, dShift = Σ dy.
/// Where the statistics were given (batch norm in evaluation), dx = inverse · scale · dy.
/// </summary>
internal static unsafe class NormalizationBackward
{
    /// <summary>Computes all gradients.</summary>
    /// <param name="shape">The sizes.</param>
    /// <param name="given">True when the statistics do not depend on x.</param>
    /// <param name="x">The elements.</param>
    /// <param name="dy">Gradients of the result.</param>
    /// <param name="mean">A mean a set.</param>
    /// <param name="inverse">An inverse deviation a set.</param>
    /// <param name="scale">A factor a channel, or empty for 1.</param>
    /// <param name="dx">Takes the gradients of the elements.</param>
    /// <param name="scratch"><see cref="Normalization.BackwardScratch"/> elements; then the sums of each run: Σ dy, Σ dy · x̂.</param>
    /// <param name="team">Threads, or null.</param>
    public static void Run<T>(
        in NormalizationShape shape, bool given, ReadOnlySpan<T> x, ReadOnlySpan<T> dy, ReadOnlySpan<T> mean, ReadOnlySpan<T> inverse, ReadOnlySpan<T> scale,
        Span<T> dx, Span<double> scratch, KernelTeam? team = null)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        shape.Check(x.Length, dy.Length, mean.Length, inverse.Length);
        shape.Check(dx.Length, dy.Length, mean.Length, inverse.Length);
        fixed (T* px = x, pg = dy, pm = mean, pi = inverse, ps = scale, pd = dx)
        fixed (double* sums = scratch[..Normalization.BackwardScratch(shape)])
        {
            var work = new Work<T> { Shape = shape, Given = given, X = px, DY = pg, Mean = pm, Inverse = pi, Scale = ps, DX = pd, Sums = sums };
            PlaneJob<Work<T>>.Run(work, shape.Sets, team);
        }
    }

    /// <summary>Sums one of the two sums of the runs of each channel: 0 for dShift, 1 for dScale.</summary>
    public static void OfChannels<T>(in NormalizationShape shape, ReadOnlySpan<double> sums, int which, Span<T> target, bool accumulate)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        for (int channel = 0; channel < shape.Channels; channel++)
        {
            double sum = 0;
            for (int sample = 0; sample < shape.Batch; sample++) sum += sums[(2 * ((sample * shape.Channels) + channel)) + which];
            target[channel] = accumulate ? target[channel] + T.CreateTruncating(sum) : T.CreateTruncating(sum);
        }
    }

    private struct Work<T> : IPlaneWork where T : unmanaged, IFloatingPointIeee754<T>
    {
        public NormalizationShape Shape;
        public bool Given;
        public T* X;
        public T* DY;
        public T* Mean;
        public T* Inverse;
        public T* Scale;
        public T* DX;
        public double* Sums;

        public readonly void Run(int first, int end)
        {
            for (int set = first; set < end; set++)
            {
                double mean = double.CreateTruncating(Mean[set]), inverse = double.CreateTruncating(Inverse[set]), sum = 0, product = 0;
                for (int run = 0; run < Shape.Runs; run++)
                {
                    int number = Shape.RunOf(set, run);
                    ReadOnlySpan<T> dy = new(DY + ((long)number * Shape.Inner), Shape.Inner), x = new(X + ((long)number * Shape.Inner), Shape.Inner);
                    double scale = ScaleOf(number), ofRun = RunSums.Sum(dy), withX = RunSums.Covariance(x, mean, dy) * inverse;
                    Sums[2 * number] = ofRun;
                    Sums[(2 * number) + 1] = withX;
                    sum += scale * ofRun;
                    product += scale * withX;
                }

                double constant = Given ? 0 : -inverse * sum / Shape.SetLength, slope = Given ? 0 : -inverse * inverse * product / Shape.SetLength;
                for (int run = 0; run < Shape.Runs; run++)
                {
                    int number = Shape.RunOf(set, run);
                    Line((long)number * Shape.Inner, Mean[set], T.CreateTruncating(inverse * ScaleOf(number)), T.CreateTruncating(slope), T.CreateTruncating(constant));
                }
            }
        }

        private readonly double ScaleOf(int run) => Scale == null ? 1 : double.CreateTruncating(Scale[run % Shape.Channels]);

        /// <summary>dx = factor · dy + slope · (x - mean) + constant.</summary>
        private readonly void Line(long offset, T mean, T factor, T slope, T constant)
        {
            T* x = X + offset, dy = DY + offset, dx = DX + offset;
            int i = 0;
            Vector<T> means = new(mean), factors = new(factor), slopes = new(slope), constants = new(constant);
            for (; i <= Shape.Inner - Vector<T>.Count; i += Vector<T>.Count)
            {
                Vector<T> value = new(new ReadOnlySpan<T>(x + i, Vector<T>.Count)), gradient = new(new ReadOnlySpan<T>(dy + i, Vector<T>.Count));
                ((factors * gradient) + ((slopes * (value - means)) + constants)).CopyTo(new Span<T>(dx + i, Vector<T>.Count));
            }

            for (; i < Shape.Inner; i++) dx[i] = (factor * dy[i]) + ((slope * (x[i] - mean)) + constant);
        }
    }
}
