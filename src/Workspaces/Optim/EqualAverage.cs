using Workspaces.Autograd;
using Workspaces.Tensors;

namespace Workspaces.Optim;

/// <summary>The mean of the parameters over all updates, as in stochastic weight averaging (Izmailov et al. 2018): the first update takes the values as they are.</summary>
/// <param name="parameters">What is averaged: at least one, none twice.</param>
/// <param name="buffers">Buffers of a float type to average too, e.g. the values of <c>model.Buffers</c>; null for none.</param>
public sealed class EqualAverage(IEnumerable<Parameter> parameters, IEnumerable<Tensor>? buffers = null) : WeightAverage(parameters, buffers)
{
    /// <inheritdoc/>
    protected override double ShareOf(long update) => 1.0 / update;
}
