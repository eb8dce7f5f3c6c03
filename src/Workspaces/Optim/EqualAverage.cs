using Workspaces.Autograd;

namespace Workspaces.Optim;

/// <summary>The mean of the parameters over all updates, as in stochastic weight averaging (Izmailov et al. 2018): the first update takes the values as they are.</summary>
/// <param name="parameters">What is averaged: at least one, none twice.</param>
public sealed class EqualAverage(IEnumerable<Parameter> parameters) : WeightAverage(parameters)
{
    /// <inheritdoc/>
    protected override double ShareOf(long update) => 1.0 / update;
}
