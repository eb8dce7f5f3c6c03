using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using TensorPrimitives = System.Numerics.Tensors.TensorPrimitives;

namespace Workspaces.Kernels.Elementwise;

/// <summary>
/// Functions of the base library for which it picks a method for a whole register by its largest element: sine and cosine of f32, and of f64 those made of exp, where an
/// element out of range (beyond some 708, infinite or not a number) changes the last bit of its neighbours. In long runs the library lays its registers by address;
/// pieces of four registers are laid by index, so that results do not depend on where memory lies.
/// </summary>
internal static class SteadyMath
{
    /// <summary>y = sin(x), radians; y may be x.</summary>
    public static void Sin<T>(ReadOnlySpan<T> x, Span<T> y)
        where T : IFloatingPointIeee754<T>
    {
        if (typeof(T) == typeof(double)) SineKernel.Sin(Doubles(x), Doubles(y));
        else InPieces<T, SineOf<T>>(x, y);
    }

    /// <summary>y = cos(x), radians; y may be x.</summary>
    public static void Cos<T>(ReadOnlySpan<T> x, Span<T> y)
        where T : IFloatingPointIeee754<T>
    {
        if (typeof(T) == typeof(double)) SineKernel.Cos(Doubles(x), Doubles(y));
        else InPieces<T, CosineOf<T>>(x, y);
    }

    /// <summary>y = exp(x); y may be x.</summary>
    public static void Exp<T>(ReadOnlySpan<T> x, Span<T> y)
        where T : IFloatingPointIeee754<T>
    {
        if (typeof(T) == typeof(double)) InPieces<T, ExponentialOf<T>>(x, y);
        else TensorPrimitives.Exp(x, y);
    }

    /// <summary>y = 1 / (1 + exp(-x)); y may be x.</summary>
    public static void Sigmoid<T>(ReadOnlySpan<T> x, Span<T> y)
        where T : IFloatingPointIeee754<T>
    {
        if (typeof(T) == typeof(double)) InPieces<T, SigmoidOf<T>>(x, y);
        else TensorPrimitives.Sigmoid(x, y);
    }

    private static ReadOnlySpan<double> Doubles<T>(ReadOnlySpan<T> x) => MemoryMarshal.CreateReadOnlySpan(ref Unsafe.As<T, double>(ref MemoryMarshal.GetReference(x)), x.Length);

    private static Span<double> Doubles<T>(Span<T> y) => MemoryMarshal.CreateSpan(ref Unsafe.As<T, double>(ref MemoryMarshal.GetReference(y)), y.Length);

    private static void InPieces<T, TFunction>(ReadOnlySpan<T> x, Span<T> y)
        where TFunction : ISpanFunction<T>
    {
        int piece = 4 * (Vector512.IsHardwareAccelerated ? 64 : Vector256.IsHardwareAccelerated ? 32 : 16) / Unsafe.SizeOf<T>();
        for (int i = 0; i < x.Length; i += piece)
        {
            int n = Math.Min(piece, x.Length - i);
            TFunction.Invoke(x.Slice(i, n), y.Slice(i, n));
        }
    }

    private interface ISpanFunction<T>
    {
        static abstract void Invoke(ReadOnlySpan<T> x, Span<T> y);
    }

    private readonly struct SineOf<T> : ISpanFunction<T>
        where T : IFloatingPointIeee754<T>
    {
        public static void Invoke(ReadOnlySpan<T> x, Span<T> y) => TensorPrimitives.Sin(x, y);
    }

    private readonly struct CosineOf<T> : ISpanFunction<T>
        where T : IFloatingPointIeee754<T>
    {
        public static void Invoke(ReadOnlySpan<T> x, Span<T> y) => TensorPrimitives.Cos(x, y);
    }

    private readonly struct ExponentialOf<T> : ISpanFunction<T>
        where T : IFloatingPointIeee754<T>
    {
        public static void Invoke(ReadOnlySpan<T> x, Span<T> y) => TensorPrimitives.Exp(x, y);
    }

    private readonly struct SigmoidOf<T> : ISpanFunction<T>
        where T : IFloatingPointIeee754<T>
    {
        public static void Invoke(ReadOnlySpan<T> x, Span<T> y) => TensorPrimitives.Sigmoid(x, y);
    }
}
