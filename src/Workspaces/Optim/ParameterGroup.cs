using Workspaces.Autograd;

namespace Workspaces.Optim;

/// <summary>Parameters of an optimizer that share their numbers: learning rate, weight decay and those of its kind; see <see cref="Optimizer.AddGroup"/>.</summary>
public sealed class ParameterGroup
{
    private readonly Parameter[] _parameters;
    private readonly Optimizer _owner;
    private readonly string _optimizer;
    private GroupNumber[] _numbers = [];
    private double[] _values = [];

    internal ParameterGroup(Parameter[] parameters, double learningRate, double weightDecay, Optimizer owner, string optimizer)
    {
        _parameters = parameters;
        _owner = owner;
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

    /// <summary>Names of the numbers that the group has besides, e.g. <c>Momentum</c>.</summary>
    public IReadOnlyList<string> Names => [.. _numbers.Select(static number => number.Name)];

    /// <summary>One of the numbers that the group has besides; it may be set between steps.</summary>
    /// <param name="name">Its name, in any case, e.g. <c>Momentum</c>.</param>
    /// <exception cref="ArgumentException">The optimizer has no such number.</exception>
    /// <exception cref="ArgumentOutOfRangeException">Out of range.</exception>
    /// <exception cref="InvalidOperationException">What the number needs to be remembered for each element was not allocated with the rest.</exception>
    public double this[string name]
    {
        get => _values[IndexOf(name)];
        set
        {
            int index = IndexOf(name);
            double before = _values[index];
            _values[index] = _numbers[index].Checked(value, _optimizer);
            if (_owner.Adapt(this)) return;
            _values[index] = before;
            OptimizerErrors.ThrowNoState(_optimizer, _numbers[index].Name, value);
        }
    }

    internal double Number(int index) => _values[index];

    /// <summary>Gives the group the numbers of its optimizer, and then its own.</summary>
    internal void Declare(GroupNumber[] numbers, IReadOnlyDictionary<string, double>? own)
    {
        _numbers = numbers;
        _values = Array.ConvertAll(numbers, static number => number.Value);
        if (own is null) return;
        foreach ((string name, double value) in own)
        {
            int index = IndexOf(name);
            _values[index] = _numbers[index].Checked(value, _optimizer);
        }
    }

    private int IndexOf(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        int index = Array.FindIndex(_numbers, number => number.Name.Equals(name, StringComparison.OrdinalIgnoreCase));
        if (index < 0) OptimizerErrors.ThrowNoNumber(_optimizer, name, Names);
        return index;
    }
}
