namespace Workspaces.Kernels.Optimizers;

/// <summary>Hyperparameters of one step of stochastic gradient descent.</summary>
/// <param name="LearningRate">Step size.</param>
/// <param name="WeightDecay">Added to the gradient times the parameter.</param>
/// <param name="Momentum">Share of the old velocity that is kept; 0 for none. Dampening is 0.</param>
/// <param name="Nesterov">Look ahead along the velocity.</param>
internal readonly record struct SgdSettings<T>(T LearningRate, T WeightDecay, T Momentum, bool Nesterov);
