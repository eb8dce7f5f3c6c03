namespace Workspaces.Kernels.Optimizers;

/// <summary>Hyperparameters of one step of RMSprop.</summary>
/// <param name="LearningRate">Step size.</param>
/// <param name="Alpha">Share of the mean square that is kept.</param>
/// <param name="Epsilon">Added to the root.</param>
/// <param name="WeightDecay">Added to the gradient times the parameter.</param>
/// <param name="Momentum">Share of the old velocity that is kept; 0 for none.</param>
internal readonly record struct RmsPropSettings(double LearningRate, double Alpha, double Epsilon, double WeightDecay, double Momentum);
