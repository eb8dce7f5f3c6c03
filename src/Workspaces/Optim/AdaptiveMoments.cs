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
        OptimizerErrors.Decay(beta1, name, nameof(beta1));
        OptimizerErrors.Decay(beta2, name, nameof(beta2));
        OptimizerErrors.AtLeast(epsilon, 0, name, nameof(epsilon));
        AmsGrad = amsGrad;
        _decoupledDecay = decoupledDecay;
        Declare(GroupNumber.Decay(nameof(Beta1), beta1), GroupNumber.Decay(nameof(Beta2), beta2), new GroupNumber(nameof(Epsilon), epsilon));
    }

    /// <summary>Share of the first moment that a step keeps, in the first group.</summary>
    public double Beta1 => Groups[0].Number(0);

    /// <summary>Share of the second moment that a step keeps, in the first group.</summary>
    public double Beta2 => Groups[0].Number(1);

    /// <summary>Added to the root of the second moment, in the first group.</summary>
    public double Epsilon => Groups[0].Number(2);

    /// <summary>Whether the largest second moment so far stands for the current one.</summary>
    public bool AmsGrad { get; }

    /// <inheritdoc/>
    protected override void Update<T>(in OptimizerSlice<T> slice)
    {
        double beta1 = slice.Number(0), beta2 = slice.Number(1);
        var settings = new AdamSettings(
            slice.LearningRate, beta1, beta2, slice.Number(2), slice.WeightDecay, _decoupledDecay, 1 - Math.Pow(beta1, slice.Step), 1 - Math.Pow(beta2, slice.Step));
        AdamKernel.Step(slice.Values, slice.Gradients, slice.State(0), slice.State(1), settings, slice.Team, largest: slice.State(2));
    }
}
