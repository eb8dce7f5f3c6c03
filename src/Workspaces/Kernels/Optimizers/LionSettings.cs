namespace Workspaces.Kernels.Optimizers;

/// <summary>Hyperparameters of one step of Lion.</summary>
/// <param name="LearningRate">Step size: what each element moves by.</param>
/// <param name="Beta1">Share of the momentum in the direction.</param>
/// <param name="Beta2">Share of the momentum that is kept.</param>
/// <param name="WeightDecay">Shrinks the parameter by LearningRate times this.</param>
internal readonly record struct LionSettings(double LearningRate, double Beta1, double Beta2, double WeightDecay);
