using Workspaces.Autograd;
using Workspaces.Memory;
using Workspaces.Tensors;

namespace Workspaces.Ops;

/// <summary>Matrix products.</summary>
public static class MatMulOps
{
    extension(Tensor a)
    {
        /// <summary>a · b over the last two axes: [..., m, k] by [..., k, n] gives [..., m, n]; axes before them are broadcast. Transposed views are not copied first.</summary>
        /// <param name="b">The right operand, of the same float type.</param>
        /// <returns>A new tensor.</returns>
        /// <exception cref="ShapeException">Rank below 2, inner sizes differ, or batches do not broadcast.</exception>
        /// <exception cref="ArgumentException">Not the same float type.</exception>
        public Tensor MatMul(Tensor b)
        {
            Tensor y = MatrixProduct.Run(nameof(MatMul), a, b);
            if (Tape.Records(a, b)) Tape.Record(MatMulBackward.Instance, y, a, b).Save(0, a).Save(1, b);
            return y;
        }

        /// <summary>x · weightᵀ + bias: [..., in] by [out, in] gives [..., out].</summary>
        /// <param name="weight">[out, in].</param>
        /// <param name="bias">[out], or null.</param>
        /// <returns>A new tensor.</returns>
        /// <exception cref="ShapeException">The shapes do not fit.</exception>
        /// <exception cref="ArgumentException">Not the same float type.</exception>
        public Tensor Linear(Tensor weight, Tensor? bias = null) => LinearLayer.Run(a, weight, bias, rectified: false);

        /// <summary>x · weightᵀ + bias with a weight that was packed before, without the tape.</summary>
        /// <param name="weight">The weight, [out, in]; what was written to it since it was packed has no effect.</param>
        /// <param name="bias">[out], or null.</param>
        /// <returns>A new tensor, [..., out]. Its last bits may differ from those of a product with the weight itself, which may add in other blocks.</returns>
        /// <exception cref="ShapeException">The shapes do not fit.</exception>
        /// <exception cref="ArgumentException">Not the same float type.</exception>
        /// <exception cref="InvalidOperationException">The op would be recorded: a packed weight has no gradient.</exception>
        /// <exception cref="StaleAccessException">The packed weight was disposed.</exception>
        public Tensor Linear(PackedWeight weight, Tensor? bias = null) => LinearLayer.Run(a, weight, bias, rectified: false);
    }

    /// <summary>dA = dY · Bᵀ, dB = Aᵀ · dY.</summary>
    private sealed class MatMulBackward : Differential
    {
        internal static readonly MatMulBackward Instance = new();

        internal override string Name => nameof(MatMul);

        internal override void Backward(in BackwardContext context)
        {
            Tensor dY = context.Gradient;
            if (context.WantsGradient(0)) Send(context, 0, dY, Transposed(context.Saved(1)));
            context.ReleaseSaved(1);
            if (context.WantsGradient(1)) Send(context, 1, Transposed(context.Saved(0)), dY);
        }

        private static void Send(in BackwardContext context, int input, Tensor left, Tensor right)
        {
            Shape shape = context.Node[input].Shape;
            if (MatrixProduct.ResultShape(nameof(MatMul), left.Shape, right.Shape) == shape)
                MatrixProduct.Into(nameof(MatMul), left, right, context.Target(input, shape, out bool accumulate), accumulate);
            else
                BroadcastGradient.Send(context, input, MatrixProduct.Run(nameof(MatMul), left, right), owned: true);
        }
    }

    private static Tensor Transposed(Tensor x) => TensorFrames.View(x, x.Layout.Transpose(-2, -1), "Transpose");
}
