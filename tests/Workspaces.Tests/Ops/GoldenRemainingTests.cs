using Workspaces.Ops;
using Workspaces.Tensors;
using Workspaces.Tests.Golden;

namespace Workspaces.Tests.Ops;

/// <summary>The ops that no other group of fixtures holds.</summary>
public sealed class GoldenRemainingTests : GoldenConformance<GoldenRemainingTests>, IGoldenTable
{
    public static string[] Files => ["remaining"];

    public static Tensor Run(GoldenCase golden, Tensor[] x)
    {
        if (golden.Attributes.ContainsKey("transposed")) x = [x[0].Transpose()];
        return Elementwise(golden, x) ?? Shaped(golden, x) ?? InPlace(golden, x) ?? throw new InvalidDataException(golden.Op);
    }

    private static Tensor? Elementwise(GoldenCase golden, Tensor[] x) => golden.Op switch
    {
        "sin" => x[0].Sin(),
        "cos" => x[0].Cos(),
        "sign" => x[0].Sign(),
        "square" => x[0].Square(),
        "reciprocal" => x[0].Reciprocal(),
        "mish" => x[0].Mish(),
        "eq" => x[0].Equal(x[1]),
        "ne" => x[0].NotEqual(x[1]),
        "lt" => x[0].Less(x[1]),
        "le" => x[0].LessOrEqual(x[1]),
        "gt" => x[0].Greater(x[1]),
        "ge" => x[0].GreaterOrEqual(x[1]),
        _ => null,
    };

    private static Tensor? Shaped(GoldenCase golden, Tensor[] x) => golden.Op switch
    {
        "argmin" => x[0].ArgMin(golden.Int("axis")),
        "squeeze" => x[0].Squeeze(golden.Int("axis")),
        "unsqueeze" => x[0].Unsqueeze(golden.Int("axis")),
        "flatten" => x[0].Flatten(golden.Int("axis")),
        "clone" => x[0].Copy(),
        "contiguous" => x[0].Transpose(0, 2).Contiguous(),
        "split" => x[0].Split(golden.Int("size"), golden.Int("axis"))[1],
        "chunk" => x[0].Chunk(golden.Int("size"), golden.Int("axis"))[1],
        "narrow" => x[0].Slice(golden.Int("axis"), 1, golden.Int("size")),
        "select" => x[0].Select(golden.Int("axis"), -1),
        "adaptive_max_pool1d" => x[0].AdaptiveMaxPool1d(golden.Int("size")),
        _ => null,
    };

    private static Tensor? InPlace(GoldenCase golden, Tensor[] x) => golden.Op switch
    {
        "add_" => x[0].Copy().AddInPlace(x[1]),
        "sub_" => x[0].Copy().SubtractInPlace(x[1]),
        "mul_" => x[0].Copy().MultiplyInPlace(x[1]),
        "relu_" => x[0].Copy().ReluInPlace(),
        "fill_" => x[0].Copy().FillInPlace(2.5),
        _ => null,
    };
}
