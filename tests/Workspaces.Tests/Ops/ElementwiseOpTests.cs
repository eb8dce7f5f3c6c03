using Workspaces.Ops;

namespace Workspaces.Tests.Ops;

/// <summary>Functions of one element, and of an element and a number.</summary>
public sealed class ElementwiseOpTests : OpConformance<ElementwiseOpTests>, IOpTable
{
    private static readonly int[][] One = [[3, 5]];

    public static OpCase[] Cases =>
    [
        new("negate", "Negate", One, x => x[0].Negate(), x => x[0].Map(v => -v)),
        new("minus", "Negate", One, x => -x[0], x => x[0].Map(v => -v)),
        new("abs", "Abs", One, x => x[0].Abs(), x => x[0].Map(Math.Abs)),
        new("exp", "Exp", One, x => x[0].Exp(), x => x[0].Map(Math.Exp)),
        new("log", "Log", One, x => x[0].Log(), x => x[0].Map(Math.Log)) { Low = 0.2, High = 3 },
        new("sqrt", "Sqrt", One, x => x[0].Sqrt(), x => x[0].Map(Math.Sqrt)) { Low = 0.2, High = 3 },
        new("square", "Square", One, x => x[0].Square(), x => x[0].Map(v => v * v)),
        new("tanh", "Tanh", One, x => x[0].Tanh(), x => x[0].Map(Math.Tanh)),
        new("sign", "Sign", One, x => x[0].Sign(), x => x[0].Map(v => Math.Sign(v))) { Differentiable = false },
        new("sin", "Sin", One, x => x[0].Sin(), x => x[0].Map(Math.Sin)),
        new("cos", "Cos", One, x => x[0].Cos(), x => x[0].Map(Math.Cos)),
        new("reciprocal", "Reciprocal", One, x => x[0].Reciprocal(), x => x[0].Map(v => 1 / v)) { Low = 0.2, High = 3 },
        new("sigmoid", "Sigmoid", One, x => x[0].Sigmoid(), x => x[0].Map(v => 1 / (1 + Math.Exp(-v)))),
        new("relu", "Relu", One, x => x[0].Relu(), x => x[0].Map(v => Math.Max(v, 0))),
        new("relu of a scalar", "Relu", [[]], x => x[0].Relu(), x => x[0].Map(v => Math.Max(v, 0))),
        new("exp of rank 4", "Exp", [[2, 3, 1, 4]], x => x[0].Exp(), x => x[0].Map(Math.Exp)),
        new("tanh of 1000", "Tanh", [[1000]], x => x[0].Tanh(), x => x[0].Map(Math.Tanh)),
        new("add a number", "Add", One, x => x[0] + 1.5, x => x[0].Map(v => v + 1.5)),
        new("subtract a number", "Subtract", One, x => x[0] - 1.5, x => x[0].Map(v => v - 1.5)),
        new("multiply by a number", "Multiply", One, x => x[0] * 2.5, x => x[0].Map(v => v * 2.5)),
        new("a number times", "Multiply", One, x => 2.5 * x[0], x => x[0].Map(v => v * 2.5)),
        new("divide by a number", "Divide", One, x => x[0] / 2.5, x => x[0].Map(v => v / 2.5)),
        new("pow 0", "Pow", One, x => x[0].Pow(0), x => x[0].Map(_ => 1)),
        new("pow 1", "Pow", One, x => x[0].Pow(1), x => x[0]),
        new("pow 2", "Pow", One, x => x[0].Pow(2), x => x[0].Map(v => v * v)),
        new("pow 3", "Pow", One, x => x[0].Pow(3), x => x[0].Map(v => v * v * v)),
        new("pow -1", "Pow", One, x => x[0].Pow(-1), x => x[0].Map(v => 1 / v)) { Low = 0.5, High = 2 },
        new("pow 2.5", "Pow", One, x => x[0].Pow(2.5), x => x[0].Map(v => Math.Pow(v, 2.5))) { Low = 0.5, High = 3 },
        new("dropout of nothing", "Dropout", One, x => x[0].Dropout(0, 1, 2), x => x[0]),
        new("dropout of everything", "Dropout", One, x => x[0].Dropout(1, 1, 2), x => x[0].Map(_ => 0)),
        new("copy", "Copy", One, x => x[0].Copy(), x => x[0]),
    ];
}
