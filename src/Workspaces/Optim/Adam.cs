using Workspaces.Autograd;

namespace Workspaces.Optim;

/// <summary>
/// Adam (Kingma and Ba 2015), with the formulas of torch.optim.Adam: m and v are decaying means of g and g², both divided by 1 - betaᵗ; then
/// p -= learningRate · m / (√v + epsilon). Remembers two numbers an element.
/// </summary>
public sealed class Adam : AdaptiveMoments
{
    /// <summary>Makes the optimizer.</summary>
    /// <param name="parameters">What it changes: at least one, none twice.</param>
    /// <param name="learningRate">Step size, at least 0.</param>
    /// <param name="beta1">Share of the first moment that a step keeps, 0 to below 1.</param>
    /// <param name="beta2">Share of the second moment that a step keeps, 0 to below 1.</param>
    /// <param name="epsilon">Added to the root of the second moment, at least 0.</param>
    /// <param name="weightDecay">Added to the gradient times the parameter, at least 0.</param>
    /// <param name="amsGrad">Whether the largest second moment so far stands for the current one (Reddi et al. 2018): a third number an element.</param>
    /// <exception cref="ArgumentException">No parameter, the same one twice, or a disposed one.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A number is out of range.</exception>
    public Adam(
        IEnumerable<Parameter> parameters, double learningRate = 1e-3,
        double beta1 = 0.9, double beta2 = 0.999, double epsilon = 1e-8, double weightDecay = 0, bool amsGrad = false)
        : base(parameters, learningRate, beta1, beta2, epsilon, weightDecay, amsGrad, decoupledDecay: false)
    {
    }
}
