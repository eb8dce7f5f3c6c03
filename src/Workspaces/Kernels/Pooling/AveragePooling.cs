using System.Numerics;
using Workspaces.Kernels.Convolution;
using Workspaces.Kernels.Team;

namespace Workspaces.Kernels.Pooling;

/// <summary>The mean of each window. Padding counts as zeros, or not at all.</summary>
internal static unsafe class AveragePooling
{
    /// <summary>y = the means.</summary>
    /// <param name="shape">The sizes.</param>
    /// <param name="countPadding">Whether padding counts as elements.</param>
    /// <param name="x">Input planes.</param>
    /// <param name="y">Output planes.</param>
    /// <param name="team">Threads, or null.</param>
    public static void Forward<T>(in PoolingShape shape, bool countPadding, ReadOnlySpan<T> x, Span<T> y, KernelTeam? team = null)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        shape.Check(x.Length, y.Length);
        fixed (T* px = x, py = y)
            PlaneJob<Work<T>>.Run(new Work<T> { Shape = shape, CountPadding = countPadding, X = px, Y = py }, shape.Planes, team);
    }

    /// <summary>dx = the gradients of the windows that an element lies in, each over its number of elements.</summary>
    /// <param name="shape">The sizes.</param>
    /// <param name="countPadding">Whether padding counts as elements.</param>
    /// <param name="dy">Gradients of the output planes.</param>
    /// <param name="dx">Gradients of the input planes.</param>
    /// <param name="team">Threads, or null.</param>
    public static void Backward<T>(in PoolingShape shape, bool countPadding, ReadOnlySpan<T> dy, Span<T> dx, KernelTeam? team = null)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        shape.Check(dx.Length, dy.Length);
        fixed (T* px = dx, py = dy)
            PlaneJob<Work<T>>.Run(new Work<T> { Shape = shape, CountPadding = countPadding, X = px, Y = py, IsBackward = true }, shape.Planes, team);
    }

    private struct Work<T> : IPlaneWork where T : unmanaged, IFloatingPointIeee754<T>
    {
        public PoolingShape Shape;
        public bool CountPadding;
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
                    int y0 = (row * Shape.Window.StrideY) - Shape.Window.PaddingY;
                    for (int column = 0; column < Shape.OutWidth; column++)
                        Window(x, y + column, y0, (column * Shape.Window.StrideX) - Shape.Window.PaddingX);
                }
            }
        }

        private readonly void Window(T* x, T* y, int y0, int x0)
        {
            PlaneWindow window = Shape.Window;
            int firstRow = Math.Max(0, y0), endRow = Math.Min(Shape.Height, y0 + window.Height);
            int firstColumn = Math.Max(0, x0), endColumn = Math.Min(Shape.Width, x0 + window.Width);
            int inside = Math.Max(0, endRow - firstRow) * Math.Max(0, endColumn - firstColumn);
            var count = T.CreateTruncating(CountPadding ? window.Taps : Math.Max(1, inside));
            T sum = T.Zero, share = IsBackward ? *y / count : T.Zero;
            for (int row = firstRow; row < endRow; row++)
            {
                T* line = x + ((long)row * Shape.Width);
                if (IsBackward)
                {
                    for (int column = firstColumn; column < endColumn; column++) line[column] += share;
                }
                else
                {
                    for (int column = firstColumn; column < endColumn; column++) sum += line[column];
                }
            }

            if (!IsBackward) *y = sum / count;
        }
    }
}
