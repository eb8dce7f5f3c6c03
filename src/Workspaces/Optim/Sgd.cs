using System.Numerics;
using Workspaces.Autograd;
using Workspaces.Kernels.Optimizers;
using SgdKernel = Workspaces.Kernels.Optimizers.Sgd;

namespace Workspaces.Optim;

/// <summary>
/// Stochastic gradient descent, with the formulas of torch.optim.SGD: g += weightDecay · p; v = momentum · v + (1 - dampening) · g, in the first step v = g;
/// p -= learningRate · v, or with <c>nesterov</c> p -= learningRate · (g + momentum · v). Remembers one number an element, none without momentum.
/// </summary>
public sealed class Sgd : Optimizer
{
    /// <summary>Makes the optimizer.</summary>
    /// <param name="parameters">What it changes: at least one, none twice.</param>
    /// <param name="learningRate">Step size, at least 0.</param>
    /// <param name="momentum">Share of the velocity that a step keeps, at least 0.</param>
    /// <param name="weightDecay">Added to the gradient times the parameter, at least 0.</param>
    /// <param name="nesterov">Looks ahead along the velocity; needs momentum.</param>
    /// <param name="dampening">Share of the gradient that does not enter the velocity after the first step, 0 to 1.</param>
    /// <exception cref="ArgumentException">No parameter, the same one twice, a disposed one, or nesterov without momentum or with dampening.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A number is out of range.</exception>
    public Sgd(
        IEnumerable<Parameter> parameters, double learningRate, double momentum = 0, double weightDecay = 0, bool nesterov = false, double dampening = 0)
        : base(parameters, learningRate, stateCount: momentum == 0 ? 0 : 1, weightDecay)
    {
        OptimizerErrors.AtLeast(momentum, 0, nameof(Sgd), nameof(momentum));
        OptimizerErrors.Fraction(dampening, nameof(Sgd), nameof(dampening));
        if (nesterov && (momentum == 0 || dampening != 0)) OptimizerErrors.ThrowNesterov(momentum, dampening);
        Nesterov = nesterov;
        Declare(new GroupNumber(nameof(Momentum), momentum), new GroupNumber(nameof(Dampening), dampening, 1));
    }

    /// <summary>Share of the velocity that a step keeps, in the first group.</summary>
    public double Momentum => Groups[0].Number(0);

    /// <summary>Share of the gradient that does not enter the velocity after the first step, in the first group.</summary>
    public double Dampening => Groups[0].Number(1);

    /// <summary>Whether a step looks ahead along the velocity.</summary>
    public bool Nesterov { get; }

    /// <inheritdoc/>
    protected override int StateCountOf(ParameterGroup group)
    {
        ArgumentNullException.ThrowIfNull(group);
        return group.Number(0) == 0 ? 0 : 1;
    }

    /// <inheritdoc/>
    protected override void Update<T>(in OptimizerSlice<T> slice)
    {
        var settings = new SgdSettings<T>(
            T.CreateTruncating(slice.LearningRate), T.CreateTruncating(slice.WeightDecay), T.CreateTruncating(slice.Number(0)), Nesterov,
            slice.Step == 1 ? T.Zero : T.CreateTruncating(slice.Number(1)));
        SgdKernel.Step(slice.Values, slice.Gradients, slice.State(0), settings, slice.Team);
    }
}
