using Workspaces.Autograd;
using Workspaces.Memory;
using Workspaces.Ops;
using Workspaces.Tensors;

namespace Workspaces.Tests.Ops;

/// <summary>Runs one case forward and backward and takes the numbers out.</summary>
public sealed record OpRun(int[] Dims, double[] Output, double[]?[] Gradients)
{
    /// <summary>Makes an input of the wanted type from reference numbers; placed contiguously, as a transposed view, or as every second element.</summary>
    public static Tensor MakeInput(NdArray array, DType dtype, Placement placement)
    {
        if (placement == Placement.Transposed && array.Rank >= 2)
        {
            int[] order = [.. Enumerable.Range(0, array.Rank)];
            (order[^1], order[^2]) = (order[^2], order[^1]);
            return Make(array.Permute(order), dtype).Transpose();
        }

        if (placement == Placement.EverySecond && array.Rank >= 1)
        {
            int[] dims = [.. array.Dims[..^1], (array.Dims[^1] * 2) + 1];
            NdArray wide = NdArray.Build(dims, index => index[^1] % 2 == 1 ? array[[.. index[..^1], index[^1] / 2]] : double.NaN);
            return Make(wide, dtype).Slice(-1, 1, array.Dims[^1], 2);
        }

        return Make(array, dtype);
    }

    /// <summary>All elements as doubles.</summary>
    public static double[] Numbers(Tensor tensor) => tensor.DType switch
    {
        DType.F32 => [.. tensor.ToArray<float>().Select(value => (double)value)],
        DType.F64 => tensor.ToArray<double>(),
        DType.I32 => [.. tensor.ToArray<int>().Select(value => (double)value)],
        DType.I64 => [.. tensor.ToArray<long>().Select(value => (double)value)],
        DType.U8 => [.. tensor.ToArray<byte>().Select(value => (double)value)],
        _ => [.. tensor.ToArray<bool>().Select(value => value ? 1.0 : 0.0)],
    };

    public static int[] DimsOf(Tensor tensor) => [.. tensor.Shape.AsSpan().ToArray().Select(size => (int)size)];

    /// <summary>Runs a case in the ambient pass. Leaves that are views ask for their gradient at the base.</summary>
    public static OpRun Of(OpCase op, DType dtype, Placement placement = Placement.Contiguous)
    {
        Tensor output = Forward(op, dtype, placement, out Tensor[] bases);
        double[] values = Numbers(output);
        if (op.Differentiable) output.Backward(MakeUpstream(output));
        var gradients = new double[]?[bases.Length];
        for (int i = 0; i < bases.Length; i++)
        {
            if (op.IsDifferentiable(i)) gradients[i] = Numbers(Assert.NotNull(bases[i].Grad));
        }

        return new OpRun(DimsOf(output), values, gradients);
    }

    /// <summary>Runs a case without looking at a number, so that it can be traced on shapes alone.</summary>
    public static void Unread(OpCase op, DType dtype, Placement placement)
    {
        Tensor output = Forward(op, dtype, placement, out Tensor[] bases);
        if (op.Differentiable) output.Backward(MakeUpstream(output));
        for (int i = 0; i < bases.Length; i++)
        {
            if (op.IsDifferentiable(i)) Assert.Equal(bases[i].Shape, Assert.NotNull(bases[i].Grad).Shape);
        }
    }

    private static Tensor Forward(OpCase op, DType dtype, Placement placement, out Tensor[] bases)
    {
        NdArray[] arrays = op.MakeInputs();
        bases = new Tensor[arrays.Length];
        var inputs = new Tensor[arrays.Length];
        for (int i = 0; i < arrays.Length; i++)
        {
            inputs[i] = MakeInput(arrays[i], dtype, placement);
            bases[i] = inputs[i];
            if (!op.IsDifferentiable(i)) continue;

            // The strided input becomes a recorded view of a contiguous leaf, so that its gradient is read in its own order.
            bases[i] = Make(arrays[i], dtype).RequireGrad();
            inputs[i] = Strided(bases[i], placement);
        }

        return op.Run(inputs);
    }

    /// <summary>The gradient that is fed into an output: different numbers everywhere.</summary>
    public static double[] Upstream(int length) => [.. Enumerable.Range(0, length).Select(i => 0.25 + (0.5 * Math.Sin(i + 1)))];

    public static Tensor Make(NdArray array, DType dtype)
    {
        var shape = new Shape([.. array.Dims.Select(size => (long)size)]);
        return dtype == DType.F32 ? Tensor.From<float>([.. array.Data.Select(value => (float)value)], shape) : Tensor.From<double>(array.Data, shape);
    }

    public static Tensor MakeUpstream(Tensor output)
    {
        var array = new NdArray(DimsOf(output), Upstream((int)output.Length));
        return Make(array, output.DType);
    }

    private static Tensor Strided(Tensor leaf, Placement placement)
    {
        if (placement == Placement.Transposed && leaf.Rank >= 2) return leaf.Transpose().Copy().Transpose();
        if (placement != Placement.EverySecond || leaf.Rank < 1) return leaf;

        // [..., n] becomes [..., n, 2] by broadcasting, of which every second element is taken.
        long[] wide = [.. leaf.Shape.AsSpan(), 2];
        return leaf.Unsqueeze(-1).BroadcastTo(new Shape(wide)).Copy().Select(-1, 1);
    }
}
