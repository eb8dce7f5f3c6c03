using Workspaces.Autograd;
using Workspaces.Tensors;
using Workspaces.Tensors.Compute;

namespace Workspaces.Ops;

/// <summary>Functions of each element. Those of real analysis want float32 or float64.</summary>
public static class UnaryOps
{
    extension(Tensor x)
    {
        /// <summary>-x.</summary>
        /// <returns>A new tensor.</returns>
        public Tensor Negate()
        {
            Tensor y = Arithmetic.Unary<NegateKernel>(nameof(Negate), x);
            if (Tape.Records(x)) Tape.Record(ScaleBackward.Instance, y, x).Factor = -1;
            return y;
        }

        /// <summary>|x|; slope 0 at 0.</summary>
        /// <returns>A new tensor.</returns>
        public Tensor Abs()
        {
            Tensor y = Arithmetic.Unary<AbsKernel>(nameof(Abs), x);
            if (Tape.Records(x)) Tape.Record(AbsBackward.Instance, y, x).Save(0, x);
            return y;
        }

        /// <summary>eˣ.</summary>
        /// <returns>A new tensor.</returns>
        /// <exception cref="ArgumentException">Not a float type.</exception>
        public Tensor Exp()
        {
            Tensor y = Arithmetic.UnaryFloat<ExpKernel>(nameof(Exp), x);
            if (Tape.Records(x)) Tape.Record(ExpBackward.Instance, y, x).Save(0, y);
            return y;
        }

        /// <summary>Natural logarithm; -∞ at 0, NaN below.</summary>
        /// <returns>A new tensor.</returns>
        /// <exception cref="ArgumentException">Not a float type.</exception>
        public Tensor Log()
        {
            Tensor y = Arithmetic.UnaryFloat<LogKernel>(nameof(Log), x);
            if (Tape.Records(x)) Tape.Record(LogBackward.Instance, y, x).Save(0, x);
            return y;
        }

        /// <summary>√x; NaN below 0.</summary>
        /// <returns>A new tensor.</returns>
        /// <exception cref="ArgumentException">Not a float type.</exception>
        public Tensor Sqrt()
        {
            Tensor y = Arithmetic.UnaryFloat<SqrtKernel>(nameof(Sqrt), x);
            if (Tape.Records(x)) Tape.Record(SqrtBackward.Instance, y, x).Save(0, y);
            return y;
        }

        /// <summary>x².</summary>
        /// <returns>A new tensor.</returns>
        public Tensor Square()
        {
            Tensor y = Arithmetic.Unary<SquareKernel>(nameof(Square), x);
            if (Tape.Records(x)) Tape.Record(SquareBackward.Instance, y, x).Save(0, x);
            return y;
        }

        /// <summary>Hyperbolic tangent.</summary>
        /// <returns>A new tensor.</returns>
        /// <exception cref="ArgumentException">Not a float type.</exception>
        public Tensor Tanh()
        {
            Tensor y = Arithmetic.UnaryFloat<TanhKernel>(nameof(Tanh), x);
            if (Tape.Records(x)) Tape.Record(TanhBackward.Instance, y, x).Save(0, y);
            return y;
        }

        /// <summary>Sine of radians.</summary>
        /// <returns>A new tensor.</returns>
        /// <exception cref="ArgumentException">Not a float type.</exception>
        public Tensor Sin()
        {
            Tensor y = Arithmetic.UnaryFloat<SinKernel>(nameof(Sin), x);
            if (Tape.Records(x)) Tape.Record(SinBackward.Instance, y, x).Save(0, x);
            return y;
        }

        /// <summary>Cosine of radians.</summary>
        /// <returns>A new tensor.</returns>
        /// <exception cref="ArgumentException">Not a float type.</exception>
        public Tensor Cos()
        {
            Tensor y = Arithmetic.UnaryFloat<CosKernel>(nameof(Cos), x);
            if (Tape.Records(x)) Tape.Record(CosBackward.Instance, y, x).Save(0, x);
            return y;
        }

        /// <summary>1 / x; infinite at 0.</summary>
        /// <returns>A new tensor.</returns>
        /// <exception cref="ArgumentException">Not a float type.</exception>
        public Tensor Reciprocal()
        {
            Tensor y = Arithmetic.UnaryFloat<ReciprocalKernel>(nameof(Reciprocal), x);
            if (Tape.Records(x)) Tape.Record(ReciprocalBackward.Instance, y, x).Save(0, y);
            return y;
        }

        /// <summary>-1, 0 or 1 by the sign; NaN stays NaN. It is flat, so no gradient flows through it.</summary>
        /// <returns>A new tensor.</returns>
        public Tensor Sign() => Arithmetic.Unary<SignKernel>(nameof(Sign), x);

        /// <summary>1 / (1 + e⁻ˣ).</summary>
        /// <returns>A new tensor.</returns>
        /// <exception cref="ArgumentException">Not a float type.</exception>
        public Tensor Sigmoid()
        {
            Tensor y = Arithmetic.UnaryFloat<SigmoidKernel>(nameof(Sigmoid), x);
            if (Tape.Records(x)) Tape.Record(SigmoidBackward.Instance, y, x).Save(0, y);
            return y;
        }

        /// <summary>max(x, 0); NaN stays NaN; slope 0 at 0.</summary>
        /// <returns>A new tensor.</returns>
        public Tensor Relu()
        {
            Tensor y = Arithmetic.Unary<ReluKernel>(nameof(Relu), x);
            if (Tape.Records(x)) Tape.Record(ReluBackward.Instance, y, x).Save(0, y);
            return y;
        }
    }
}
