using Workspaces.Autograd;
using Workspaces.Tensors;
using Workspaces.Tensors.Compute;

namespace Workspaces.Ops;

/// <summary>Copies and conversions.</summary>
public static class ConversionOps
{
    extension(Tensor x)
    {
        /// <summary>The tensor in another data type; itself when it has that type already. Fractions are cut off, integers saturate, bool is "not 0".</summary>
        /// <param name="dtype">The wanted type.</param>
        /// <returns>A new tensor, or the same one.</returns>
        public Tensor To(DType dtype)
        {
            if (x.Checked(nameof(To)).DType == dtype) return x;
            Tensor y = Cast.Run(x, dtype);
            if (dtype.IsFloatingPoint && Tape.Records(x)) Tape.Record(CastBackward.Instance, y, x);
            return y;
        }

        /// <summary>A contiguous copy with memory of its own.</summary>
        /// <returns>A new tensor.</returns>
        public Tensor Copy()
        {
            Tensor y = Arithmetic.Copy(x, nameof(Copy));
            if (Tape.Records(x)) Tape.Record(AddBackward.Instance, y, x);
            return y;
        }

        /// <summary>The tensor itself when its elements lie in row-major order without gaps, else a copy that does.</summary>
        /// <returns>The same tensor or a new one.</returns>
        public Tensor Contiguous() => x.Checked(nameof(Contiguous)).Layout.IsContiguous ? x : x.Copy();
    }

    /// <summary>The gradient is converted back.</summary>
    private sealed class CastBackward : Differential
    {
        internal static readonly CastBackward Instance = new();

        internal override string Name => nameof(To);

        internal override void Backward(in BackwardContext context) => BroadcastGradient.Send(context, 0, context.Gradient, owned: false);
    }
}
