using System.Numerics;
using Workspaces.Autograd;
using Workspaces.Kernels.Elementwise;
using Workspaces.Tensors;
using Workspaces.Tensors.Compute;

namespace Workspaces.Ops;

/// <summary>More functions of two elements, broadcast.</summary>
public static class BinaryMathOps
{
    extension(Tensor a)
    {
        /// <summary>The angle of the point (x, a) in radians, -π to π.</summary>
        /// <param name="x">The other coordinate; the same float type.</param>
        /// <returns>A new tensor of the broadcast shape.</returns>
        /// <exception cref="ShapeException">The shapes do not broadcast.</exception>
        /// <exception cref="ArgumentException">Not a float type, or two types.</exception>
        public Tensor Atan2(Tensor x)
        {
            Tensor angle = Maps.Run(nameof(Atan2), default(Atan2Map), a, x);
            if (Tape.Records(a, x)) Tape.Record(Atan2Backward.Instance, angle, a, x).Save(0, a).Save(1, x);
            return angle;
        }

        /// <summary>The rest of a / b with the sign of a.</summary>
        /// <param name="b">The divisor.</param>
        /// <returns>A new tensor of the broadcast shape.</returns>
        /// <exception cref="ShapeException">The shapes do not broadcast.</exception>
        /// <exception cref="DivideByZeroException">An integer divisor is 0; float rests are NaN then.</exception>
        public Tensor Fmod(Tensor b) => RestOf<FmodKernel>(nameof(Fmod), FmodBackward.Instance, a, b);

        /// <summary>The rest of a / number with the sign of a.</summary>
        /// <param name="b">The divisor.</param>
        /// <returns>A new tensor.</returns>
        /// <exception cref="DivideByZeroException">The elements are integers and the divisor is 0.</exception>
        public Tensor Fmod(double b) => RestOf<FmodKernel>(nameof(Fmod), a, b);

        /// <summary>The rest of a / b with the sign of b, as in Python.</summary>
        /// <param name="b">The divisor.</param>
        /// <returns>A new tensor of the broadcast shape.</returns>
        /// <exception cref="ShapeException">The shapes do not broadcast.</exception>
        /// <exception cref="DivideByZeroException">An integer divisor is 0; float rests are NaN then.</exception>
        public Tensor Remainder(Tensor b) => RestOf<RemainderKernel>(nameof(Remainder), RemainderBackward.Instance, a, b);

        /// <summary>The rest of a / number with the sign of the number, as in Python.</summary>
        /// <param name="b">The divisor.</param>
        /// <returns>A new tensor.</returns>
        /// <exception cref="DivideByZeroException">The elements are integers and the divisor is 0.</exception>
        public Tensor Remainder(double b) => RestOf<RemainderKernel>(nameof(Remainder), a, b);

        /// <summary>a + weight (b - a).</summary>
        /// <param name="b">The value at weight 1; the same float type.</param>
        /// <param name="weight">The weight; any number.</param>
        /// <returns>A new tensor of the broadcast shape.</returns>
        /// <exception cref="ShapeException">The shapes do not broadcast.</exception>
        /// <exception cref="ArgumentException">Not a float type, or two types.</exception>
        public Tensor Lerp(Tensor b, double weight)
        {
            using Tensor number = Tensor.Scalar(weight, a.Checked(nameof(Lerp)).DType);
            return a.Lerp(b, number);
        }

        /// <summary>a + weight (b - a), element by element.</summary>
        /// <param name="b">The value at weight 1; the same float type.</param>
        /// <param name="weight">The weights; the same float type.</param>
        /// <returns>A new tensor of the broadcast shape.</returns>
        /// <exception cref="ShapeException">The shapes do not broadcast.</exception>
        /// <exception cref="ArgumentException">Not a float type, or several types.</exception>
        public Tensor Lerp(Tensor b, Tensor weight)
        {
            Tensor y = Maps.Run(nameof(Lerp), default(LerpMap), a, b, weight);
            if (!Tape.Records(a, b, weight)) return y;
            Node node = Tape.Record(LerpBackward.Instance, y, a, b, weight).Save(2, weight);
            if (Tape.Records(weight)) node.Save(0, a).Save(1, b);
            return y;
        }
    }

    private static Tensor RestOf<TKernel>(string name, Differential differential, Tensor a, Tensor b)
        where TKernel : INumberKernel
    {
        Tensor y;
        try
        {
            y = Arithmetic.Binary<TKernel>(name, a, b);
        }
        catch (DivideByZeroException error)
        {
            OpThrow.ZeroDivisor(name, a.Shape, $"{b.Shape}", error);
            throw; // not reached
        }

        if (!Tape.Records(a, b)) return y;
        Node node = Tape.Record(differential, y, a, b);
        if (Tape.Records(b)) node.Save(0, a).Save(1, b);
        return y;
    }

    private static Tensor RestOf<TKernel>(string name, Tensor a, double b)
        where TKernel : INumberKernel
    {
        if (b == 0 && !a.Checked(name).DType.IsFloatingPoint) OpThrow.ZeroDivisor(name, a.Shape, "0", null);
        Tensor y = Arithmetic.WithScalar<TKernel>(name, a, b);
        if (Tape.Records(a)) Tape.Record(AddBackward.Instance, y, a);
        return y;
    }

    private readonly struct FmodKernel : INumberKernel
    {
        public static void Run<T>(scoped in KernelCall call)
            where T : unmanaged, INumber<T> => call.Binary<T, Fmod<T>>();
    }

    private readonly struct RemainderKernel : INumberKernel
    {
        public static void Run<T>(scoped in KernelCall call)
            where T : unmanaged, INumber<T> => call.Binary<T, Remainder<T>>();
    }

    /// <summary>da = dy x / (a² + x²), dx = -dy a / (a² + x²).</summary>
    private sealed class Atan2Backward : Differential
    {
        internal static readonly Atan2Backward Instance = new();

        internal override string Name => nameof(Atan2);

        internal override void Backward(in BackwardContext context)
        {
            Tensor a = context.Saved(0), x = context.Saved(1), dY = context.Gradient;
            if (context.WantsGradient(0)) BroadcastGradient.Send(context, 0, Maps.Run(Name, default(Atan2Gradient), a, x, dY), owned: true);
            if (!context.WantsGradient(1)) return;
            Tensor turned = Maps.Run(Name, default(Atan2Gradient), x, a, dY);
            Arithmetic.InPlaceScalar<MultiplyKernel>(Name, turned, -1);
            BroadcastGradient.Send(context, 1, turned, owned: true);
        }
    }

    /// <summary>da = dy, db = -q dy with the whole quotient q.</summary>
    private abstract class RestBackward : Differential
    {
        internal sealed override void Backward(in BackwardContext context)
        {
            Tensor dY = context.Gradient;
            if (context.WantsGradient(1))
            {
                Tensor savedA = context.Saved(0), savedB = context.Saved(1);
                using Tensor a = Arithmetic.Converted(savedA, dY.DType), b = Arithmetic.Converted(savedB, dY.DType);
                Tensor dB = Quotient(a.HeaderOrNull is null ? savedA : a, b.HeaderOrNull is null ? savedB : b, dY);
                BroadcastGradient.Send(context, 1, dB, owned: true);
            }

            BroadcastGradient.Send(context, 0, dY, owned: false);
        }

        /// <summary>-q dy.</summary>
        protected abstract Tensor Quotient(Tensor a, Tensor b, Tensor dY);
    }

    private sealed class FmodBackward : RestBackward
    {
        internal static readonly FmodBackward Instance = new();

        internal override string Name => nameof(Fmod);

        protected override Tensor Quotient(Tensor a, Tensor b, Tensor dY) => Maps.Run(Name, default(FmodGradient), a, b, dY);
    }

    private sealed class RemainderBackward : RestBackward
    {
        internal static readonly RemainderBackward Instance = new();

        internal override string Name => nameof(Remainder);

        protected override Tensor Quotient(Tensor a, Tensor b, Tensor dY) => Maps.Run(Name, default(RemainderGradient), a, b, dY);
    }

    /// <summary>da = (1 - w) dy, db = w dy, dw = (b - a) dy.</summary>
    private sealed class LerpBackward : Differential
    {
        internal static readonly LerpBackward Instance = new();

        internal override string Name => nameof(Lerp);

        internal override void Backward(in BackwardContext context)
        {
            Tensor dY = context.Gradient;
            if (context.WantsGradient(2))
            {
                BroadcastGradient.Send(context, 2, Maps.Run(Name, default(LerpWeightGradient), context.Saved(0), context.Saved(1), dY), owned: true);
                context.ReleaseSaved(0);
                context.ReleaseSaved(1);
            }

            Tensor weight = context.Saved(2);
            if (context.WantsGradient(0)) BroadcastGradient.Send(context, 0, Maps.Run(Name, default(LerpFirstGradient), weight, dY), owned: true);
            if (context.WantsGradient(1)) BroadcastGradient.Send(context, 1, Arithmetic.Binary<MultiplyKernel>(Name, weight, dY), owned: true);
        }
    }
}
