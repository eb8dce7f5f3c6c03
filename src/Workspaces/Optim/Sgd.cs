using System.Numerics;
using Workspaces.Autograd;
using Workspaces.Kernels.Optimizers;
using SgdKernel = Workspaces.Kernels.Optimizers.Sgd;

namespace Workspaces.Optim;

/// <summary>
/// Stochastic gradient descent, with the formulas of torch.optim.SGD without dampening: g += weightDecay · p; v = momentum · v + g;
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
    /// <exception cref="ArgumentException">No parameter, the same one twice, a disposed one, or nesterov without momentum.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A number is out of range.</exception>
    public Sgd(IEnumerable<Parameter> parameters, double learningRate, double momentum = 0, double weightDecay = 0, bool nesterov = false)
        : base(parameters, learningRate, stateCount: momentum == 0 ? 0 : 1)
    {
        Momentum = OptimizerErrors.AtLeast(momentum, 0, nameof(Sgd), nameof(momentum));
        WeightDecay = OptimizerErrors.AtLeast(weightDecay, 0, nameof(Sgd), nameof(weightDecay));
        if (nesterov && momentum == 0) OptimizerErrors.ThrowNesterov(momentum);
        Nesterov = nesterov;
    }

    /// <summary>Share of the velocity that a step keeps.</summary>
    public double Momentum { get; }

    /// <summary>Added to the gradient times the parameter.</summary>
    public double WeightDecay { get; }

    /// <summary>Whether a step looks ahead along the velocity.</summary>
    public bool Nesterov { get; }

    /// <inheritdoc/>
    protected override void Update<T>(in OptimizerSlice<T> slice)
    {
        var settings = new SgdSettings<T>(
            T.CreateTruncating(LearningRate), T.CreateTruncating(WeightDecay), T.CreateTruncating(Momentum), Nesterov);
        SgdKernel.Step(slice.Values, slice.Gradients, slice.State(0), settings, slice.Team);
    }
}
