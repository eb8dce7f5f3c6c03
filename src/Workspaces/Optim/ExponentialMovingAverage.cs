using Workspaces.Autograd;
using Workspaces.Tensors;

namespace Workspaces.Optim;

/// <summary>The exponential moving average of parameters: average = decay · average + (1 - decay) · value after each step.</summary>
public sealed class ExponentialMovingAverage : WeightAverage
{
    private readonly bool _warmsUp;

    /// <summary>Allocates the average and fills it with the present values.</summary>
    /// <param name="parameters">What is averaged: at least one, none twice.</param>
    /// <param name="decay">Share of the average that an update keeps, 0 to below 1.</param>
    /// <param name="warmUp">Whether update n keeps at most (1 + n) / (10 + n), so that the first values are soon forgotten.</param>
    /// <param name="buffers">Buffers of a float type to average too, e.g. the values of <c>model.Buffers</c>; null for none.</param>
    /// <exception cref="ArgumentException">No parameter, the same one twice, or a disposed one.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The decay is out of range.</exception>
    public ExponentialMovingAverage(IEnumerable<Parameter> parameters, double decay = 0.999, bool warmUp = false, IEnumerable<Tensor>? buffers = null)
        : base(parameters, buffers)
    {
        if (decay is not (>= 0 and < 1)) Dispose(); // what the base has allocated
        Decay = OptimizerErrors.Decay(decay, nameof(ExponentialMovingAverage), nameof(decay));
        _warmsUp = warmUp;
    }

    /// <summary>Share of the average that an update keeps.</summary>
    public double Decay { get; }

    /// <inheritdoc/>
    protected override double ShareOf(long update) => 1 - (_warmsUp ? Math.Min(Decay, (1.0 + update) / (10.0 + update)) : Decay);
}
