using Workspaces.Ops;
using Workspaces.Tensors;

namespace Workspaces.Tests.Ops;

/// <summary>More functions of one and two elements.</summary>
public sealed class MathOpTests : OpConformance<MathOpTests>, IOpTable
{
    private static readonly int[][] One = [[3, 5]];

    private static readonly (string Name, int[][] Inputs)[] Pairs =
        [("same", [[3, 4], [3, 4]]), ("row", [[3, 4], [4]]), ("both", [[3, 1], [1, 4]]), ("scalar left", [[], [5]]), ("long", [[259], [259]])];

    public static OpCase[] Cases =>
    [
        new("log1p", "Log1p", One, x => x[0].Log1p(), x => x[0].Map(v => Math.Log(1 + v))) { Low = -0.8, High = 3 },
        new("expm1", "Expm1", One, x => x[0].Expm1(), x => x[0].Map(v => Math.Exp(v) - 1)),
        new("log2", "Log2", One, x => x[0].Log2(), x => x[0].Map(Math.Log2)) { Low = 0.2, High = 3 },
        new("log10", "Log10", One, x => x[0].Log10(), x => x[0].Map(Math.Log10)) { Low = 0.2, High = 3 },
        new("exp2", "Exp2", One, x => x[0].Exp2(), x => x[0].Map(v => Math.Pow(2, v))) { Low = -5, High = 5 },
        new("rsqrt", "Rsqrt", One, x => x[0].Rsqrt(), x => x[0].Map(v => 1 / Math.Sqrt(v))) { Low = 0.3, High = 3 },
        new("erf", "Erf", One, x => x[0].Erf(), x => x[0].Map(Erf)) { Low = -3, High = 3 },
        new("erf of 1000", "Erf", [[1000]], x => x[0].Erf(), x => x[0].Map(Erf)) { Low = -3, High = 3 },
        new("tan", "Tan", One, x => x[0].Tan(), x => x[0].Map(Math.Tan)) { Low = -1.2, High = 1.2 },
        new("asin", "Asin", One, x => x[0].Asin(), x => x[0].Map(Math.Asin)) { Low = -0.9, High = 0.9 },
        new("acos", "Acos", One, x => x[0].Acos(), x => x[0].Map(Math.Acos)) { Low = -0.9, High = 0.9 },
        new("atan", "Atan", One, x => x[0].Atan(), x => x[0].Map(Math.Atan)),
        new("sinh", "Sinh", One, x => x[0].Sinh(), x => x[0].Map(Math.Sinh)),
        new("cosh", "Cosh", One, x => x[0].Cosh(), x => x[0].Map(Math.Cosh)),
        new("cosh of rank 4", "Cosh", [[2, 3, 1, 4]], x => x[0].Cosh(), x => x[0].Map(Math.Cosh)),
        new("sinh of a scalar", "Sinh", [[]], x => x[0].Sinh(), x => x[0].Map(Math.Sinh)),
        new("floor", "Floor", One, x => x[0].Floor(), x => x[0].Map(Math.Floor)) { Differentiable = false },
        new("ceiling", "Ceiling", One, x => x[0].Ceiling(), x => x[0].Map(Math.Ceiling)) { Differentiable = false },
        new("round", "Round", One, x => x[0].Round(), x => x[0].Map(Math.Round)) { Differentiable = false },
        new("truncate", "Truncate", One, x => x[0].Truncate(), x => x[0].Map(Math.Truncate)) { Differentiable = false },
        new("clamp", "Clamp", One, x => x[0].Clamp(-0.7005, 1.1005), x => x[0].Map(v => Math.Clamp(v, -0.7005, 1.1005))),
        new("clamp from below", "Clamp", One, x => x[0].Clamp(min: 0.0005), x => x[0].Map(v => Math.Max(v, 0.0005))),
        new("clamp from above", "Clamp", One, x => x[0].Clamp(max: 0.0005), x => x[0].Map(v => Math.Min(v, 0.0005))),
        new("fmod of a number", "Fmod", One, x => x[0].Fmod(0.7105), x => x[0].Map(v => v % 0.7105)),
        new("remainder of a number", "Remainder", One, x => x[0].Remainder(0.7105), x => x[0].Map(v => v - (0.7105 * Math.Floor(v / 0.7105)))),
        new("lerp to a number", "Lerp", [[3, 4], [4]], x => x[0].Lerp(x[1], 0.3), x => x[0].Zip(x[1], (a, b) => a + (0.3 * (b - a)))),
        new("lerp", "Lerp", [[3, 4], [4], [3, 1]], x => x[0].Lerp(x[1], x[2]), Lerp),
        new("lerp by a scalar", "Lerp", [[5], [5], []], x => x[0].Lerp(x[1], x[2]), Lerp),
        .. Pairs.Select(shape => new OpCase($"atan2 {shape.Name}", "Atan2", shape.Inputs, x => x[0].Atan2(x[1]), x => x[0].Zip(x[1], Math.Atan2)) { Low = 0.3 }),
        .. Pairs.Select(shape => new OpCase($"fmod {shape.Name}", "Fmod", shape.Inputs, x => x[0].Fmod(x[1]), x => x[0].Zip(x[1], (a, b) => a % b))
            { Low = 0.4005, F32Tolerance = 1e-4 }),
        .. Pairs.Select(shape => new OpCase(
            $"remainder {shape.Name}", "Remainder", shape.Inputs, x => x[0].Remainder(x[1]), x => x[0].Zip(x[1], (a, b) => a - (b * Math.Floor(a / b))))
            { Low = 0.4005, F32Tolerance = 1e-4 }),
        new("is NaN", "IsNaN", One, x => x[0].IsNaN(), x => x[0].Map(_ => 0)) { Differentiable = false },
        new("is infinite", "IsInfinity", One, x => x[0].IsInfinity(), x => x[0].Map(_ => 0)) { Differentiable = false },
        new("is finite", "IsFinite", One, x => x[0].IsFinite(), x => x[0].Map(_ => 1)) { Differentiable = false },
        new("not", "Not", One, x => x[0].Not(), x => x[0].Map(v => v == 0 ? 1 : 0)) { Differentiable = false },
        new("and", "And", Pairs[1].Inputs, x => x[0].And(x[1]), x => x[0].Zip(x[1], (_, _) => 1)) { Differentiable = false },
        new("or", "Or", Pairs[2].Inputs, x => x[0].Or(x[1]), x => x[0].Zip(x[1], (_, _) => 1)) { Differentiable = false },
        new("xor", "Xor", Pairs[2].Inputs, x => x[0].Xor(x[1]), x => x[0].Zip(x[1], (_, _) => 0)) { Differentiable = false },
        new("equal a number", "Equal", One, x => x[0].Equal(0.5), x => x[0].Map(v => v == 0.5 ? 1 : 0)) { Differentiable = false },
        new("not equal a number", "NotEqual", One, x => x[0].NotEqual(0.5), x => x[0].Map(v => v != 0.5 ? 1 : 0)) { Differentiable = false },
        new("less than a number", "Less", One, x => x[0].Less(0.5), x => x[0].Map(v => v < 0.5 ? 1 : 0)) { Differentiable = false },
        new("at most a number", "LessOrEqual", One, x => x[0].LessOrEqual(0.5), x => x[0].Map(v => v <= 0.5 ? 1 : 0)) { Differentiable = false },
        new("greater than a number", "Greater", One, x => x[0].Greater(0.5), x => x[0].Map(v => v > 0.5 ? 1 : 0)) { Differentiable = false },
        new("at least a number", "GreaterOrEqual", One, x => x[0].GreaterOrEqual(0.5), x => x[0].Map(v => v >= 0.5 ? 1 : 0)) { Differentiable = false },
        new("masked fill", "MaskedFill", [[3, 4]], x => Masked(x[0], [3, 4]), x => Masked(x[0], [3, 4])),
        new("masked fill by a column", "MaskedFill", [[3, 4]], x => Masked(x[0], [3, 1]), x => Masked(x[0], [3, 1])),
    ];

    /// <summary>By the series, whose terms up to 3 stay far from losing digits that matter to 1e-12; beyond it by a continued fraction.</summary>
    internal static double Erf(double x)
    {
        if (Math.Abs(x) > 2)
        {
            double fraction = 0, z = Math.Abs(x);
            for (int k = 200; k > 0; k--) fraction = k / 2.0 / (z + fraction);
            return Math.Sign(x) * (1 - (Math.Exp(-z * z) / Math.Sqrt(Math.PI) / (z + fraction)));
        }

        double sum = 0, term = x;
        for (int n = 0; n < 60; n++)
        {
            sum += term / ((2 * n) + 1);
            term *= -x * x / (n + 1);
        }

        return 2 / Math.Sqrt(Math.PI) * sum;
    }

    private static NdArray Lerp(NdArray[] x)
    {
        NdArray difference = x[1].Zip(x[0], (b, a) => b - a);
        return x[0].Zip(difference.Zip(x[2], (d, w) => d * w), (a, step) => a + step);
    }

    private static bool[] Mask(int[] dims) => [.. Enumerable.Range(0, dims.Aggregate(1, (product, size) => product * size)).Select(i => i % 3 == 1)];

    private static Tensor Masked(Tensor x, int[] dims)
    {
        using Tensor mask = Tensor.From<bool>(Mask(dims), new Shape([.. dims.Select(size => (long)size)]));
        return x.MaskedFill(mask, -7);
    }

    private static NdArray Masked(NdArray x, int[] dims)
    {
        var mask = new NdArray(dims, [.. Mask(dims).Select(set => set ? 1.0 : 0)]);
        return x.Zip(mask, (value, set) => set == 1 ? -7 : value);
    }
}
