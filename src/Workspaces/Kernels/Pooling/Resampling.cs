using System.Numerics;
using Workspaces.Kernels.Team;

namespace Workspaces.Kernels.Pooling;

/// <summary>Planes of another size by the nearest element, or linear between the nearest two of each axis.</summary>
internal static unsafe class Resampling
{
    /// <summary>y = the resampled planes.</summary>
    /// <param name="shape">The sizes.</param>
    /// <param name="linear">Linear, or the nearest.</param>
    /// <param name="alignCorners">Linear: whether the centres of the corner elements fall on each other, rather than the outer edges.</param>
    /// <param name="x">Input planes.</param>
    /// <param name="y">Output planes.</param>
    /// <param name="team">Threads, or null.</param>
    public static void Forward<T>(in PoolingShape shape, bool linear, bool alignCorners, ReadOnlySpan<T> x, Span<T> y, KernelTeam? team = null)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        shape.Check(x.Length, y.Length);
        fixed (T* px = x, py = y)
            PlaneJob<Work<T>>.Run(new Work<T> { Shape = shape, IsLinear = linear, AlignCorners = alignCorners, X = px, Y = py }, shape.Planes, team);
    }

    /// <summary>dx = the gradients of the outputs that an element went into, each times its weight there.</summary>
    /// <param name="shape">The sizes.</param>
    /// <param name="linear">Linear, or the nearest.</param>
    /// <param name="alignCorners">As in <see cref="Forward{T}"/>.</param>
    /// <param name="dy">Gradients of the output planes.</param>
    /// <param name="dx">Gradients of the input planes.</param>
    /// <param name="team">Threads, or null.</param>
    public static void Backward<T>(in PoolingShape shape, bool linear, bool alignCorners, ReadOnlySpan<T> dy, Span<T> dx, KernelTeam? team = null)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        shape.Check(dx.Length, dy.Length);
        fixed (T* px = dx, py = dy)
        {
            var work = new Work<T> { Shape = shape, IsLinear = linear, AlignCorners = alignCorners, IsBackward = true, X = px, Y = py };
            PlaneJob<Work<T>>.Run(work, shape.Planes, team);
        }
    }

    private struct Work<T> : IPlaneWork where T : unmanaged, IFloatingPointIeee754<T>
    {
        public PoolingShape Shape;
        public bool IsLinear;
        public bool AlignCorners;
        public bool IsBackward;
        public T* X;
        public T* Y;

        public readonly void Run(int first, int end)
        {
            for (int plane = first; plane < end; plane++)
            {
                T* x = X + ((long)plane * Shape.Plane), y = Y + ((long)plane * Shape.Positions);
                if (IsBackward) new Span<T>(x, Shape.Plane).Clear();
                for (int row = 0; row < Shape.OutHeight; row++, y += Shape.OutWidth)
                {
                    Source(row, Shape.Height, Shape.OutHeight, out int above, out int below, out T lower);
                    T* top = x + ((long)above * Shape.Width), bottom = x + ((long)below * Shape.Width);
                    for (int column = 0; column < Shape.OutWidth; column++)
                    {
                        Source(column, Shape.Width, Shape.OutWidth, out int left, out int right, out T later);
                        if (IsBackward) Spread(top, bottom, left, right, lower, later, y[column]);
                        else if (!IsLinear) y[column] = top[left];
                        else y[column] = Mix(Mix(top[left], top[right], later), Mix(bottom[left], bottom[right], later), lower);
                    }
                }
            }
        }

        private readonly void Spread(T* top, T* bottom, int left, int right, T lower, T later, T dy)
        {
            if (!IsLinear)
            {
                top[left] += dy;
                return;
            }

            T upperShare = dy * (T.One - lower), lowerShare = dy * lower;
            top[left] += upperShare * (T.One - later);
            top[right] += upperShare * later;
            bottom[left] += lowerShare * (T.One - later);
            bottom[right] += lowerShare * later;
        }

        private static T Mix(T a, T b, T share) => (a * (T.One - share)) + (b * share);

        /// <summary>The two elements that an output lies between, and how far it lies towards the second.</summary>
        private readonly void Source(int output, int size, int outputs, out int first, out int second, out T share)
        {
            if (!IsLinear)
            {
                first = second = (int)((long)output * size / outputs);
                share = T.Zero;
                return;
            }

            double position = AlignCorners
                ? outputs == 1 ? 0 : output * (size - 1.0) / (outputs - 1)
                : Math.Max(0, ((output + 0.5) * size / outputs) - 0.5);
            first = Math.Min((int)position, size - 1);
            second = Math.Min(first + 1, size - 1);
            share = T.CreateTruncating(position - first);
        }
    }
}
