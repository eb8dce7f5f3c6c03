using Workspaces.Autograd;
using Workspaces.Kernels.Indexing;
using Workspaces.Tensors;
using Workspaces.Tensors.Compute;

namespace Workspaces.Ops;

/// <summary>Triangles of matrices.</summary>
public static class TriangleOps
{
    extension(Tensor x)
    {
        /// <summary>What lies on and below a diagonal of the last two axes; 0 above.</summary>
        /// <param name="diagonal">0 for the main one, 1 for the next above.</param>
        /// <returns>A new tensor.</returns>
        /// <exception cref="ShapeException">There are no two axes.</exception>
        public Tensor Tril(long diagonal = 0) => Run(nameof(Tril), x, diagonal, upper: false);

        /// <summary>What lies on and above a diagonal of the last two axes; 0 below.</summary>
        /// <param name="diagonal">0 for the main one, 1 for the next above.</param>
        /// <returns>A new tensor.</returns>
        /// <exception cref="ShapeException">There are no two axes.</exception>
        public Tensor Triu(long diagonal = 0) => Run(nameof(Triu), x, diagonal, upper: true);
    }

    private static Tensor Run(string name, Tensor x, long diagonal, bool upper)
    {
        Axes.Normalize(-2, x.Checked(name).Layout.Shape, name);
        Tensor y = Forward(name, x, diagonal, upper);
        if (!Tape.Records(x)) return y;
        Node node = Tape.Record(TriangleBackward.Instance, y, x);
        node.Number = diagonal;
        node.Factor = upper ? 1 : 0;
        return y;
    }

    private static Tensor Forward(string name, Tensor x, long diagonal, bool upper)
    {
        Tensor dense = KeptAxes.Dense(x, name);
        using Tensor made = Arithmetic.Made(dense, x);
        using var op = new OpScope(name, dense);
        Tensor y = op.Allocate(x.DType, x.Shape);
        if (op.Computes) Compute(op, dense, y, diagonal, upper);
        op.Complete();
        return y;
    }

    private static void Compute(in OpScope op, Tensor x, Tensor y, long diagonal, bool upper)
    {
        int rows = (int)x.Shape[-2], columns = (int)x.Shape[-1];
        switch (x.DType.SizeInBytes)
        {
            case 1: AxisKernels.Triangle(op.ReadSpan<byte>(x), op.WriteSpan<byte>(y), rows, columns, diagonal, upper); break;
            case 4: AxisKernels.Triangle(op.ReadSpan<int>(x), op.WriteSpan<int>(y), rows, columns, diagonal, upper); break;
            default: AxisKernels.Triangle(op.ReadSpan<long>(x), op.WriteSpan<long>(y), rows, columns, diagonal, upper); break;
        }
    }

    /// <summary>The same triangle of dy.</summary>
    private sealed class TriangleBackward : Differential
    {
        internal static readonly TriangleBackward Instance = new();

        internal override string Name => nameof(Tril);

        internal override void Backward(in BackwardContext context) =>
            context.SendOwned(0, Forward(Name, context.Gradient, context.Node.Number, context.Node.Factor == 1));
    }
}
