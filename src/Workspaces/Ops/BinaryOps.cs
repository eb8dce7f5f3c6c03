using Workspaces.Autograd;
using Workspaces.Tensors;
using Workspaces.Tensors.Compute;

namespace Workspaces.Ops;

/// <summary>Arithmetic of two tensors, broadcast as NumPy does and brought to their common type, or of a tensor and a number.</summary>
public static class BinaryOps
{
    extension(Tensor a)
    {
        /// <summary>a + b.</summary>
        /// <param name="b">The other operand.</param>
        /// <returns>A new tensor of the broadcast shape.</returns>
        /// <exception cref="ShapeException">The shapes do not broadcast.</exception>
        /// <exception cref="Memory.StaleAccessException">An operand is stale.</exception>
        public Tensor Add(Tensor b)
        {
            Tensor y = Arithmetic.AddRaw(a, b);
            if (Tape.Records(a, b)) Record(AddBackward.Instance, y, a, b);
            return y;
        }

        /// <summary>a + number.</summary>
        /// <param name="b">The number.</param>
        /// <returns>A new tensor.</returns>
        public Tensor Add(double b) => RecordIfNeeded(AddBackward.Instance, Arithmetic.WithScalar<AddKernel>("Add", a, b), a);

        /// <summary>a - b.</summary>
        /// <param name="b">The other operand.</param>
        /// <returns>A new tensor of the broadcast shape.</returns>
        /// <exception cref="ShapeException">The shapes do not broadcast.</exception>
        public Tensor Subtract(Tensor b)
        {
            Tensor y = Arithmetic.Binary<SubtractKernel>("Subtract", a, b);
            if (Tape.Records(a, b)) Record(SubtractBackward.Instance, y, a, b);
            return y;
        }

        /// <summary>a - number.</summary>
        /// <param name="b">The number.</param>
        /// <returns>A new tensor.</returns>
        public Tensor Subtract(double b) => RecordIfNeeded(AddBackward.Instance, Arithmetic.WithScalar<SubtractKernel>("Subtract", a, b), a);

        /// <summary>a · b, element by element.</summary>
        /// <param name="b">The other operand.</param>
        /// <returns>A new tensor of the broadcast shape.</returns>
        /// <exception cref="ShapeException">The shapes do not broadcast.</exception>
        public Tensor Multiply(Tensor b)
        {
            Tensor y = Arithmetic.Binary<MultiplyKernel>("Multiply", a, b);
            if (Tape.Records(a, b)) Record(MultiplyBackward.Instance, y, a, b).Save(0, a).Save(1, b);
            return y;
        }

        /// <summary>a · number.</summary>
        /// <param name="b">The number.</param>
        /// <returns>A new tensor.</returns>
        public Tensor Multiply(double b)
        {
            Tensor y = Arithmetic.WithScalar<MultiplyKernel>("Multiply", a, b);
            if (Tape.Records(a)) Record(ScaleBackward.Instance, y, a).Factor = b;
            return y;
        }

        /// <summary>a / b in floating point; integers are converted to float32 first.</summary>
        /// <param name="b">The other operand.</param>
        /// <returns>A new tensor of the broadcast shape.</returns>
        /// <exception cref="ShapeException">The shapes do not broadcast.</exception>
        public Tensor Divide(Tensor b)
        {
            DType dtype = DTypes.Promote(DTypes.Promote(a.Checked("Divide").DType, b.Checked("Divide").DType), DType.F32);
            Tensor x = a.To(dtype), y = b.To(dtype);
            using Tensor madeX = Arithmetic.Made(x, a), madeY = Arithmetic.Made(y, b);
            Tensor quotient = Arithmetic.BinaryFloat<DivideKernel>("Divide", x, y);
            if (Tape.Records(x, y)) Record(DivideBackward.Instance, quotient, x, y).Save(0, y).Save(1, quotient);
            return quotient;
        }

        /// <summary>a / number in floating point; integers are converted to float32 first.</summary>
        /// <param name="b">The number.</param>
        /// <returns>A new tensor.</returns>
        public Tensor Divide(double b)
        {
            Tensor x = a.Checked("Divide").DType.IsFloatingPoint ? a : a.To(DType.F32);
            using Tensor made = Arithmetic.Made(x, a);
            Tensor y = Arithmetic.WithScalarFloat<DivideKernel>("Divide", x, b);
            if (Tape.Records(x)) Record(ScaleBackward.Instance, y, x).Factor = 1 / b;
            return y;
        }

        /// <summary>The larger of each pair; NaN if either is. At a tie each operand gets half of the gradient.</summary>
        /// <param name="b">The other operand.</param>
        /// <returns>A new tensor of the broadcast shape.</returns>
        public Tensor Maximum(Tensor b) => Extreme<MaximumKernel>("Maximum", a, b, largest: true);

        /// <summary>The smaller of each pair; NaN if either is. At a tie each operand gets half of the gradient.</summary>
        /// <param name="b">The other operand.</param>
        /// <returns>A new tensor of the broadcast shape.</returns>
        public Tensor Minimum(Tensor b) => Extreme<MinimumKernel>("Minimum", a, b, largest: false);

        /// <summary>a to the power of a number.</summary>
        /// <param name="exponent">The exponent.</param>
        /// <returns>A new float tensor.</returns>
        /// <exception cref="ArgumentException">Not a float type.</exception>
        public Tensor Pow(double exponent)
        {
            Tensor y = Arithmetic.WithScalarFloat<PowKernel>("Pow", a, exponent);
            if (Tape.Records(a)) Record(PowBackward.Instance, y, a).Save(0, a).Factor = exponent;
            return y;
        }
    }

    extension(Tensor)
    {
        /// <summary>a + b; see <see cref="Add(Tensor, Tensor)"/>.</summary>
        public static Tensor operator +(Tensor a, Tensor b) => a.Add(b);

        /// <summary>a - b; see <see cref="Subtract(Tensor, Tensor)"/>.</summary>
        public static Tensor operator -(Tensor a, Tensor b) => a.Subtract(b);

        /// <summary>a · b; see <see cref="Multiply(Tensor, Tensor)"/>.</summary>
        public static Tensor operator *(Tensor a, Tensor b) => a.Multiply(b);

        /// <summary>a / b; see <see cref="Divide(Tensor, Tensor)"/>.</summary>
        public static Tensor operator /(Tensor a, Tensor b) => a.Divide(b);

        /// <summary>a + number.</summary>
        public static Tensor operator +(Tensor a, double b) => a.Add(b);

        /// <summary>a - number.</summary>
        public static Tensor operator -(Tensor a, double b) => a.Subtract(b);

        /// <summary>a · number.</summary>
        public static Tensor operator *(Tensor a, double b) => a.Multiply(b);

        /// <summary>number · a.</summary>
        public static Tensor operator *(double b, Tensor a) => a.Multiply(b);

        /// <summary>a / number.</summary>
        public static Tensor operator /(Tensor a, double b) => a.Divide(b);

        /// <summary>-a.</summary>
        public static Tensor operator -(Tensor a) => a.Negate();
    }

    private static Tensor Extreme<TKernel>(string name, Tensor a, Tensor b, bool largest)
        where TKernel : INumberKernel
    {
        Tensor y = Arithmetic.Binary<TKernel>(name, a, b);
        if (Tape.Records(a, b)) Record(ExtremeBackward.Instance, y, a, b).Save(0, a).Save(1, b).Number = largest ? 1 : 0;
        return y;
    }

    private static Tensor RecordIfNeeded(Differential differential, Tensor y, Tensor a)
    {
        if (Tape.Records(a)) Record(differential, y, a);
        return y;
    }

    private static Node Record(Differential differential, Tensor y, Tensor a, Tensor? b = null) =>
        b is { } second ? Tape.Record(differential, y, a, second) : Tape.Record(differential, y, a);
}
