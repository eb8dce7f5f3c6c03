using Workspaces.Ops;
using Workspaces.Tensors;
using Workspaces.Tests.Golden;

namespace Workspaces.Tests.Ops;

/// <summary>Elementwise functions, activations and losses.</summary>
public sealed class GoldenElementwiseTests : GoldenConformance<GoldenElementwiseTests>, IGoldenTable
{
    public static string[] Files => ["elementwise", "losses"];

    public static Tensor Run(GoldenCase golden, Tensor[] x) => Function(golden, x) ?? Pair(golden, x) ?? Loss(golden, x) ?? throw new InvalidDataException(golden.Op);

    private static Tensor? Function(GoldenCase golden, Tensor[] x) => golden.Op switch
    {
        "expm1" => x[0].Expm1(),
        "exp2" => x[0].Exp2(),
        "erf" => x[0].Erf(),
        "tan" => x[0].Tan(),
        "asin" => x[0].Asin(),
        "acos" => x[0].Acos(),
        "atan" => x[0].Atan(),
        "sinh" => x[0].Sinh(),
        "cosh" => x[0].Cosh(),
        "log1p" => x[0].Log1p(),
        "log2" => x[0].Log2(),
        "log10" => x[0].Log10(),
        "rsqrt" => x[0].Rsqrt(),
        "floor" => x[0].Floor(),
        "ceil" => x[0].Ceiling(),
        "round" => x[0].Round(),
        "trunc" => x[0].Truncate(),
        "silu" => x[0].Silu(),
        "relu6" => x[0].Relu6(),
        "gelu" => x[0].Gelu(),
        "gelu_tanh" => x[0].Gelu(GeluApproximation.Tanh),
        "elu" => x[0].Elu(golden.Double("alpha")),
        "leaky_relu" => x[0].LeakyRelu(golden.Double("slope")),
        "softplus" => x[0].Softplus(golden.Double("beta"), golden.Double("threshold")),
        "hardtanh" => x[0].HardTanh(golden.Double("low"), golden.Double("high")),
        "clamp" => x[0].Clamp(Maybe(golden, "min"), Maybe(golden, "max")),
        "isnan" => x[0].IsNaN(),
        "isinf" => x[0].IsInfinity(),
        "isfinite" => x[0].IsFinite(),
        "logical_not" => x[0].Not(),
        _ => null,
    };

    private static Tensor? Pair(GoldenCase golden, Tensor[] x) => golden.Op switch
    {
        "atan2" => x[0].Atan2(x[1]),
        "fmod" => x[0].Fmod(x[1]),
        "remainder" => x[0].Remainder(x[1]),
        "lerp" => x[0].Lerp(x[1], x[2]),
        "lerp_number" => x[0].Lerp(x[1], golden.Double("weight")),
        "maximum" => x[0].Maximum(x[1]),
        "minimum" => x[0].Minimum(x[1]),
        "masked_fill" => x[0].MaskedFill(x[1], golden.Double("value")),
        "logical_and" => x[0].And(x[1]),
        "logical_or" => x[0].Or(x[1]),
        "logical_xor" => x[0].Xor(x[1]),
        _ => null,
    };

    private static Tensor? Loss(GoldenCase golden, Tensor[] x)
    {
        if (!golden.Attributes.ContainsKey("reduction")) return null;
        LossReduction reduction = Enum.Parse<LossReduction>(golden.Text("reduction"), ignoreCase: true);
        return golden.Op switch
        {
            "mse" => x[0].MeanSquaredError(x[1], reduction),
            "l1" => x[0].AbsoluteError(x[1], reduction),
            "huber" => x[0].Huber(x[1], golden.Double("delta"), reduction),
            "smooth_l1" => x[0].SmoothL1(x[1], golden.Double("beta"), reduction),
            "bce" => x[0].BinaryCrossEntropy(x[1], reduction),
            "bce_weighted" => x[0].BinaryCrossEntropy(x[1], reduction, Weights(golden, x[0].DType)),
            "kl" => x[0].KlDivergence(x[1], reduction, golden.Bool("log")),
            "cross_entropy" => x[0].CrossEntropy(x[1], Weights(golden, x[0].DType), golden.Double("smoothing"), golden.Int("ignore"), reduction),
            "nll" => x[0].NllLoss(x[1], Weights(golden, x[0].DType), golden.Int("ignore"), reduction),
            _ => null,
        };
    }

    private static double? Maybe(GoldenCase golden, string attribute) => golden.Attributes.ContainsKey(attribute) ? golden.Double(attribute) : null;

    private static Tensor? Weights(GoldenCase golden, DType dtype)
    {
        double[] weights = [.. golden.Attributes["weights"].EnumerateArray().Select(element => element.GetDouble())];
        return weights.Length == 0 ? null : Tensor.From<double>(weights).To(dtype);
    }
}
