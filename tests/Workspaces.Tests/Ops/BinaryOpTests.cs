using Workspaces.Ops;
using Workspaces.Tensors;

namespace Workspaces.Tests.Ops;

/// <summary>Functions of two and three elements, with every kind of broadcast.</summary>
public sealed class BinaryOpTests : OpConformance<BinaryOpTests>, IOpTable
{
    private static readonly (string Name, int[][] Inputs)[] Shapes =
    [
        ("same", [[3, 4], [3, 4]]),
        ("row", [[3, 4], [4]]),
        ("column", [[3, 1], [3, 4]]),
        ("both", [[3, 1], [1, 4]]),
        ("scalar", [[2, 3], []]),
        ("scalar left", [[], [5]]),
        ("middle", [[2, 1, 3], [2, 4, 3]]),
        ("rank", [[2, 3, 4], [3, 1]]),
        ("long", [[257], [257]]),
    ];

    public static OpCase[] Cases =>
    [
        .. Broadcast("add", "Add", (a, b) => a.Add(b), (a, b) => a + b),
        .. Broadcast("subtract", "Subtract", (a, b) => a.Subtract(b), (a, b) => a - b),
        .. Broadcast("multiply", "Multiply", (a, b) => a.Multiply(b), (a, b) => a * b),
        .. Broadcast("divide", "Divide", (a, b) => a.Divide(b), (a, b) => a / b, low: 0.3),
        .. Broadcast("maximum", "Maximum", (a, b) => a.Maximum(b), Math.Max),
        .. Broadcast("minimum", "Minimum", (a, b) => a.Minimum(b), Math.Min),
        new("+", "Add", Shapes[1].Inputs, x => x[0] + x[1], x => x[0].Zip(x[1], (a, b) => a + b)),
        new("-", "Subtract", Shapes[1].Inputs, x => x[0] - x[1], x => x[0].Zip(x[1], (a, b) => a - b)),
        new("*", "Multiply", Shapes[1].Inputs, x => x[0] * x[1], x => x[0].Zip(x[1], (a, b) => a * b)),
        new("/", "Divide", Shapes[1].Inputs, x => x[0] / x[1], x => x[0].Zip(x[1], (a, b) => a / b)) { Low = 0.3 },
        new("equal", "Equal", Shapes[1].Inputs, x => x[0].Equal(x[1]), x => x[0].Zip(x[1], (a, b) => a == b ? 1 : 0)) { Differentiable = false },
        new("not equal", "NotEqual", Shapes[1].Inputs, x => x[0].NotEqual(x[1]), x => x[0].Zip(x[1], (a, b) => a != b ? 1 : 0)) { Differentiable = false },
        new("less", "Less", Shapes[1].Inputs, x => x[0].Less(x[1]), x => x[0].Zip(x[1], (a, b) => a < b ? 1 : 0)) { Differentiable = false },
        new("less or equal", "LessOrEqual", Shapes[2].Inputs, x => x[0].LessOrEqual(x[1]), x => x[0].Zip(x[1], (a, b) => a <= b ? 1 : 0)) { Differentiable = false },
        new("greater", "Greater", Shapes[3].Inputs, x => x[0].Greater(x[1]), x => x[0].Zip(x[1], (a, b) => a > b ? 1 : 0)) { Differentiable = false },
        new("greater or equal", "GreaterOrEqual", Shapes[6].Inputs, x => x[0].GreaterOrEqual(x[1]), x => x[0].Zip(x[1], (a, b) => a >= b ? 1 : 0)) { Differentiable = false },
        new("where", "Where", [[3, 4], [3, 4]], x => Choose([3, 4], x[0], x[1]), x => Chosen([3, 4], x[0], x[1])),
        new("where row", "Where", [[4], [3, 1]], x => Choose([3, 4], x[0], x[1]), x => Chosen([3, 4], x[0], x[1])),
        new("where condition", "Where", [[3, 4], []], x => Choose([3, 1], x[0], x[1]), x => Chosen([3, 1], x[0], x[1])),
    ];

    private static IEnumerable<OpCase> Broadcast(string name, string op, Func<Tensor, Tensor, Tensor> run, Func<double, double, double> reference, double low = -2) =>
        Shapes.Select(shape => new OpCase($"{name} {shape.Name}", op, shape.Inputs, x => run(x[0], x[1]), x => x[0].Zip(x[1], reference)) { Low = low });

    /// <summary>A condition that is true at every third element.</summary>
    private static NdArray Condition(int[] dims)
    {
        int i = 0;
        return NdArray.Build(dims, _ => i++ % 3 == 0 ? 1 : 0);
    }

    private static Tensor Choose(int[] dims, Tensor a, Tensor b)
    {
        using Tensor condition = Tensor.From<bool>([.. Condition(dims).Data.Select(v => v == 1)], new Shape([.. dims.Select(size => (long)size)]));
        return condition.Where(a, b);
    }

    private static NdArray Chosen(int[] dims, NdArray a, NdArray b)
    {
        NdArray condition = Condition(dims), both = a.Zip(b, (_, _) => 0).Zip(condition, (_, _) => 0);
        return NdArray.Build(both.Dims, index => condition.Stretched(index) == 1 ? a.Stretched(index) : b.Stretched(index));
    }
}
