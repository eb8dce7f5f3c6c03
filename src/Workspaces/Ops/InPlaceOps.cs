using Workspaces.Autograd;
using Workspaces.Memory;
using Workspaces.Tensors;
using Workspaces.Tensors.Compute;

namespace Workspaces.Ops;

/// <summary>
/// Writes in place. They keep the tensor's memory and raise its version, so <c>Backward</c> notices a change to something it saved. Refused on leaves that
/// require a gradient, on broadcast views, and where a recorded tensor would change behind the tape's back.
/// </summary>
public static class InPlaceOps
{
    extension(Tensor x)
    {
        /// <summary>x = x + b, b broadcast to x.</summary>
        /// <param name="b">The other operand.</param>
        /// <returns>The same tensor.</returns>
        /// <exception cref="InvalidOperationException">Writing in place is refused.</exception>
        /// <exception cref="ShapeException">b does not broadcast to x.</exception>
        public Tensor AddInPlace(Tensor b)
        {
            CheckRecordable(x, "AddInPlace", b);
            Arithmetic.InPlace<AddKernel>("AddInPlace", x, b, MayBeLeaf);
            if (Tape.Records(x, b)) Tape.Record(AddBackward.Instance, x, x, b);
            return x;
        }

        /// <summary>x = x + number.</summary>
        /// <param name="b">The number.</param>
        /// <returns>The same tensor.</returns>
        /// <exception cref="InvalidOperationException">Writing in place is refused.</exception>
        public Tensor AddInPlace(double b)
        {
            CheckRecordable(x, "AddInPlace");
            Arithmetic.InPlaceScalar<AddKernel>("AddInPlace", x, b, MayBeLeaf);
            return x;
        }

        /// <summary>x = x - b, b broadcast to x.</summary>
        /// <param name="b">The other operand.</param>
        /// <returns>The same tensor.</returns>
        /// <exception cref="InvalidOperationException">Writing in place is refused.</exception>
        /// <exception cref="ShapeException">b does not broadcast to x.</exception>
        public Tensor SubtractInPlace(Tensor b)
        {
            CheckRecordable(x, "SubtractInPlace", b);
            Arithmetic.InPlace<SubtractKernel>("SubtractInPlace", x, b, MayBeLeaf);
            if (Tape.Records(x, b)) Tape.Record(SubtractBackward.Instance, x, x, b);
            return x;
        }

        /// <summary>x = x · b, b broadcast to x; b must not require a gradient.</summary>
        /// <param name="b">The other operand.</param>
        /// <returns>The same tensor.</returns>
        /// <exception cref="InvalidOperationException">Writing in place is refused.</exception>
        /// <exception cref="ShapeException">b does not broadcast to x.</exception>
        public Tensor MultiplyInPlace(Tensor b)
        {
            CheckRecordable(x, "MultiplyInPlace", b);
            if (b.Checked("MultiplyInPlace").Node is not null && Tape.Records(b))
                TensorThrow.InPlaceRefused(
                    x.Checked("multiply in place"), "MultiplyInPlace",
                    "the gradient of the other operand needs the values that would be overwritten", "use Multiply");
            if (ReferenceEquals(b.HeaderOrNull!.Storage, x.HeaderOrNull!.Storage) && Tape.Records(x))
                TensorThrow.InPlaceRefused(
                    x.Checked("multiply in place"), "MultiplyInPlace",
                    "the other operand shares its memory, and the gradient needs the values that would be overwritten", "use Multiply");
            Arithmetic.InPlace<MultiplyKernel>("MultiplyInPlace", x, b, MayBeLeaf);
            if (Tape.Records(x)) Tape.Record(MultiplyBackward.Instance, x, x, b).Save(1, b);
            return x;
        }

        /// <summary>x = x · number.</summary>
        /// <param name="b">The number.</param>
        /// <returns>The same tensor.</returns>
        /// <exception cref="InvalidOperationException">Writing in place is refused.</exception>
        public Tensor MultiplyInPlace(double b)
        {
            CheckRecordable(x, "MultiplyInPlace");
            Arithmetic.InPlaceScalar<MultiplyKernel>("MultiplyInPlace", x, b, MayBeLeaf);
            if (Tape.Records(x)) Tape.Record(ScaleBackward.Instance, x, x).Factor = b;
            return x;
        }

        /// <summary>x = max(x, 0).</summary>
        /// <returns>The same tensor.</returns>
        /// <exception cref="InvalidOperationException">Writing in place is refused.</exception>
        public Tensor ReluInPlace()
        {
            CheckRecordable(x, "ReluInPlace");
            using (var op = new OpScope("ReluInPlace", x))
            {
                Dispatch.RequireNumber(x, "ReluInPlace");
                op.BeginWrite(x, MayBeLeaf);
                Dispatch.Numbers<ReluKernel>(op, x.DType, KernelCall.Unary(x, x));
                op.Complete();
            }

            if (Tape.Records(x)) Tape.Record(ReluBackward.Instance, x, x).Save(0, x);
            return x;
        }

        /// <summary>Sets every element.</summary>
        /// <param name="value">The value, converted to the element type.</param>
        /// <returns>The same tensor.</returns>
        /// <exception cref="InvalidOperationException">Writing in place is refused, or the tensor is the result of a recorded op.</exception>
        public Tensor FillInPlace(double value)
        {
            CheckRecordable(x, "FillInPlace");
            if (Tape.Records(x))
                TensorThrow.InPlaceRefused(
                    x.Checked("fill"), "FillInPlace",
                    "it is the result of a recorded op, whose gradient would be lost", "fill a Detach()ed view, or make a new tensor");
            Arithmetic.FillInPlace(x, value, MayBeLeaf);
            return x;
        }
    }

    /// <summary>A leaf may be written while nothing is recorded.</summary>
    private static bool MayBeLeaf => !NoGradScope.IsRecording(TensorFrames.Current);

    /// <summary>A write to a part of a recorded tensor, or of recorded values into a view, would change the graph of its base.</summary>
    private static void CheckRecordable(Tensor x, string op, Tensor? operand = null)
    {
        TensorHeader header = x.Checked(op);
        if (header.Root is not { } root || !NoGradScope.IsRecording(TensorFrames.Current)) return;
        bool recorded = header.Node is not null || root.Node is { IsLeaf: false } || (operand is { } b && b.RequiresGrad);
        if (recorded)
            TensorThrow.InPlaceRefused(
                header, op, "it is a view, and the tensor under it takes part in a recorded computation",
                "compute a new tensor, or write inside Gradients.Off()");
    }
}
