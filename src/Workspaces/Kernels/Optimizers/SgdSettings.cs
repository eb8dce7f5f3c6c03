namespace Workspaces.Kernels.Optimizers;

/// <summary>Hyperparameters of one step of stochastic gradient descent.</summary>
/// <param name="LearningRate">Step size.</param>
/// <param name="WeightDecay">Added to the gradient times the parameter.</param>
/// <param name="Momentum">Share of the old velocity that is kept; 0 for none.</param>
/// <param name="Nesterov">Look ahead along the velocity.</param>
/// <param name="Dampening">Share of the gradient that does not enter the velocity; 0 in the first step.</param>
internal readonly record struct SgdSettings<T>(T LearningRate, T WeightDecay, T Momentum, bool Nesterov, T Dampening = default)
    where T : struct;
