using Workspaces.Autograd;
using Workspaces.Tensors;
using Workspaces.Tensors.Compute;
using DropoutKernel = Workspaces.Kernels.Random.Dropout;

namespace Workspaces.Ops;

/// <summary>Dropout: elements left out by chance while a model trains, and the others scaled up.</summary>
public static class DropoutOps
{
    extension(Tensor x)
    {
        /// <summary>Sets elements to 0 with a probability and scales the others so that the mean stays. The mask depends on seed, stream and position only.</summary>
        /// <param name="probability">Of dropping an element, 0 to 1.</param>
        /// <param name="seed">The seed.</param>
        /// <param name="stream">Another number for every mask.</param>
        /// <returns>A new tensor.</returns>
        /// <exception cref="ArgumentException">The probability is out of range, or not a float type.</exception>
        public Tensor Dropout(double probability, ulong seed, ulong stream)
        {
            if (!(probability is >= 0 and <= 1))
                OpThrow.Parameter(nameof(probability), "Dropout", x, probability, "a probability lies from 0 to 1", "give one in range");
            Tensor input = x.Checked("Dropout").Layout.IsContiguous ? x : x.Copy();
            using Tensor made = Arithmetic.Made(input, x);
            Tensor y = Forward(input, probability, seed, stream, out Tensor mask);
            if (Tape.Records(input)) Tape.Record(DropoutBackward.Instance, y, input).Save(0, mask).Factor = probability;
            mask.Dispose();
            return y;
        }
    }

    private static Tensor Forward(Tensor x, double probability, ulong seed, ulong stream, out Tensor mask)
    {
        using var op = new OpScope("Dropout", x);
        Dispatch.RequireFloat(x, "Dropout");
        Tensor y = op.Allocate(x.DType, x.Shape);
        mask = op.Allocate(DType.U8, x.Shape);
        if (op.Computes) Compute(op, x, y, mask, probability, seed, stream);
        op.Complete();
        return y;
    }

    private static void Compute(in OpScope op, Tensor x, Tensor y, Tensor mask, double probability, ulong seed, ulong stream)
    {
        if (x.DType == DType.F32) DropoutKernel.Forward(op.ReadSpan<float>(x), op.WriteSpan<float>(y), op.WriteSpan<byte>(mask), probability, seed, stream);
        else DropoutKernel.Forward(op.ReadSpan<double>(x), op.WriteSpan<double>(y), op.WriteSpan<byte>(mask), probability, seed, stream);
    }

    /// <summary>dx = dy, masked and scaled in the same way.</summary>
    private sealed class DropoutBackward : Differential
    {
        internal static readonly DropoutBackward Instance = new();

        internal override string Name => "Dropout";

        internal override void Backward(in BackwardContext context)
        {
            Tensor dY = Arithmetic.Copy(context.Gradient, Name), mask = context.Saved(0);
            using (var op = new OpScope(Name, mask, dY))
            {
                op.BeginWrite(dY);
                if (op.Computes) Compute(op, dY, mask, context.Node.Factor);
                op.Complete();
            }

            context.SendOwned(0, dY);
        }

        private static void Compute(in OpScope op, Tensor dY, Tensor mask, double probability)
        {
            if (dY.DType == DType.F32) DropoutKernel.Backward(op.ReadSpan<float>(dY), op.ReadSpan<byte>(mask), op.WriteSpan<float>(dY), probability);
            else DropoutKernel.Backward(op.ReadSpan<double>(dY), op.ReadSpan<byte>(mask), op.WriteSpan<double>(dY), probability);
        }
    }
}
