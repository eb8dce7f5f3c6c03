using System.Numerics;
using Workspaces.Kernels.Team;

namespace Workspaces.Kernels.Pooling;

/// <summary>
/// Pooling to a given size: output o covers the elements from ⌊o · size / outputs⌋ up to, not including, ⌈(o + 1) · size / outputs⌉, so windows differ
/// in size and may overlap by an element.
/// </summary>
internal static unsafe class AdaptivePooling
{
    /// <summary>y = the mean of each window.</summary>
    public static void Average<T>(in PoolingShape shape, ReadOnlySpan<T> x, Span<T> y, KernelTeam? team = null)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        shape.Check(x.Length, y.Length);
        fixed (T* px = x, py = y)
            PlaneJob<Work<T>>.Run(new Work<T> { Shape = shape, X = px, Y = py }, shape.Planes, team);
    }

    /// <summary>dx = the gradients of the windows that an element lies in, each over its number of elements.</summary>
    public static void AverageBackward<T>(in PoolingShape shape, ReadOnlySpan<T> dy, Span<T> dx, KernelTeam? team = null)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        shape.Check(dx.Length, dy.Length);
        fixed (T* px = dx, py = dy)
            PlaneJob<Work<T>>.Run(new Work<T> { Shape = shape, X = px, Y = py, IsBackward = true }, shape.Planes, team);
    }

    /// <summary>y = the largest element of each window, positions = where it lies in its plane; NaN wins.</summary>
    public static void Max<T>(in PoolingShape shape, ReadOnlySpan<T> x, Span<T> y, Span<int> positions, KernelTeam? team = null)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        shape.Check(x.Length, y.Length);
        fixed (T* px = x, py = y)
        fixed (int* pi = positions)
            PlaneJob<Work<T>>.Run(new Work<T> { Shape = shape, X = px, Y = py, Positions = pi, IsMax = true }, shape.Planes, team);
    }

    /// <summary>dx = 0 but for the chosen elements.</summary>
    public static void MaxBackward<T>(in PoolingShape shape, ReadOnlySpan<T> dy, ReadOnlySpan<int> positions, Span<T> dx, KernelTeam? team = null)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        shape.Check(dx.Length, dy.Length);
        fixed (T* px = dx, py = dy)
        fixed (int* pi = positions)
            PlaneJob<Work<T>>.Run(new Work<T> { Shape = shape, X = px, Y = py, Positions = pi, IsMax = true, IsBackward = true }, shape.Planes, team);
    }

    private struct Work<T> : IPlaneWork where T : unmanaged, IFloatingPointIeee754<T>
    {
        public PoolingShape Shape;
        public T* X;
        public T* Y;
        public int* Positions;
        public bool IsMax;
        public bool IsBackward;

        public readonly void Run(int first, int end)
        {
            for (int plane = first; plane < end; plane++)
            {
                T* x = X + ((long)plane * Shape.Plane), y = Y + ((long)plane * Shape.Positions);
                int* chosen = Positions == null ? null : Positions + ((long)plane * Shape.Positions);
                if (IsBackward) new Span<T>(x, Shape.Plane).Clear();
                for (int i = 0; i < Shape.Positions; i++)
                {
                    if (IsMax && IsBackward) x[chosen[i]] += y[i];
                    else if (IsMax) y[i] = Largest(x, i, chosen);
                    else if (IsBackward) Spread(x, y[i], i);
                    else y[i] = Mean(x, i);
                }
            }
        }

        private readonly T Mean(T* x, int i)
        {
            Bounds(i, out int y0, out int y1, out int x0, out int x1);
            T sum = T.Zero;
            for (int row = y0; row < y1; row++)
            {
                for (int column = x0; column < x1; column++) sum += x[(row * Shape.Width) + column];
            }

            return sum / T.CreateTruncating((y1 - y0) * (x1 - x0));
        }

        private readonly void Spread(T* dx, T dy, int i)
        {
            Bounds(i, out int y0, out int y1, out int x0, out int x1);
            T share = dy / T.CreateTruncating((y1 - y0) * (x1 - x0));
            for (int row = y0; row < y1; row++)
            {
                for (int column = x0; column < x1; column++) dx[(row * Shape.Width) + column] += share;
            }
        }

        private readonly T Largest(T* x, int i, int* chosen)
        {
            Bounds(i, out int y0, out int y1, out int x0, out int x1);
            int best = (y0 * Shape.Width) + x0;
            for (int row = y0; row < y1; row++)
            {
                for (int column = x0; column < x1; column++)
                {
                    T value = x[(row * Shape.Width) + column];
                    if (value > x[best] || T.IsNaN(value)) best = (row * Shape.Width) + column;
                }
            }

            if (chosen != null) chosen[i] = best;
            return x[best];
        }

        private readonly void Bounds(int i, out int y0, out int y1, out int x0, out int x1)
        {
            (int row, int column) = Math.DivRem(i, Shape.OutWidth);
            y0 = (int)((long)row * Shape.Height / Shape.OutHeight);
            y1 = (int)((((long)(row + 1) * Shape.Height) + Shape.OutHeight - 1) / Shape.OutHeight);
            x0 = (int)((long)column * Shape.Width / Shape.OutWidth);
            x1 = (int)((((long)(column + 1) * Shape.Width) + Shape.OutWidth - 1) / Shape.OutWidth);
        }
    }
}
