using Workspaces.Autograd;

namespace Workspaces.Optim;

/// <summary>Parameters of an optimizer that share a learning rate and a weight decay; see <see cref="Optimizer.AddGroup"/>.</summary>
public sealed class ParameterGroup
{
    private readonly Parameter[] _parameters;
    private readonly string _optimizer;

    internal ParameterGroup(Parameter[] parameters, double learningRate, double weightDecay, string optimizer)
    {
        _parameters = parameters;
        _optimizer = optimizer;
        LearningRate = learningRate;
        WeightDecay = weightDecay;
    }

    /// <summary>The parameters, in the order given.</summary>
    public IReadOnlyList<Parameter> Parameters => _parameters;

    /// <summary>Step size; may be set between steps.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Not finite, or negative.</exception>
    public double LearningRate
    {
        get;
        set => field = OptimizerErrors.AtLeast(value, 0, _optimizer, nameof(LearningRate));
    }

    /// <summary>Strength of weight decay; may be set between steps.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Not finite, or negative.</exception>
    public double WeightDecay
    {
        get;
        set => field = OptimizerErrors.AtLeast(value, 0, _optimizer, nameof(WeightDecay));
    }
}
