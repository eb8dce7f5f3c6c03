using Workspaces.Autograd;
using Workspaces.Kernels.Elementwise;
using Workspaces.Tensors;

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
            if (condition.Checked(nameof(Where)).DType != DType.Bool) TensorThrow.WrongType(condition, DType.Bool, nameof(Where));
            if (a.Checked(nameof(Where)).DType != b.Checked(nameof(Where)).DType) TensorThrow.WrongType(b, a.DType, nameof(Where));
            Tensor y = Choose(condition, a, b, a.DType);
            if (Tape.Records(a, b)) Tape.Record(WhereBackward.Instance, y, a, b).Save(0, condition);
            return y;
        }
    }

    /// <summary>Chooses; a default tensor stands for 0.</summary>
    private static Tensor Choose(Tensor condition, Tensor a, Tensor b, DType dtype)
    {
        bool needsZero = a.HeaderOrNull is null || b.HeaderOrNull is null;
        using Tensor zero = needsZero ? Tensor.Zeros(new Shape(), dtype) : default;
        Tensor x = a.HeaderOrNull is null ? zero : a, y = b.HeaderOrNull is null ? zero : b;
        using var op = new OpScope("Where", condition, x, y);
        Tensor result = op.Allocate(dtype, Broadcasting.Shapes(condition.Shape, Broadcasting.Shapes(x.Shape, y.Shape, "Where"), "Where"));
        switch (dtype.SizeInBytes)
        {
            case 1: Run<byte>(op, condition, x, y, result); break;
            case 4: Run<int>(op, condition, x, y, result); break;
            default: Run<long>(op, condition, x, y, result); break;
        }

        op.Complete();
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
}
