using Workspaces.Ops;

namespace Workspaces.Tests.Ops;

/// <summary>Activation functions.</summary>
public sealed class ActivationOpTests : OpConformance<ActivationOpTests>, IOpTable
{
    private static readonly int[][] One = [[3, 5]];

    public static OpCase[] Cases =>
    [
        new("gelu", "Gelu", One, x => x[0].Gelu(), x => x[0].Map(v => v * (1 + MathOpTests.Erf(v / Math.Sqrt(2))) / 2)),
        new("gelu of 300", "Gelu", [[300]], x => x[0].Gelu(), x => x[0].Map(v => v * (1 + MathOpTests.Erf(v / Math.Sqrt(2))) / 2)),
        new("gelu by tanh", "Gelu", One, x => x[0].Gelu(GeluApproximation.Tanh), x => x[0].Map(GeluTanh)),
        new("log sigmoid", "LogSigmoid", One, x => x[0].LogSigmoid(), x => x[0].Map(v => -Math.Log(1 + Math.Exp(-v)))),
        new("mish", "Mish", One, x => x[0].Mish(), x => x[0].Map(v => v * Math.Tanh(Math.Log(1 + Math.Exp(v))))),
        new("mish of 300", "Mish", [[300]], x => x[0].Mish(), x => x[0].Map(v => v * Math.Tanh(Math.Log(1 + Math.Exp(v))))) { Low = -40, High = 40 },
        new("silu", "Silu", One, x => x[0].Silu(), x => x[0].Map(v => v / (1 + Math.Exp(-v)))),
        new("elu", "Elu", One, x => x[0].Elu(), x => x[0].Map(v => v > 0 ? v : Math.Exp(v) - 1)),
        new("elu of alpha 0.3", "Elu", One, x => x[0].Elu(0.3), x => x[0].Map(v => v > 0 ? v : 0.3 * (Math.Exp(v) - 1))),
        new("leaky relu", "LeakyRelu", One, x => x[0].LeakyRelu(), x => x[0].Map(v => v > 0 ? v : 0.01 * v)),
        new("leaky relu of slope 0.2", "LeakyRelu", One, x => x[0].LeakyRelu(0.2), x => x[0].Map(v => v > 0 ? v : 0.2 * v)),
        new("leaky relu of rank 4", "LeakyRelu", [[2, 3, 1, 4]], x => x[0].LeakyRelu(0), x => x[0].Map(v => Math.Max(v, 0))),
        new("softplus", "Softplus", One, x => x[0].Softplus(), x => x[0].Map(v => Math.Log(1 + Math.Exp(v)))),
        new("softplus of beta 3", "Softplus", One, x => x[0].Softplus(3, 4), x => x[0].Map(v => 3 * v > 4 ? v : Math.Log(1 + Math.Exp(3 * v)) / 3)),
        new("hard tanh", "HardTanh", One, x => x[0].HardTanh(-0.7005, 0.9005), x => x[0].Map(v => Math.Clamp(v, -0.7005, 0.9005))),
        new("relu6", "Relu6", One, x => x[0].Relu6(), x => x[0].Map(v => Math.Clamp(v, 0, 6))) { Low = -4, High = 9 },
        new("relu6 of a scalar", "Relu6", [[]], x => x[0].Relu6(), x => x[0].Map(v => Math.Clamp(v, 0, 6))),
    ];

    private static double GeluTanh(double x) => x * (1 + Math.Tanh(Math.Sqrt(2 / Math.PI) * (x + (0.044715 * x * x * x)))) / 2;
}
