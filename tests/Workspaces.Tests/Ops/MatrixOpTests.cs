using Workspaces.Ops;
using Workspaces.Tensors;

namespace Workspaces.Tests.Ops;

/// <summary>Products, softmax and losses.</summary>
public sealed class MatrixOpTests : OpConformance<MatrixOpTests>, IOpTable
{
    private static readonly (int[] Dims, int Axis)[] SoftmaxShapes = [([4, 5], -1), ([4, 5], 0), ([2, 3, 4], 1), ([2, 3, 4], 0), ([7], 0), ([3, 1], 1), ([2, 300], 1)];

    private static readonly int[] Labels = [2, 0, 1, 3];

    public static OpCase[] Cases =>
    [
        new("matmul", "MatMul", [[3, 4], [4, 5]], x => x[0].MatMul(x[1]), x => x[0].MatMul(x[1])),
        new("matmul of ones", "MatMul", [[1, 1], [1, 1]], x => x[0].MatMul(x[1]), x => x[0].MatMul(x[1])),
        new("matmul of a row and a column", "MatMul", [[1, 7], [7, 1]], x => x[0].MatMul(x[1]), x => x[0].MatMul(x[1])),
        new("matmul of a column and a row", "MatMul", [[6, 1], [1, 5]], x => x[0].MatMul(x[1]), x => x[0].MatMul(x[1])),
        new("matmul odd", "MatMul", [[13, 17], [17, 35]], x => x[0].MatMul(x[1]), x => x[0].MatMul(x[1])),
        new("matmul left transposed", "MatMul", [[4, 3], [4, 5]], x => Transposed(x[0]).MatMul(x[1]), x => x[0].Permute(1, 0).MatMul(x[1])),
        new("matmul right transposed", "MatMul", [[3, 4], [5, 4]], x => x[0].MatMul(Transposed(x[1])), x => x[0].MatMul(x[1].Permute(1, 0))),
        new("matmul batched", "MatMul", [[2, 3, 4], [2, 4, 5]], x => x[0].MatMul(x[1]), x => x[0].MatMul(x[1])),
        new("matmul of a batch and a matrix", "MatMul", [[2, 3, 4], [4, 5]], x => x[0].MatMul(x[1]), x => x[0].MatMul(x[1])),
        new("matmul of a matrix and a batch", "MatMul", [[3, 4], [2, 4, 5]], x => x[0].MatMul(x[1]), x => x[0].MatMul(x[1])),
        new("matmul with broadcast batches", "MatMul", [[2, 1, 3, 4], [3, 4, 2]], x => x[0].MatMul(x[1]), x => x[0].MatMul(x[1])),
        new("matmul batched transposed", "MatMul", [[2, 4, 3], [1, 4, 5]], x => Transposed(x[0]).MatMul(x[1]), x => x[0].Permute(0, 2, 1).MatMul(x[1])),
        new("linear", "Linear", [[6, 5], [7, 5], [7]], x => x[0].Linear(x[1], x[2]), Linear),
        new("linear without bias", "Linear", [[6, 5], [7, 5]], x => x[0].Linear(x[1]), Linear),
        new("linear of a vector", "Linear", [[5], [7, 5], [7]], x => x[0].Linear(x[1], x[2]), Linear),
        new("linear of a vector without bias", "Linear", [[5], [7, 5]], x => x[0].Linear(x[1]), Linear),
        new("linear of a cube", "Linear", [[2, 3, 5], [4, 5], [4]], x => x[0].Linear(x[1], x[2]), Linear),
        new("linear of a cube without bias", "Linear", [[2, 3, 5], [4, 5]], x => x[0].Linear(x[1]), Linear),
        new("linear of one row", "Linear", [[1, 9], [3, 9], [3]], x => x[0].Linear(x[1], x[2]), Linear),
        new("linear of rank 4", "Linear", [[2, 1, 3, 5], [4, 5], [4]], x => x[0].Linear(x[1], x[2]), Linear),
        .. Softmaxes("softmax", "Softmax", (x, axis) => x.Softmax(axis), log: false),
        .. Softmaxes("log softmax", "LogSoftmax", (x, axis) => x.LogSoftmax(axis), log: true),
        new("cross-entropy mean", "CrossEntropy", [[4, 5]], x => Loss(x[0], LossReduction.Mean, DType.I64), x => CrossEntropy(x[0]).Reduce([], false, v => v.Average())),
        new("cross-entropy sum", "CrossEntropy", [[4, 5]], x => Loss(x[0], LossReduction.Sum, DType.I32), x => CrossEntropy(x[0]).Reduce([], false, v => v.Sum())),
        new("cross-entropy each", "CrossEntropy", [[4, 5]], x => Loss(x[0], LossReduction.None, DType.I64), x => CrossEntropy(x[0])),
        new("cross-entropy each i32", "CrossEntropy", [[4, 5]], x => Loss(x[0], LossReduction.None, DType.I32), x => CrossEntropy(x[0])),
    ];

    private static Tensor Transposed(Tensor x) => x.IsAlive ? x.Transpose() : x;

    private static NdArray Linear(NdArray[] x)
    {
        NdArray matrix = x[0].Reshape(x[0].Data.Length / x[0].Dims[^1], x[0].Dims[^1]), y = matrix.MatMul(x[1].Permute(1, 0));
        if (x.Length == 3) y = y.Zip(x[2], (a, b) => a + b);
        return y.Reshape([.. x[0].Dims[..^1], x[1].Dims[0]]);
    }

    private static IEnumerable<OpCase> Softmaxes(string name, string op, Func<Tensor, int, Tensor> run, bool log) =>
        SoftmaxShapes.Select(shape => new OpCase(
            $"{name} {string.Join('x', shape.Dims)} along {shape.Axis}", op, [shape.Dims], x => run(x[0], shape.Axis), x => Softmax(x[0], shape.Axis, log)));

    private static NdArray Softmax(NdArray x, int axis, bool log)
    {
        NdArray powers = x.Map(Math.Exp), sums = powers.Reduce([axis], true, v => v.Sum());
        return powers.Zip(sums, (power, sum) => log ? Math.Log(power / sum) : power / sum);
    }

    private static NdArray CrossEntropy(NdArray x)
    {
        NdArray logarithms = Softmax(x, 1, log: true);
        return NdArray.Build([4], i => -logarithms[i[0], Labels[i[0]]]);
    }

    private static Tensor Loss(Tensor x, LossReduction reduction, DType dtype)
    {
        using Tensor labels = dtype == DType.I32 ? Tensor.From<int>(Labels) : Tensor.From<long>([.. Labels.Select(label => (long)label)]);
        return x.CrossEntropy(labels, reduction);
    }
}
