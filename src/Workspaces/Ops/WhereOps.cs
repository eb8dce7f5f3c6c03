using Workspaces.Autograd;
using Workspaces.Kernels.Elementwise;
using Workspaces.Tensors;
using Workspaces.Tensors.Compute;

namespace Workspaces.Ops;

/// <summary>Choice by a condition.</summary>
public static class WhereOps
{
    extension(Tensor condition)
    {
        /// <summary>a where the condition holds, else b; all three are broadcast.</summary>
        /// <param name="a">Values where the condition is true.</param>
        /// <param name="b">Values where it is false; the same data type.</param>
        /// <returns>A new tensor.</returns>
        /// <exception cref="ArgumentException">The condition is not bool, or the data types differ.</exception>
        /// <exception cref="ShapeException">The shapes do not broadcast.</exception>
        public Tensor Where(Tensor a, Tensor b)
        {
            if (condition.Checked(nameof(Where)).DType != DType.Bool) TensorThrow.OperandType(nameof(Where), condition, DType.Bool, nameof(condition));
            if (a.Checked(nameof(Where)).DType != b.Checked(nameof(Where)).DType) TensorThrow.TypesDiffer(nameof(Where), a, b);
            Tensor y = Choose(condition, a, b, a.DType);
            if (Tape.Records(a, b)) Tape.Record(WhereBackward.Instance, y, a, b).Save(0, condition);
            return y;
        }
    }

    extension(Tensor x)
    {
        /// <summary>A copy with a number wherever the mask is true; no gradient flows to those elements.</summary>
        /// <param name="mask">A bool tensor that broadcasts to the shape of this one.</param>
        /// <param name="value">The number, converted to the element type.</param>
        /// <returns>A new tensor of the same shape.</returns>
        /// <exception cref="ArgumentException">The mask is not bool, or the number does not fit an integer type.</exception>
        /// <exception cref="ShapeException">The mask does not broadcast to the shape.</exception>
        public Tensor MaskedFill(Tensor mask, double value)
        {
            DType dtype = x.Checked(nameof(MaskedFill)).DType;
            if (mask.Checked(nameof(MaskedFill)).DType != DType.Bool) TensorThrow.OperandType(nameof(MaskedFill), mask, DType.Bool, nameof(mask));
            if (dtype != DType.Bool) Dispatch.RequireExact(x, value, nameof(MaskedFill));
            Broadcasting.StretchedAxes(mask.Shape, x.Shape, nameof(MaskedFill));
            Tensor y;
            using (Tensor number = Tensor.Scalar(value, dtype)) y = Choose(mask, number, x, dtype, nameof(MaskedFill));
            if (Tape.Records(x)) Tape.Record(MaskedFillBackward.Instance, y, x).Save(0, mask);
            return y;
        }
    }

    /// <summary>Chooses; a default tensor stands for 0.</summary>
    private static Tensor Choose(Tensor condition, Tensor a, Tensor b, DType dtype, string name = "Where")
    {
        bool needsZero = a.HeaderOrNull is null || b.HeaderOrNull is null;
        using Tensor zero = needsZero ? Tensor.Zeros(new Shape(), dtype) : default;
        Tensor x = a.HeaderOrNull is null ? zero : a, y = b.HeaderOrNull is null ? zero : b;
        using var op = new OpScope(name, condition, x, y);
        Tensor result = op.Allocate(dtype, ResultShape(name, condition, x, y));
        switch (dtype.SizeInBytes)
        {
            case 1: Run<byte>(op, condition, x, y, result); break;
            case 4: Run<int>(op, condition, x, y, result); break;
            default: Run<long>(op, condition, x, y, result); break;
        }

        op.Complete();
        return result;
    }

    private static Shape ResultShape(string name, Tensor condition, Tensor a, Tensor b)
    {
        bool fits = Broadcasting.TryShapes(a.Shape, b.Shape, out Shape values, name);
        fits &= Broadcasting.TryShapes(condition.Shape, values, out Shape result, name);
        if (!fits) OpThrow.Broadcast(name, condition, a, b);
        return result;
    }

    private static void Run<T>(in OpScope op, Tensor condition, Tensor a, Tensor b, Tensor result)
        where T : unmanaged
    {
        if (!op.Computes) return;
        Shape shape = result.Shape;
        Layout c = condition.Layout.BroadcastTo(shape), x = a.Layout.BroadcastTo(shape), y = b.Layout.BroadcastTo(shape), d = result.Layout;
        Elementwise.Select(
            op.ReadSpan<byte>(condition), c.Strides.AsSpan(), op.ReadSpan<T>(a), x.Strides.AsSpan(), op.ReadSpan<T>(b), y.Strides.AsSpan(),
            op.WriteSpan<T>(result), d.Strides.AsSpan(), shape.AsSpan());
    }

    /// <summary>The gradient goes to the operand that was chosen.</summary>
    private sealed class WhereBackward : Differential
    {
        internal static readonly WhereBackward Instance = new();

        internal override string Name => nameof(Where);

        internal override void Backward(in BackwardContext context)
        {
            Tensor dY = context.Gradient, condition = context.Saved(0);
            if (context.WantsGradient(0)) BroadcastGradient.Send(context, 0, Choose(condition, dY, default, dY.DType), owned: true);
            if (context.WantsGradient(1)) BroadcastGradient.Send(context, 1, Choose(condition, default, dY, dY.DType), owned: true);
        }
    }

    /// <summary>The gradient, 0 where the mask is true.</summary>
    private sealed class MaskedFillBackward : Differential
    {
        internal static readonly MaskedFillBackward Instance = new();

        internal override string Name => nameof(MaskedFill);

        internal override void Backward(in BackwardContext context) =>
            context.SendOwned(0, Choose(context.Saved(0), default, context.Gradient, context.Gradient.DType, Name));
    }
}
