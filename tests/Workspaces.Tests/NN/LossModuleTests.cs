using Workspaces.Memory;
using Workspaces.NN;
using Workspaces.Ops;
using Workspaces.Tensors;
using Xunit.Abstractions;

namespace Workspaces.Tests.NN;

/// <summary>Losses, activations and wrappers without tables of their own.</summary>
public sealed class LossModuleTests(ITestOutputHelper output) : ModuleConformance<LossModuleTests>(output), IModuleTable
{
    public static string GoldenFile => "sequence";

    public static ModuleCase[] Cases =>
    [
        Labels("cross-entropy", new CrossEntropyLoss(), static (loss, x, t) => loss.Forward(x, t)),
        Labels("cross-entropy with options", new CrossEntropyLoss([1, 2, 3, 0.5], 0.1, 2), static (loss, x, t) => loss.Forward(x, t)),
        Labels("likelihood", new NLLLoss([1, 2, 3, 0.5]), static (loss, x, t) => loss.Forward(x, t)),
        Line("cross-entropy of probabilities", new CrossEntropyLoss(), Quarters, static (loss, x, t) => loss.Forward(x, t)),
        Line("summed cross-entropy", new CrossEntropyLoss(LossReduction.Sum, classAxis: 1), Numbers, static (loss, x, t) => loss.Forward(x, t)),
        Line("squared error", new MSELoss(), Quarters, static (loss, x, t) => loss.Forward(x, t)),
        Line("absolute error", new L1Loss(), Quarters, static (loss, x, t) => loss.Forward(x, t)),
        Line("huber", new HuberLoss(0.5), Quarters, static (loss, x, t) => loss.Forward(x, t)),
        Line("smooth absolute error", new SmoothL1Loss(0.5), Quarters, static (loss, x, t) => loss.Forward(x, t)),
        Line("binary cross-entropy", new BCEWithLogitsLoss([1, 2, 0.5, 1]), Quarters, static (loss, x, t) => loss.Forward(x, t)),
        Line("divergence", new KLDivLoss(), Quarters, static (loss, x, t) => loss.Forward(x, t)),
        Activation("relu", static () => new ReLU()),
        Activation("relu6", static () => new ReLU6()),
        Activation("tanh", static () => new Tanh()),
        Activation("sigmoid", static () => new Sigmoid()),
        Activation("log softmax", static () => new LogSoftmax()),
        Activation("softmax", static () => new Softmax()),
        Activation("softmax of the first axis", static () => new Softmax(0)),
        Activation("gelu", static () => new GELU()),
        Activation("gelu by tanh", static () => new GELU(GeluApproximation.Tanh)),
        Activation("silu", static () => new SiLU()),
        Activation("elu", static () => new ELU(0.7)),
        Activation("leaky relu", static () => new LeakyReLU(0.2)),
        Activation("softplus", static () => new Softplus(2)),
        Activation("hard tanh", static () => new HardTanh(-0.4004, 0.3003)),
        Activation("flatten", static () => new Flatten()),
        new(
            "recomputed", static (dtype, manager) => new Recomputed(new Sequential(
                new Linear(8, 16, dtype: dtype, manager: manager), new Tanh(), new Linear(16, 8, dtype: dtype, manager: manager))), [1, 8], [64, 8]),
        new("attention with dropout", static (dtype, manager) => new MultiHeadAttention(8, 2, true, dropout: 0.4, dtype: dtype, seed: 3, manager: manager), [2, 5, 8], [3, 33, 8])
        {
            IsRandom = true,
        },
    ];

    private static ModuleCase Activation(string name, Func<Module> make) => new(name, (_, _) => make(), [3, 5], [64, 96]);

    private static ModuleCase Labels<TLoss>(string name, TLoss loss, Func<TLoss, Tensor, Tensor, Tensor> run)
        where TLoss : class => Line(name, loss, Numbers, run);

    private static ModuleCase Line<TLoss>(string name, TLoss loss, Func<Tensor, Tensor> targets, Func<TLoss, Tensor, Tensor, Tensor> run)
        where TLoss : class => new(name, (_, _) => new LossModule(loss, targets, (x, t) => run(loss, x, t)), [3, 4], [600, 4]);

    private static Tensor Quarters(Tensor x) => Tensor.Full(x.Shape, 0.25, x.DType);

    /// <summary>Labels 0, one a row.</summary>
    private static Tensor Numbers(Tensor x) => Tensor.Zeros(new Shape(x.Shape.AsSpan()[..1]), DType.I64);
}
