using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using TensorPrimitives = System.Numerics.Tensors.TensorPrimitives;

namespace Workspaces.Kernels.Elementwise;

/// <summary>
/// Sine and cosine in pieces of four registers. The base library picks a method for a whole register by its largest element, and
/// in longer runs lays its registers by address; short pieces are laid by index, so that results do not depend on where memory lies.
/// </summary>
internal static class TrigonometricKernel
{
    /// <summary>y = sin(x), radians.</summary>
    public static void Sin<T>(ReadOnlySpan<T> x, Span<T> y)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        int piece = Piece<T>();
        for (int i = 0; i < x.Length; i += piece)
        {
            int n = Math.Min(piece, x.Length - i);
            TensorPrimitives.Sin(x.Slice(i, n), y.Slice(i, n));
        }
    }

    /// <summary>y = cos(x), radians.</summary>
    public static void Cos<T>(ReadOnlySpan<T> x, Span<T> y)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        int piece = Piece<T>();
        for (int i = 0; i < x.Length; i += piece)
        {
            int n = Math.Min(piece, x.Length - i);
            TensorPrimitives.Cos(x.Slice(i, n), y.Slice(i, n));
        }
    }

    private static int Piece<T>() =>
        4 * (Vector512.IsHardwareAccelerated ? 64 : Vector256.IsHardwareAccelerated ? 32 : 16) / Unsafe.SizeOf<T>();
}
