using Workspaces.Autograd;
using Workspaces.Kernels.Optimizers;
using LionKernel = Workspaces.Kernels.Optimizers.Lion;

namespace Workspaces.Optim;

/// <summary>
/// Lion (Chen et al. 2023, algorithm 2): every element moves by the learning rate, against the sign of beta1 · m + (1 - beta1) · g, after p was multiplied by
/// 1 - learningRate · weightDecay; then m = beta2 · m + (1 - beta2) · g. Remembers one number an element; rates are three to ten times smaller than AdamW's.
/// </summary>
public sealed class Lion : Optimizer
{
    /// <summary>Makes the optimizer.</summary>
    /// <param name="parameters">What it changes: at least one, none twice.</param>
    /// <param name="learningRate">Step size, at least 0.</param>
    /// <param name="beta1">Share of the momentum in the direction, 0 to below 1.</param>
    /// <param name="beta2">Share of the momentum that a step keeps, 0 to below 1.</param>
    /// <param name="weightDecay">Shrinks the parameter by learningRate · weightDecay a step, at least 0.</param>
    /// <exception cref="ArgumentException">No parameter, the same one twice, or a disposed one.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A number is out of range.</exception>
    public Lion(IEnumerable<Parameter> parameters, double learningRate = 1e-4, double beta1 = 0.9, double beta2 = 0.99, double weightDecay = 0)
        : base(parameters, learningRate, stateCount: 1, weightDecay)
    {
        OptimizerErrors.Decay(beta1, nameof(Lion), nameof(beta1));
        OptimizerErrors.Decay(beta2, nameof(Lion), nameof(beta2));
        Declare(GroupNumber.Decay(nameof(Beta1), beta1), GroupNumber.Decay(nameof(Beta2), beta2));
    }

    /// <summary>Share of the momentum in the direction, in the first group.</summary>
    public double Beta1 => Groups[0].Number(0);

    /// <summary>Share of the momentum that a step keeps, in the first group.</summary>
    public double Beta2 => Groups[0].Number(1);

    /// <inheritdoc/>
    protected override void Update<T>(in OptimizerSlice<T> slice)
    {
        var settings = new LionSettings(slice.LearningRate, slice.Number(0), slice.Number(1), slice.WeightDecay);
        LionKernel.Step(slice.Values, slice.Gradients, slice.State(0), settings, slice.Team);
    }
}
