using System.Numerics;

namespace Workspaces.Kernels.Elementwise;

/// <summary>Runs a vector operation over spans: whole registers by index, then single elements.</summary>
internal static class VectorLoop
{
    /// <summary>destination[i] = op(x[i], y[i]).</summary>
    public static void Run<T, TOperation>(ReadOnlySpan<T> x, ReadOnlySpan<T> y, Span<T> destination)
        where TOperation : IVectorOperation<T>
    {
        y = y[..x.Length];
        destination = destination[..x.Length];
        int i = 0;
        for (; i <= x.Length - Vector<T>.Count; i += Vector<T>.Count)
            TOperation.Invoke(new Vector<T>(x[i..]), new Vector<T>(y[i..])).CopyTo(destination[i..]);
        for (; i < x.Length; i++)
            destination[i] = TOperation.Invoke(x[i], y[i]);
    }

    /// <summary>destination[i] = op(x[i], y).</summary>
    public static void Run<T, TOperation>(ReadOnlySpan<T> x, T y, Span<T> destination)
        where TOperation : IVectorOperation<T>
    {
        destination = destination[..x.Length];
        var constant = new Vector<T>(y);
        int i = 0;
        for (; i <= x.Length - Vector<T>.Count; i += Vector<T>.Count)
            TOperation.Invoke(new Vector<T>(x[i..]), constant).CopyTo(destination[i..]);
        for (; i < x.Length; i++)
            destination[i] = TOperation.Invoke(x[i], y);
    }

    /// <summary>destination[i] = op(x, y[i]).</summary>
    public static void Run<T, TOperation>(T x, ReadOnlySpan<T> y, Span<T> destination)
        where TOperation : IVectorOperation<T>
    {
        destination = destination[..y.Length];
        var constant = new Vector<T>(x);
        int i = 0;
        for (; i <= y.Length - Vector<T>.Count; i += Vector<T>.Count)
            TOperation.Invoke(constant, new Vector<T>(y[i..])).CopyTo(destination[i..]);
        for (; i < y.Length; i++)
            destination[i] = TOperation.Invoke(x, y[i]);
    }
}
