using Workspaces.Autograd;
using Workspaces.Kernels.Optimizers;
using RmsPropKernel = Workspaces.Kernels.Optimizers.RmsProp;

namespace Workspaces.Optim;

/// <summary>
/// RMSprop (Tieleman and Hinton 2012), with the formulas of torch.optim.RMSprop: s is a decaying mean of g², with <c>centered</c> less the square of that of g
/// (Graves 2013); p -= learningRate · g / (√s + epsilon), with momentum along the sum of such steps. Remembers one to three numbers an element.
/// </summary>
/// <remarks>A centred variance that rounding makes negative counts as 0; PyTorch gets no number there.</remarks>
public sealed class RmsProp : Optimizer
{
    /// <summary>Makes the optimizer.</summary>
    /// <param name="parameters">What it changes: at least one, none twice.</param>
    /// <param name="learningRate">Step size, at least 0.</param>
    /// <param name="alpha">Share of the mean square that a step keeps, 0 to below 1.</param>
    /// <param name="epsilon">Added to the root, at least 0.</param>
    /// <param name="weightDecay">Added to the gradient times the parameter, at least 0.</param>
    /// <param name="momentum">Share of the velocity that a step keeps, at least 0.</param>
    /// <param name="centered">Whether the variance of the gradient stands for its mean square.</param>
    /// <exception cref="ArgumentException">No parameter, the same one twice, or a disposed one.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A number is out of range.</exception>
    public RmsProp(
        IEnumerable<Parameter> parameters, double learningRate = 1e-2, double alpha = 0.99, double epsilon = 1e-8, double weightDecay = 0,
        double momentum = 0, bool centered = false)
        : base(parameters, learningRate, 1 + (centered ? 1 : 0) + (momentum == 0 ? 0 : 1), weightDecay)
    {
        OptimizerErrors.Decay(alpha, nameof(RmsProp), nameof(alpha));
        OptimizerErrors.AtLeast(epsilon, 0, nameof(RmsProp), nameof(epsilon));
        OptimizerErrors.AtLeast(momentum, 0, nameof(RmsProp), nameof(momentum));
        Centered = centered;
        Declare(GroupNumber.Decay(nameof(Alpha), alpha), new GroupNumber(nameof(Epsilon), epsilon), new GroupNumber(nameof(Momentum), momentum));
    }

    /// <summary>Share of the mean square that a step keeps, in the first group.</summary>
    public double Alpha => Groups[0].Number(0);

    /// <summary>Added to the root, in the first group.</summary>
    public double Epsilon => Groups[0].Number(1);

    /// <summary>Share of the velocity that a step keeps, in the first group.</summary>
    public double Momentum => Groups[0].Number(2);

    /// <summary>Whether the variance of the gradient stands for its mean square.</summary>
    public bool Centered { get; }

    /// <inheritdoc/>
    protected override int StateCountOf(ParameterGroup group)
    {
        ArgumentNullException.ThrowIfNull(group);
        return 1 + (Centered ? 1 : 0) + (group.Number(2) == 0 ? 0 : 1);
    }

    /// <inheritdoc/>
    protected override void Update<T>(in OptimizerSlice<T> slice)
    {
        var settings = new RmsPropSettings(slice.LearningRate, slice.Number(0), slice.Number(1), slice.WeightDecay, slice.Number(2));
        Span<T> mean = Centered ? slice.State(1) : [], velocity = slice.Number(2) == 0 ? [] : slice.State(Centered ? 2 : 1);
        RmsPropKernel.Step(slice.Values, slice.Gradients, slice.State(0), mean, velocity, settings, slice.Team);
    }
}
