namespace Workspaces.Optim;

/// <summary>A number of an optimizer that each group of parameters may have its own of, besides learning rate and weight decay.</summary>
/// <param name="Name">Its name, <c>Momentum</c>; unique in the optimizer.</param>
/// <param name="Value">What groups have that say nothing else.</param>
/// <param name="Most">The largest value.</param>
/// <param name="IncludesMost">Whether the largest value itself is allowed. The smallest is 0, which is.</param>
public readonly record struct GroupNumber(string Name, double Value, double Most = double.MaxValue, bool IncludesMost = true)
{
    /// <summary>A number from 0 to below 1: a share that a step keeps.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="value">Its value.</param>
    /// <returns>The number.</returns>
    public static GroupNumber Decay(string name, double value) => new(name, value, 1, IncludesMost: false);

    internal double Checked(double value, string optimizer)
    {
        if (!(value >= 0) || value > Most || (value == Most && !IncludesMost))
            OptimizerErrors.ThrowNumber(
                value, optimizer, Name, Most == double.MaxValue ? "a finite number of at least 0" : IncludesMost ? "from 0 to 1" : "at least 0 and below 1");
        return value;
    }
}
