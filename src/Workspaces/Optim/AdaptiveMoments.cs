using System.Numerics;
using Workspaces.Autograd;
using Workspaces.Kernels.Optimizers;
using AdamKernel = Workspaces.Kernels.Optimizers.Adam;

namespace Workspaces.Optim;

/// <summary>What <see cref="Adam"/> and <see cref="AdamW"/> have in common: two decaying moments of the gradient.</summary>
public abstract class AdaptiveMoments : Optimizer
{
    private readonly bool _decoupledDecay;

    private protected AdaptiveMoments(
        IEnumerable<Parameter> parameters, double learningRate, double beta1, double beta2, double epsilon, double weightDecay, bool amsGrad,
        bool decoupledDecay)
        : base(parameters, learningRate, stateCount: amsGrad ? 3 : 2, weightDecay)
    {
        string name = GetType().Name;
        Beta1 = OptimizerErrors.Decay(beta1, name, nameof(beta1));
        Beta2 = OptimizerErrors.Decay(beta2, name, nameof(beta2));
        Epsilon = OptimizerErrors.AtLeast(epsilon, 0, name, nameof(epsilon));
        AmsGrad = amsGrad;
        _decoupledDecay = decoupledDecay;
    }

    /// <summary>Share of the first moment that a step keeps.</summary>
    public double Beta1 { get; }

    /// <summary>Share of the second moment that a step keeps.</summary>
    public double Beta2 { get; }

    /// <summary>Added to the root of the second moment.</summary>
    public double Epsilon { get; }

    /// <summary>Whether the largest second moment so far stands for the current one.</summary>
    public bool AmsGrad { get; }

    /// <inheritdoc/>
    protected override void Update<T>(in OptimizerSlice<T> slice)
    {
        var settings = new AdamSettings(
            slice.LearningRate, Beta1, Beta2, Epsilon, slice.WeightDecay, _decoupledDecay, 1 - Math.Pow(Beta1, slice.Step), 1 - Math.Pow(Beta2, slice.Step));
        AdamKernel.Step(slice.Values, slice.Gradients, slice.State(0), slice.State(1), settings, slice.Team, largest: slice.State(2));
    }
}
