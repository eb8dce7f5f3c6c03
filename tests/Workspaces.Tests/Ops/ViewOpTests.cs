using Workspaces.Ops;
using Workspaces.Tensors;

namespace Workspaces.Tests.Ops;

/// <summary>Views and conversions.</summary>
public sealed class ViewOpTests : OpConformance<ViewOpTests>, IOpTable
{
    private static readonly int[][] Matrix = [[4, 6]];
    private static readonly int[][] Cube = [[2, 3, 4]];

    public static OpCase[] Cases =>
    [
        new("reshape", "Reshape", Matrix, x => x[0].Reshape(2, 12), x => x[0].Reshape(2, 12)),
        new("reshape inferred", "Reshape", Matrix, x => x[0].Reshape(3, -1), x => x[0].Reshape(3, 8)),
        new("reshape to a vector", "Reshape", Cube, x => x[0].Reshape(24), x => x[0].Reshape(24)),
        new("reshape to a scalar", "Reshape", [[1, 1]], x => x[0].Reshape(), x => x[0].Reshape()),
        new("reshape of the transposed", "Transpose", Matrix, x => x[0].Transpose().Reshape(-1), x => x[0].Permute(1, 0).Reshape(24)),
        new("flatten", "Flatten", Cube, x => x[0].Flatten(), x => x[0].Reshape(2, 12)),
        new("flatten all", "Flatten", Cube, x => x[0].Flatten(0), x => x[0].Reshape(24)),
        new("transpose", "Transpose", Matrix, x => x[0].Transpose(), x => x[0].Permute(1, 0)),
        new("transpose the first", "Transpose", Cube, x => x[0].Transpose(0, 1), x => x[0].Permute(1, 0, 2)),
        new("transpose the outer", "Transpose", Cube, x => x[0].Transpose(-1, 0), x => x[0].Permute(2, 1, 0)),
        new("permute", "Permute", Cube, x => x[0].Permute(2, 0, 1), x => x[0].Permute(2, 0, 1)),
        new("permute by negative axes", "Permute", Cube, x => x[0].Permute(-2, -1, 0), x => x[0].Permute(1, 2, 0)),
        new("slice", "Slice", Matrix, x => x[0].Slice(1, 2, 3), x => NdArray.Build([4, 3], i => x[0][i[0], i[1] + 2])),
        new("slice by step", "Slice", Matrix, x => x[0].Slice(0, 1, 2, 2), x => NdArray.Build([2, 6], i => x[0][1 + (2 * i[0]), i[1]])),
        new("select", "Select", Cube, x => x[0].Select(1, -1), x => NdArray.Build([2, 4], i => x[0][i[0], 2, i[1]])),
        new("index", "Index", Cube, x => x[0].Index(^1, TensorIndex.NewAxis, 1.., TensorIndex.FromRange(.., 2)), x => NdArray.Build([1, 2, 2], i => x[0][1, i[1] + 1, 2 * i[2]])),
        new("index with an ellipsis", "Index", Cube, x => x[0].Index(TensorIndex.Ellipsis, 2), x => NdArray.Build([2, 3], i => x[0][i[0], i[1], 2])),
        new("broadcast rows", "BroadcastTo", [[4]], x => x[0].BroadcastTo([3, 4]), x => NdArray.Build([3, 4], i => x[0][i[1]])),
        new("broadcast a column", "BroadcastTo", [[3, 1]], x => x[0].BroadcastTo([2, 3, 4]), x => NdArray.Build([2, 3, 4], i => x[0][i[1], 0])),
        new("broadcast a scalar", "BroadcastTo", [[]], x => x[0].BroadcastTo([2, 2]), x => NdArray.Build([2, 2], _ => x[0].Data[0])),
        new("unsqueeze", "Unsqueeze", Matrix, x => x[0].Unsqueeze(1), x => x[0].Reshape(4, 1, 6)),
        new("unsqueeze behind", "Unsqueeze", Matrix, x => x[0].Unsqueeze(-1), x => x[0].Reshape(4, 6, 1)),
        new("squeeze", "Squeeze", [[4, 1, 6]], x => x[0].Squeeze(1), x => x[0].Reshape(4, 6)),
        new("contiguous of the transposed", "Transpose", Matrix, x => x[0].Transpose().Contiguous(), x => x[0].Permute(1, 0)),
        new("to float32", "To", Matrix, x => ToOther(x[0]), x => x[0]) { F64Tolerance = 1e-7 },
        new("to int32", "To", Matrix, x => x[0].To(DType.I32), x => x[0].Map(Math.Truncate)) { Differentiable = false },
        new("to int64", "To", Matrix, x => x[0].To(DType.I64), x => x[0].Map(Math.Truncate)) { Differentiable = false },
        new("to bool", "To", Matrix, x => x[0].To(DType.Bool), x => x[0].Map(v => v != 0 ? 1 : 0)) { Differentiable = false },
        new("to uint8", "To", Matrix, x => x[0].To(DType.U8), x => x[0].Map(Math.Truncate)) { Differentiable = false, Low = 0.01, High = 200 },
    ];

    private static Tensor ToOther(Tensor x) => x.To(x.IsAlive && x.DType == DType.F32 ? DType.F64 : DType.F32);
}
