using System.Diagnostics.CodeAnalysis;
using System.Numerics;
using System.Runtime.InteropServices;
using Workspaces.Kernels.Elementwise;
using Workspaces.Kernels.Reductions;
using TensorPrimitives = System.Numerics.Tensors.TensorPrimitives;

namespace Workspaces.Kernels.Rows;

/// <summary>
/// Softmax and log-softmax over the last axis of contiguous [rows, columns] f32 or f64 data. The largest element of a row is subtracted
/// first, so that nothing overflows. As in PyTorch a row that holds NaN or +inf, or nothing but -inf, gives NaN where inf - inf arises.
/// A destination may be an input.
/// </summary>
internal static class Softmax
{
    /// <summary>Exponentials held on the stack at a time.</summary>
    private const int Chunk = 256;

    /// <summary>y = exp(x) / sum(exp(x)), row by row.</summary>
    public static void Forward<T>(ReadOnlySpan<T> x, Span<T> y, int rows, int columns)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        Check(rows, columns, x.Length, y.Length, y.Length);
        for (int r = 0; r < rows && columns > 0; r++)
        {
            ReadOnlySpan<T> source = x.Slice(r * columns, columns);
            Span<T> row = y.Slice(r * columns, columns);
            TensorPrimitives.Subtract(source, TensorPrimitives.Max(source), row);
            SteadyMath.Exp<T>(row, row);
            TensorPrimitives.Divide(row, T.CreateTruncating(Sum(row)), row);
        }
    }

    /// <summary>dx = y (dy - sum(y dy)), row by row; y is the output of <see cref="Forward{T}"/>.</summary>
    public static void Backward<T>(ReadOnlySpan<T> y, ReadOnlySpan<T> dy, Span<T> dx, int rows, int columns)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        Check(rows, columns, y.Length, dy.Length, dx.Length);
        Span<T> buffer = stackalloc T[Chunk];
        for (int r = 0; r < rows; r++)
        {
            T dot = T.CreateTruncating(Dot(y.Slice(r * columns, columns), dy.Slice(r * columns, columns)));
            for (int i = 0; i < columns; i += Chunk)
            {
                Span<T> part = buffer[..Math.Min(Chunk, columns - i)];
                int first = (r * columns) + i;
                TensorPrimitives.Subtract(dy.Slice(first, part.Length), dot, part);
                TensorPrimitives.Multiply(y.Slice(first, part.Length), part, dx.Slice(first, part.Length));
            }
        }
    }

    /// <summary>y = x - log(sum(exp(x))), row by row.</summary>
    public static void LogForward<T>(ReadOnlySpan<T> x, Span<T> y, int rows, int columns)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        Check(rows, columns, x.Length, y.Length, y.Length);
        Span<T> buffer = stackalloc T[Chunk];
        for (int r = 0; r < rows && columns > 0; r++)
        {
            ReadOnlySpan<T> source = x.Slice(r * columns, columns);
            Span<T> row = y.Slice(r * columns, columns);
            TensorPrimitives.Subtract(source, TensorPrimitives.Max(source), row);
            double sum = 0;
            for (int i = 0; i < columns; i += Chunk)
            {
                Span<T> part = buffer[..Math.Min(Chunk, columns - i)];
                SteadyMath.Exp<T>(row.Slice(i, part.Length), part);
                sum += Sum(part);
            }

            TensorPrimitives.Subtract(row, T.CreateTruncating(Math.Log(sum)), row);
        }
    }

    /// <summary>dx = dy - exp(y) sum(dy), row by row; y is the output of <see cref="LogForward{T}"/>.</summary>
    public static void LogBackward<T>(ReadOnlySpan<T> y, ReadOnlySpan<T> dy, Span<T> dx, int rows, int columns)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        Check(rows, columns, y.Length, dy.Length, dx.Length);
        Span<T> buffer = stackalloc T[Chunk];
        for (int r = 0; r < rows; r++)
        {
            ReadOnlySpan<T> gradient = dy.Slice(r * columns, columns);
            T sum = T.CreateTruncating(Sum(gradient));
            for (int i = 0; i < columns; i += Chunk)
            {
                Span<T> part = buffer[..Math.Min(Chunk, columns - i)];
                int first = (r * columns) + i;
                SteadyMath.Exp<T>(y.Slice(first, part.Length), part);
                TensorPrimitives.Multiply(part, sum, part);
                TensorPrimitives.Subtract(dy.Slice(first, part.Length), part, dx.Slice(first, part.Length));
            }
        }
    }

    /// <summary>Throws unless three operands hold [rows, columns].</summary>
    internal static void Check(int rows, int columns, int length0, int length1, int length2)
    {
        long need = (long)rows * columns;
        if (rows < 0 || columns < 0 || need != length0 || need != length1 || need != length2)
            ThrowSize(rows, columns, length0, length1, length2);
    }

    private static double Sum<T>(ReadOnlySpan<T> x)
        where T : unmanaged => typeof(T) == typeof(float)
        ? SumKernel.Sum(MemoryMarshal.Cast<T, float>(x))
        : SumKernel.Sum(MemoryMarshal.Cast<T, double>(x));

    private static double Dot<T>(ReadOnlySpan<T> x, ReadOnlySpan<T> y)
        where T : unmanaged => typeof(T) == typeof(float)
        ? SumKernel.Dot(MemoryMarshal.Cast<T, float>(x), MemoryMarshal.Cast<T, float>(y))
        : SumKernel.Dot(MemoryMarshal.Cast<T, double>(x), MemoryMarshal.Cast<T, double>(y));

    [DoesNotReturn]
    private static void ThrowSize(int rows, int columns, int length0, int length1, int length2) => throw new ArgumentException(
        $"Row kernel: [{rows}, {columns}] asks for {(long)rows * columns} elements in every operand, " +
        $"got {length0}, {length1} and {length2}. Pass contiguous spans of exactly that length.", nameof(rows));
}
