using Workspaces.Autograd;
using AdagradKernel = Workspaces.Kernels.Optimizers.Adagrad;

namespace Workspaces.Optim;

/// <summary>
/// Adagrad (Duchi, Hazan and Singer 2011), with the formulas of torch.optim.Adagrad: s is the sum of all g²;
/// p -= learningRate / (1 + (step - 1) · learningRateDecay) · g / (√s + epsilon). Remembers one number an element.
/// </summary>
public sealed class Adagrad : Optimizer
{
    /// <summary>Makes the optimizer.</summary>
    /// <param name="parameters">What it changes: at least one, none twice.</param>
    /// <param name="learningRate">Step size, at least 0.</param>
    /// <param name="learningRateDecay">How fast the step size falls with the steps, at least 0.</param>
    /// <param name="weightDecay">Added to the gradient times the parameter, at least 0.</param>
    /// <param name="initialAccumulator">The sum of squares before the first step, at least 0.</param>
    /// <param name="epsilon">Added to the root, at least 0.</param>
    /// <exception cref="ArgumentException">No parameter, the same one twice, or a disposed one.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A number is out of range.</exception>
    public Adagrad(
        IEnumerable<Parameter> parameters, double learningRate = 1e-2, double learningRateDecay = 0, double weightDecay = 0,
        double initialAccumulator = 0, double epsilon = 1e-10)
        : base(parameters, learningRate, stateCount: 1, weightDecay)
    {
        OptimizerErrors.AtLeast(learningRateDecay, 0, nameof(Adagrad), nameof(learningRateDecay));
        InitialAccumulator = OptimizerErrors.AtLeast(initialAccumulator, 0, nameof(Adagrad), nameof(initialAccumulator));
        OptimizerErrors.AtLeast(epsilon, 0, nameof(Adagrad), nameof(epsilon));
        Declare(new GroupNumber(nameof(LearningRateDecay), learningRateDecay), new GroupNumber(nameof(Epsilon), epsilon));
    }

    /// <summary>How fast the step size falls with the steps, in the first group.</summary>
    public double LearningRateDecay => Groups[0].Number(0);

    /// <summary>The sum of squares before the first step.</summary>
    public double InitialAccumulator { get; }

    /// <summary>Added to the root, in the first group.</summary>
    public double Epsilon => Groups[0].Number(1);

    /// <inheritdoc/>
    protected override double InitialState(int index) => InitialAccumulator;

    /// <inheritdoc/>
    protected override void Update<T>(in OptimizerSlice<T> slice)
    {
        double rate = slice.LearningRate / (1 + ((slice.Step - 1) * slice.Number(0)));
        AdagradKernel.Step(slice.Values, slice.Gradients, slice.State(0), rate, slice.WeightDecay, slice.Number(1), slice.Team);
    }
}
