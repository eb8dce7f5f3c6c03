using System.Numerics;
using TensorPrimitives = System.Numerics.Tensors.TensorPrimitives;

namespace Workspaces.Kernels.Elementwise;

/// <summary>
/// tanh with a small relative error everywhere. The vectorised one of the base library is off by 6e-8 absolutely, so tanh(0) is not 0
/// and tanh(1e-5)
/// keeps two digits. Here |x| below 0.625 takes the approximations of Cephes (Moshier, tanhf.c and tanh.c), the others 1 - 2 /
/// (exp(2|x|) + 1).
/// </summary>
internal static class TanhKernel
{
    private const int Chunk = 256;
    private const double Small = 0.625;

    /// <summary>y = tanh(x) for f32 or f64; y may be x.</summary>
    public static void Run<T>(ReadOnlySpan<T> x, Span<T> y)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        Span<T> buffer = stackalloc T[Chunk];
        for (int i = 0; i < x.Length; i += Chunk)
        {
            Span<T> exponential = buffer[..Math.Min(Chunk, x.Length - i)];
            ReadOnlySpan<T> part = x.Slice(i, exponential.Length);
            TensorPrimitives.Abs(part, exponential);
            TensorPrimitives.Add(exponential, exponential, exponential);
            SteadyMath.Exp<T>(exponential, exponential);
            VectorLoop.Run<T, Combine<T>>(part, exponential, y.Slice(i, exponential.Length));
        }
    }

    /// <summary>tanh(x) from x and exp(2|x|).</summary>
    private readonly struct Combine<T> : IVectorOperation<T>
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        public static T Invoke(T x, T y)
        {
            if (T.Abs(x) < T.CreateTruncating(Small))
                return x + (x * (x * x) * Ratio(x * x));
            return T.CopySign(T.One - ((T.One + T.One) / (y + T.One)), x);
        }

        public static Vector<T> Invoke(Vector<T> x, Vector<T> y)
        {
            Vector<T> one = Vector<T>.One, magnitude = Vector.Abs(x);
            Vector<T> near = x + (x * (x * x) * Ratio(x * x));
            Vector<T> far = one - ((one + one) / (y + one));
            far = Vector.ConditionalSelect(Vector.LessThan(x, Vector<T>.Zero), -far, far);
            return Vector.ConditionalSelect(Vector.LessThan(magnitude, new Vector<T>(T.CreateTruncating(Small))), near, far);
        }

        private static T Ratio(T z)
        {
            if (typeof(T) == typeof(float))
                return (((((((C(-5.70498872745e-3) * z) + C(2.06390887954e-2)) * z) + C(-5.37397155531e-2)) * z) + C(1.33314422036e-1)) * z)
                    + C(-3.33332819422e-1);
            T p = (((C(-9.64399179425052238628e-1) * z) + C(-9.92877231001918586564e1)) * z) + C(-1.61468768441708447952e3);
            T q = ((((z + C(1.12811678491632931402e2)) * z) + C(2.23548839060100448583e3)) * z) + C(4.84406305325125486048e3);
            return p / q;
        }

        private static Vector<T> Ratio(Vector<T> z)
        {
            if (typeof(T) == typeof(float))
                return (((((((V(-5.70498872745e-3) * z) + V(2.06390887954e-2)) * z) + V(-5.37397155531e-2)) * z) + V(1.33314422036e-1)) * z)
                    + V(-3.33332819422e-1);
            Vector<T> p = (((V(-9.64399179425052238628e-1) * z) + V(-9.92877231001918586564e1)) * z) + V(-1.61468768441708447952e3);
            Vector<T> q = ((((z + V(1.12811678491632931402e2)) * z) + V(2.23548839060100448583e3)) * z) + V(4.84406305325125486048e3);
            return p / q;
        }

        private static T C(double constant) => T.CreateTruncating(constant);

        private static Vector<T> V(double constant) => new(T.CreateTruncating(constant));
    }
}
